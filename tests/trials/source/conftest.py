"""The servers and descriptions that the trials of sources share."""

from tests.trials.source.places import bucket, s3_server, web  # noqa: F401 (fixtures)
