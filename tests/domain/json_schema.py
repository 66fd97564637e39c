"""As much of a validator of JSON Schema (draft 2020-12) as the schema of criteria sets needs; of more it complains."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

NOTES = {"$schema", "$defs", "title", "description"}
TYPES: Mapping[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def complaints(root: dict[str, Any], value: Any) -> list[str]:
    """Return the path and the keyword of everything in a value that a schema refuses."""
    return list(_Validator(root).check(root, value, ""))


class _Validator:
    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root

    def check(self, schema: Any, value: Any, path: str) -> Iterator[str]:
        if isinstance(schema, bool):
            yield from () if schema else [f"{path}: false"]
            return
        for word, wanted in schema.items():
            if word in NOTES or word in {"then", "else"}:
                continue
            found = getattr(self, f"_{word.strip('$').lower()}", None)
            assert found, f"the keyword {word} is not known here"
            yield from found(wanted, value, path, schema)

    def _holds(self, schema: Any, value: Any) -> bool:
        return not list(self.check(schema, value, ""))

    def _ref(self, name: str, value: Any, path: str, _: Any) -> Iterator[str]:
        yield from self.check(self.root["$defs"][name.removeprefix("#/$defs/")], value, path)

    def _type(self, wanted: str | list[str], value: Any, path: str, _: Any) -> Iterator[str]:
        if not any(TYPES[kind](value) for kind in ([wanted] if isinstance(wanted, str) else wanted)):
            yield f"{path}: type"

    def _enum(self, wanted: list[Any], value: Any, path: str, _: Any) -> Iterator[str]:
        if not any(type(one) is type(value) and one == value for one in wanted):
            yield f"{path}: enum"

    def _const(self, wanted: Any, value: Any, path: str, _: Any) -> Iterator[str]:
        yield from self._enum([wanted], value, path, _)

    def _pattern(self, wanted: str, value: Any, path: str, _: Any) -> Iterator[str]:
        if isinstance(value, str) and not re.search(wanted, value):
            yield f"{path}: pattern"

    def _maxlength(self, wanted: int, value: Any, path: str, _: Any) -> Iterator[str]:
        if isinstance(value, str) and len(value) > wanted:
            yield f"{path}: maxLength"

    def _minimum(self, wanted: float, value: Any, path: str, _: Any) -> Iterator[str]:
        if TYPES["number"](value) and value < wanted:
            yield f"{path}: minimum"

    def _maximum(self, wanted: float, value: Any, path: str, _: Any) -> Iterator[str]:
        if TYPES["number"](value) and value > wanted:
            yield f"{path}: maximum"

    def _exclusiveminimum(self, wanted: float, value: Any, path: str, _: Any) -> Iterator[str]:
        if TYPES["number"](value) and value <= wanted:
            yield f"{path}: exclusiveMinimum"

    def _required(self, wanted: list[str], value: Any, path: str, _: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (f"{path}: required {name}" for name in wanted if name not in value)

    def _properties(self, wanted: dict[str, Any], value: Any, path: str, _: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name in wanted.keys() & value.keys():
                yield from self.check(wanted[name], value[name], f"{path}.{name}")

    def _additionalproperties(self, wanted: Any, value: Any, path: str, schema: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name in value.keys() - schema.get("properties", {}).keys():
                yield from self.check(wanted, value[name], f"{path}.{name}")

    def _propertynames(self, wanted: Any, value: Any, path: str, _: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name in value:
                yield from self.check(wanted, str(name), f"{path}.{name}")

    def _items(self, wanted: Any, value: Any, path: str, _: Any) -> Iterator[str]:
        if isinstance(value, list):
            for place, entry in enumerate(value):
                yield from self.check(wanted, entry, f"{path}[{place}]")

    def _minitems(self, wanted: int, value: Any, path: str, _: Any) -> Iterator[str]:
        if isinstance(value, list) and len(value) < wanted:
            yield f"{path}: minItems"

    def _anyof(self, wanted: list[Any], value: Any, path: str, _: Any) -> Iterator[str]:
        if not any(self._holds(one, value) for one in wanted):
            yield f"{path}: anyOf"

    def _oneof(self, wanted: list[Any], value: Any, path: str, _: Any) -> Iterator[str]:
        if sum(self._holds(one, value) for one in wanted) != 1:
            yield f"{path}: oneOf"

    def _allof(self, wanted: list[Any], value: Any, path: str, _: Any) -> Iterator[str]:
        for one in wanted:
            yield from self.check(one, value, path)

    def _not(self, wanted: Any, value: Any, path: str, _: Any) -> Iterator[str]:
        if self._holds(wanted, value):
            yield f"{path}: not"

    def _if(self, wanted: Any, value: Any, path: str, schema: Any) -> Iterator[str]:
        yield from self.check(schema.get("then" if self._holds(wanted, value) else "else", True), value, path)
