"""What an archive says of its directory, read from its last few bytes.

Whoever opens an archive reads its whole directory into memory at once, before a single entry can be counted. A small
file may announce a directory of millions of entries, so its end is read first.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_SHAPE = struct.Struct("<4s4H2LH")
_END_64_SHAPE = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64_SHAPE = struct.Struct("<4sLQL")
_LONGEST_COMMENT = 0xFFFF
_TAIL = _LONGEST_COMMENT + _END_SHAPE.size + _LOCATOR_64_SHAPE.size + _END_64_SHAPE.size


@dataclass(frozen=True, slots=True)
class Directory:
    """How many entries a directory has, and how many bytes it takes; none where nothing tells."""

    entries: int = 0
    size: int = 0


def directory_of(path: Path) -> Directory:
    """Return the larger of all that the ends of an archive say, so that no reader finds a larger directory."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        tail = file.read()
        told = [*_ends(tail)]
        for place in _places_64(tail):
            file.seek(min(place, size))
            told.extend(_end_64(file.read(_END_64_SHAPE.size), 0))
    return Directory(max((one.entries for one in told), default=0), max((one.size for one in told), default=0))


def _ends(tail: bytes) -> list[Directory]:
    """What each end record tells; where it points to a larger one, that one counts."""
    told = []
    for at in _found(tail, _END):
        if at + _END_SHAPE.size > len(tail):
            continue
        _mark, _disk, _start, _here, entries, size, _offset, _comment = _END_SHAPE.unpack_from(tail, at)
        locator = at - _LOCATOR_64_SHAPE.size
        larger = tail[locator : locator + 4] == _LOCATOR_64 if locator >= 0 else False
        beside = _end_64(tail, locator - _END_64_SHAPE.size) if larger else []
        told.extend(beside or [Directory(entries, size)])
    return told


def _places_64(tail: bytes) -> list[int]:
    """Where the locators say that the larger end record is."""
    whole = (at for at in _found(tail, _LOCATOR_64) if at + _LOCATOR_64_SHAPE.size <= len(tail))
    return [_LOCATOR_64_SHAPE.unpack_from(tail, at)[2] for at in whole]


def _end_64(data: bytes, at: int) -> list[Directory]:
    if at < 0 or data[at : at + 4] != _END_64 or at + _END_64_SHAPE.size > len(data):
        return []
    fields = _END_64_SHAPE.unpack_from(data, at)
    return [Directory(fields[7], fields[8])]


def _found(tail: bytes, mark: bytes) -> list[int]:
    places, at = [], tail.find(mark)
    while at >= 0:
        places.append(at)
        at = tail.find(mark, at + 1)
    return places
