"""Objects that arrive: only new ones are fetched, and the platform's own keys are never used."""

import pytest

from agora.app.settings import Secret
from agora.backends.lake.iceberg import IcebergLake
from agora.backends.source.registry import InstalledSources
from agora.model.errors import AgoraError
from agora.model.product import SourceSpec
from tests.trials.source.places import SECRET, put, s3_options


def described(bucket, pattern, **more):
    options = s3_options(bucket[0]) | {"format": "csv"} | more
    path = f"s3://{bucket[1]}/{pattern}"
    return SourceSpec(name="raw", type="s3", path=path, options=tuple(options.items()))


def offered(spec, scratch, known=(), private=("127.0.0.1",)):
    def secret(text):
        return Secret(text.replace("${env:S3_SECRET}", SECRET))

    source = InstalledSources(secret=secret, private=private).pick("s3")
    assert source.check(spec) == ()
    return source.offered(spec, str(scratch), str(scratch), known)


def landed(spec, tmp_path, known=()):
    from dataclasses import replace

    lake = IcebergLake(tmp_path / "lake")
    return [
        replace(lake.land(spec, each.path), origin=each.origin, version=each.version)
        for each in offered(spec, tmp_path / "scratch", known)
    ]


def test_only_what_is_new_or_changed_is_fetched(bucket, tmp_path):
    spec = described(bucket, "in/*.csv")
    for key, body in {"in/1.csv": b"a\n1\n", "in/2.csv": b"a\n2\n", "in/x/3.csv": b"a\n3\n", "in/4.txt": b"4"}.items():  # fmt: skip
        put(bucket, key, body)
    first = landed(spec, tmp_path)
    assert [pin.origin.rpartition("/")[2] for pin in first] == ["1.csv", "2.csv"]
    assert landed(spec, tmp_path, first) == []
    put(bucket, "in/2.csv", b"a\n9\n")
    put(bucket, "in/3.csv", b"a\n3\n")
    again = landed(spec, tmp_path, first)
    assert [pin.origin.rpartition("/")[2] for pin in again] == ["2.csv", "3.csv"]
    deep = described(bucket, "**/*.csv")
    assert len(landed(deep, tmp_path)) == 4


def test_a_single_object_that_is_known_is_offered_as_it_lies_here(bucket, tmp_path):
    spec = described(bucket, "data.csv")
    put(bucket, "data.csv", b"a\n1\n")
    (pin,) = landed(spec, tmp_path)
    (again,) = offered(spec, tmp_path / "again", [pin])
    assert again.path == pin.path


@pytest.mark.parametrize(
    ("pattern", "body", "more", "private", "code"),
    [
        ("none.csv", None, {}, ("127.0.0.1",), "E303"),
        ("data.csv", b"", {}, ("127.0.0.1",), "E331"),
        ("data.csv", b"x" * (2 << 20), {"megabytes": 1}, ("127.0.0.1",), "E362"),
        ("data.csv", b"a\n1\n", {}, (), "E360"),
        ("data.csv", b"a\n1\n", {"endpoint": "http://169.254.169.254"}, (), "E360"),
        ("data.csv", b"a\n1\n", {"endpoint": "gopher://x"}, (), "E363"),
        ("data.csv", b"a\n1\n", {"endpoint": "http://127.0.0.1:9"}, ("127.0.0.1",), "E361"),
    ],
)
def test_what_goes_wrong_is_told(bucket, tmp_path, pattern, body, more, private, code):
    if body is not None:
        put(bucket, pattern, body)
    with pytest.raises(AgoraError) as told:
        offered(described(bucket, pattern, **more), tmp_path, private=private)
    assert told.value.code_shown == code
    assert SECRET not in told.value.sentence + told.value.hint


def test_an_object_that_is_replaced_while_it_is_read_is_not_landed(bucket, tmp_path, monkeypatch):
    from agora.backends.source import s3

    put(bucket, "data.csv", b"a\n1\n")
    whole = s3._Bucket._copy

    def slow(self, source, path):
        whole(self, source, path)
        put(bucket, "data.csv", b"a\n2\n")

    monkeypatch.setattr(s3._Bucket, "_copy", slow)
    with pytest.raises(AgoraError) as told:
        offered(described(bucket, "data.csv"), tmp_path)
    assert told.value.code_shown == "E366"


@pytest.mark.parametrize(
    "words", ["AWS Error ACCESS_DENIED during HeadObject", "HTTP response code 403"]
)
def test_a_closed_door_is_told(bucket, words):
    from agora.backends.source import s3

    held = object.__new__(s3._Bucket)
    held._spec = described(bucket, "data.csv")
    assert held._told(OSError(words), "b/data.csv").code_shown == "E365"


@pytest.mark.parametrize(
    ("path", "options", "words"),
    [
        ("s3://b/k.csv", {}, "give `key` and `secret`"),
        ("s3://b/k.csv", {"key": "k", "secret": "plain"}, "write `${env:NAME}`"),
        ("s3://b/k.csv", {"key": "k", "secret": "${env:S}", "anonymous": "yes"}, "give `key`"),
        ("https://b/k.csv", {"anonymous": "yes"}, "s3://bucket/key"),
        ("s3://b*/k.csv", {"anonymous": "yes"}, "s3://bucket/key"),
        ("s3://b/k.xml", {"anonymous": "yes"}, "`format`"),
    ],
)
def test_wrong_descriptions_are_told(path, options, words):
    spec = SourceSpec(name="raw", type="s3", path=path, options=tuple(options.items()))
    assert any(words in told for told in InstalledSources().pick("s3").check(spec))
