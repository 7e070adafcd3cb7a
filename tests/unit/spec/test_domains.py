"""Domains and the limits of a mesh."""

import pytest

from agora.model.mesh import Bounds, Contact
from agora.spec.domains import bounds, domain, size
from agora.spec.texts import read

TEXT = b"""\
agora: 1
kind: domain
id: sales
title: Sales
purpose: Knows what was sold
goals: [Grow]
team: sales
owners: [sofia]
publishers: [emil]
contacts: [{channel: email, address: s@example.org}]
storage: {location: "file:lake", quota: 10GB}
"""


def test_a_domain_says_who_it_is():
    found = domain(read("areas/sales/domain.yaml", TEXT, {}), "areas/sales")
    assert (found.id, found.title, found.purpose, found.goals) == (
        "sales",
        "Sales",
        "Knows what was sold",
        ("Grow",),
    )
    assert (found.team, found.owners, found.publishers) == ("sales", ("sofia",), ("emil",))
    assert found.contacts == (Contact(channel="email", address="s@example.org"),)
    assert (found.location, found.quota, found.folder) == ("file:lake", "10GB", "areas/sales")


def test_a_domain_bears_the_name_of_its_folder():
    text = read("shops/domain.yaml", TEXT, {})
    assert domain(text, "shops") is None
    assert [f.code for f in text.findings] == ["E121"]


@pytest.mark.parametrize(
    ("written", "bytes_"),
    [
        (1024, 1024),
        ("1GB", 10**9),
        ("1GiB", 2**30),
        ("512MB", 512 * 10**6),
        ("1.5 kB", 1500),
        ("10", 10),
        ("2TiB", 2**41),
    ],
)
def test_sizes(written, bytes_):
    assert size(written) == bytes_


@pytest.mark.parametrize("written", ["", "GB", "1 XB", "-1GB", "1GB x"])
def test_what_is_no_size(written):
    with pytest.raises(ValueError) as found:
        size(written)
    assert str(found.value) == written


def test_limits_have_defaults():
    assert bounds(None) == Bounds()
    assert bounds({"memory": "512MB", "seconds": 5}) == Bounds(memory=512 * 10**6, seconds=5)
    assert bounds({"rows": 1, "threads": 3}) == Bounds(rows=1, threads=3)
