"""Letters: bytes that say what they are are believed, others are guessed and shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.workshop import letters

UMLAUTS = "Filiale;Straße\n1;Müllerstraße\n2;Größe 5\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"", ""),
        (b"a,b\n1,2\n", ""),
        (UMLAUTS.encode(), ""),
        (UMLAUTS.encode("utf-8-sig"), ""),
        (UMLAUTS.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + UMLAUTS.encode("utf-16-be"), "utf-16"),
        (UMLAUTS.encode("cp1252"), "cp1252"),
        (b"\x81\x8d\x90", "latin-1"),
    ],
)
def test_the_bytes_say_it_or_it_is_guessed(content, encoding):
    assert letters.encoded(content) == encoding
    assert letters.certain(encoding) == (encoding in ("", "utf-16"))


def test_a_person_sees_by_a_few_values_whether_the_guess_is_right():
    told = letters.telling(UMLAUTS.encode("cp1252"), "cp1252", ";")
    assert told == ("Straße", "Müllerstraße", "Größe 5")
    assert letters.telling(UMLAUTS.encode("cp1252"), "cp1251", ";") != told
    many = "".join(f"{n},é{n}\n" for n in range(100)).encode("cp1252")
    assert letters.telling(many, "cp1252", "") == tuple(f"é{n}" for n in range(6))


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Straße", "Strasse"), ("Größe", "Grosse"), ("Øl", "Ol"), ("Café №", "Cafe No"), ("Цена", "")],
)
def test_a_name_is_proposed_in_plain_letters(name, plain):
    assert letters.plain(name) == plain


@given(st.binary(max_size=60))
def test_whatever_is_found_can_be_read(content):
    assert letters.readable(content, letters.encoded(content)) or content[:2] in (
        b"\xff\xfe",
        b"\xfe\xff",
    )
