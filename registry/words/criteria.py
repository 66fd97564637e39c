"""The sentences for the faults of a criteria file."""

from collections.abc import Mapping

FAULTS: Mapping[str, str] = {}
