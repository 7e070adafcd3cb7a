"""The phases of a run, in their order."""

from enum import StrEnum


class Phase(StrEnum):
    """Where a run stands."""

    LAND = "land"
    BUILD = "build"
    WRITE = "write"
    CHECK = "check"
    RELEASE = "release"
    TAG = "tag"
