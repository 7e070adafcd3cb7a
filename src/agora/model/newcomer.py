"""Newcomer: the five steps somebody new takes, and what has been noted of searches and labels."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Deed(StrEnum):
    """The five steps, in order."""

    FIND = "find"
    LABEL = "label"
    REQUEST = "request"
    APPROVE = "approve"
    QUERY = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What was done since the first visitor came, counted up to this place of the ledger."""

    place: int = 0
    begun: bool = False
    done: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRead:
    """The last day on which a person opened the label of a product."""

    day: date
