"""What a disk answers becomes a sentence with a code."""

import errno

import pytest

from agora.backends.lake.landing import keep, unavailable
from agora.model.errors import Unavailable


@pytest.mark.parametrize(
    ("number", "path", "code"),
    [
        (errno.ENOSPC, "", "E514"),
        (errno.EDQUOT, "data.csv", "E514"),
        (errno.EFBIG, "", "E514"),
        (errno.ENOENT, "data.csv", "E303"),
        (errno.ENOENT, "", "E523"),
        (errno.EACCES, "data.csv", "E523"),
    ],
)
def test_every_answer_of_a_disk_has_its_code(number, path, code):
    assert unavailable(OSError(number, "words"), path).code_shown == code


def test_a_source_that_went_away_while_it_was_landed(tmp_path):
    with pytest.raises(Unavailable) as told:
        keep("raw", tmp_path / "gone.csv", tmp_path / "landing")
    assert told.value.code_shown == "E303"
