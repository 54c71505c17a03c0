"""The rows of the table, and how a row says what is wrong."""

from dataclasses import dataclass
from typing import Callable

ROWS = []


class Wrong(Exception):
    """What was seen in place of the right value."""


class Skipped(Exception):
    """Why a row cannot be tried on this machine."""


@dataclass
class Row:
    name: str
    title: str
    work: Callable


def row(name, title):
    """Adds a function that gets a Workplace, and raises Wrong or Skipped."""

    def add(work):
        ROWS.append(Row(name, title, work))
        return work

    return add


def expect(seen, right, what=""):
    if seen != right:
        raise Wrong(f"{what}: seen {short(seen)}, right is {short(right)}")


def expect_in(part, whole, what=""):
    if part not in whole:
        raise Wrong(f"{what}: {short(part)} is not in {short(whole)}")


def expect_not_in(part, whole, what=""):
    if part in whole:
        raise Wrong(f"{what}: {short(part)} is in {short(whole)}")


def short(value):
    text = repr(value)
    return text if len(text) <= 300 else text[:300] + f"… ({len(value)})"
