"""Texts of signs that are all different, and likeness read a second time with nothing but sets of words."""

import re

from registry.domain.likeness.values import Owner, Text, TextKind

SIGNS = "".join(chr(0x4E00 + number) for number in range(0, 4000, 3))


def signs(start: int, end: int) -> str:
    return SIGNS[start:end]


def owner(application: int, **more: object) -> Owner:
    return Owner(application, **{"applicant": f"applicant-{application}", "year": 2025, **more})


def text(key: str, body: str, application: int | None = None, kind: TextKind = TextKind.ANSWER, **more) -> Text:
    return Text(key, kind, owner(ord(key[0]) if application is None else application, **more), body)


def shingles(body: str, gram: int = 4) -> set[tuple[str, ...]]:
    units = re.findall("[\u4e00-\u9fff]|[a-z0-9]+", body.lower())
    return {tuple(units[place : place + gram]) for place in range(len(units) - gram + 1)}


def likeness(one: str, other: str) -> tuple[float, float]:
    first, second = shingles(one), shingles(other)
    if not first or not second:
        return 0.0, 0.0
    return len(first & second) / len(first | second), len(first & second) / min(len(first), len(second))
