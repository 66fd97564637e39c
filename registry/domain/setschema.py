"""The shape of a criteria set as a JSON Schema, for editors that check a file while it is written.

It is made from the models of ``shapes``. What a schema cannot say (names, formulas, clauses, sums of points) is left
to `registry criteria check`.
"""

import inspect
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from registry.domain.curves import NUMBER
from registry.domain.shapes import (
    FIELDS_OF_INDICATOR,
    FIELDS_OF_INPUT,
    KEY,
    LONGEST_TEXT,
    MOST_PLACES,
    NEEDED_OF_INDICATOR,
    NEEDED_OF_INPUT,
    RESERVED,
    SET_KEY,
    Case,
    Claim,
    CoverageField,
    CoverageRule,
    CurveField,
    Entry,
    FactorRow,
    Flag,
    Gate,
    Indicator,
    Input,
    Key,
    Label,
    NotApplicable,
    Number,
    Paper,
    PaperField,
    Places,
    Section,
    SeriesRule,
    SetKey,
    SetShape,
    Share,
    Source,
    SourceField,
    Sources,
    Tie,
    TieField,
    Whole,
    Words,
)

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHARE = r"(?:0*(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]{1,12})?)\s*%|1(?:\.0+)?|0(?:\.[0-9]{1,12})?)"
KNOT = rf"\s*{NUMBER.pattern}\s*:\s*{SHARE}\s*"

NULL: Json = {"type": "null"}
NUMBERS: Json = {"type": ["number", "string"], "pattern": f"^{NUMBER.pattern}$"}
SHARES: Json = {"type": ["number", "string"], "minimum": 0, "maximum": 1, "pattern": rf"^\s*{SHARE}\s*$"}
WHOLES: Json = {"type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]{1,6}$"}
TEXTS: Json = {"type": ["string", "number", "boolean"], "pattern": r"\S", "maxLength": LONGEST_TEXT}
LABELS: Json = {"type": "string", "pattern": f"^{KEY.pattern}$"}
FLAGS: Json = {"enum": [True, False, "true", "false"]}
KNOTS: Json = {
    "type": "string",
    "pattern": f"^{KNOT}(?:(?:→|->){KNOT})*$",
    "description": "Knots value:share from low to high, such as 0:0% → 20:60% → 50:100%.",
}
MINIMUM: Json = {"type": ["number", "string"], "pattern": rf"^{NUMBER.pattern}\s*%?$"}


def schema() -> Json:
    """Return the JSON Schema of a criteria set."""
    definitions = {model.__name__: _model(model) for model in models()}
    whole = definitions.pop(SetShape.__name__)
    return {"$schema": DIALECT, "title": "Criteria set", **whole, "$defs": definitions}


def models() -> Iterator[type[BaseModel]]:
    """Yield the models of a criteria set, each before those that its fields hold."""
    waiting: list[type[BaseModel]] = [SetShape]
    seen = set()
    while waiting:
        model = waiting.pop(0)
        if model not in seen:
            seen.add(model)
            yield model
            waiting[:0] = [found for hint in hints(model).values() for found in _held(hint)]


def hints(model: type[BaseModel]) -> dict[str, Any]:
    """Return the fields of a model as a file writes them, with the types that they were declared with."""
    declared = get_type_hints(model, include_extras=True)
    return {name: declared[name] for name in model.model_fields}


def described(model: type[BaseModel], name: str) -> str:
    """Return what a field means."""
    return model.model_fields[name].description or ""


def meaning(model: type[BaseModel]) -> str:
    """Return what a model stands for."""
    return inspect.getdoc(model) or ""


def inner(hint: Any) -> tuple[Any, bool]:
    """Return a type without its None, and whether it had one."""
    if get_origin(hint) in {Union, UnionType} and NoneType in get_args(hint):
        return next(part for part in get_args(hint) if part is not NoneType), True
    return hint, False


def _held(hint: Any) -> Iterator[type[BaseModel]]:
    """Yield the models within a type."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    elif get_origin(hint) is not Literal:
        for part in get_args(hint):
            yield from _held(part)


def _model(model: type[BaseModel]) -> Json:
    if model is Case:
        return _curve()
    fields = {name: {**_field(model, name, hint), **_about(model, name)} for name, hint in hints(model).items()}
    needed = [name for name, field in model.model_fields.items() if field.is_required()]
    made: Json = {"type": "object", "description": meaning(model), "properties": fields, "required": needed}
    if model.model_config.get("extra") == "forbid":
        made["additionalProperties"] = False
    return made | _bound(model)


def _about(model: type[BaseModel], name: str) -> Json:
    text = described(model, name)
    return {"description": text} if text else {}


def _field(model: type[BaseModel], name: str, hint: Any) -> Json:
    if (model, name) == (Section, "minimum"):
        return _or_null(MINIMUM)
    if name == "points" and model in {Indicator, Entry}:
        return NUMBERS | {"exclusiveMinimum": 0}
    if (model, name) == (Section, "indicators"):
        return {"type": "array", "minItems": 1, "items": _of_kinds("measure", "checklist", "panel")}
    if (model, name) in {(SetShape, "bonuses"), (SetShape, "deductions")}:
        return {"type": "array", "items": _of_kinds("bonus" if name == "bonuses" else "deduction")}
    return _schema(hint)


def _of_kinds(*kinds: str) -> Json:
    return {"$ref": _ref(Indicator)["$ref"], "properties": {"kind": {"enum": list(kinds)}}}


def _schema(hint: Any) -> Json:
    """Return the schema of a type."""
    for known, found in KNOWN:
        if hint == known:
            return found
    hint, absent = inner(hint)
    if absent:
        return _or_null(_schema(hint))
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        # The only mark that is left is a length of at least one.
        return _schema(parts[0]) | {"minItems": 1}
    if origin is Literal:
        return {"enum": list(parts)}
    if origin is tuple:
        return {"type": "array", "items": _schema(parts[0])}
    if origin is dict:
        names = {"propertyNames": _schema(parts[0])} if parts[0] in (Label, SetKey) else {}
        return {"type": "object", **names, "additionalProperties": _schema(parts[1])}
    if origin in {Union, UnionType}:
        return {"anyOf": [_schema(part) for part in parts]}
    return TEXTS if hint is str else _ref(hint)


def _or_null(found: Json) -> Json:
    kinds = found.get("type")
    if kinds is None:
        return {"anyOf": [found, NULL]}
    return found | {"type": [*(kinds if isinstance(kinds, list) else [kinds]), "null"]}


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/$defs/{model.__name__}"}


def _curve() -> Json:
    """Return the schema of a curve: knots as one text, or fields."""
    band = {
        "type": "object",
        "description": "A stretch with one share, its ends included; an end that is left out is open.",
        "properties": {"from": _or_null(NUMBERS), "to": _or_null(NUMBERS), "share": SHARES},
        "required": ["share"],
        "additionalProperties": False,
    }
    return {
        **KNOTS,
        "type": ["string", "object"],
        "description": meaning(Case),
        "properties": {
            "when": _or_null(TEXTS) | _about(Case, "when"),
            "title": _or_null(_ref_of_texts()) | _about(Case, "title"),
            "kind": {"enum": ["line", "steps", "bands"], "description": "Straight between knots, in steps, or bands."},
            "knots": KNOTS,
            "bands": {"type": "array", "minItems": 1, "items": band, "description": "The first that holds it counts."},
        },
        "additionalProperties": False,
        "if": _where("kind", "bands"),
        "then": {"required": ["bands"], "properties": {"knots": False}},
        "else": {"required": ["knots"], "properties": {"bands": False}},
    }


def _ref_of_texts() -> Json:
    return {"$ref": "#/$defs/Texts"}


def _bound(model: type[BaseModel]) -> Json:
    """Return what the fields of a model ask of each other."""
    if model is Input:
        return {"allOf": _kinds(FIELDS_OF_INPUT, NEEDED_OF_INPUT)}
    if model is Indicator:
        one = {"if": _where("kind", "bonus", "deduction"), "then": _one_of("items", "formula")}
        return {"allOf": [*_kinds(FIELDS_OF_INDICATOR, NEEDED_OF_INDICATOR), one]}
    if model is Gate:
        return _one_of("formula", "alternatives")
    if model is SeriesRule:
        mean = {"required": ["table"], "properties": {"reduce": {"const": "mean"}}}
        return {"allOf": [{"if": {"required": ["weight"]}, "then": mean}]}
    if model is SetShape:
        return {"allOf": [_rule_of("bonuses", "bonus_cap"), _rule_of("deductions", "deduction_cap")]}
    return {}


def _where(name: str, *values: str) -> Json:
    return {"properties": {name: {"enum": list(values)}}, "required": [name]}


def _one_of(*names: str) -> Json:
    return {"oneOf": [{"required": [name]} for name in names]}


def _rule_of(part: str, rule: str) -> Json:
    some = {"required": [part], "properties": {part: {"type": "array", "minItems": 1}}}
    return {"if": some, "then": {"properties": {"rules": {"required": [rule]}}}}


def _kinds(fields: Mapping[str, frozenset[str]], needed: Mapping[str, str]) -> list[Json]:
    """Return for each kind which fields it cannot have and which it must."""
    every = frozenset().union(*fields.values())
    rules = []
    for kind, own in fields.items():
        then: Json = {"properties": dict.fromkeys(sorted(every - own), False)}
        if kind in needed:
            then["required"] = [needed[kind]]
        rules.append({"if": _where("kind", kind), "then": then})
    return rules


KNOWN: tuple[tuple[Any, Json], ...] = (
    (Key, LABELS | {"not": {"enum": sorted(RESERVED)}}),
    (Label, LABELS),
    (SetKey, LABELS | {"pattern": f"^{SET_KEY.pattern}$"}),
    (Number, NUMBERS),
    (Whole, WHOLES),
    (Places, WHOLES | {"maximum": MOST_PLACES, "pattern": f"^(?:{'|'.join(map(str, range(MOST_PLACES + 1)))})$"}),
    (Share, SHARES),
    (Flag, FLAGS),
    (Words, TEXTS),
    (Claim, {"anyOf": [FLAGS, _ref(NotApplicable), NULL]}),
    (SourceField, {"anyOf": [{"enum": list(get_args(Source))}, _ref(Sources)]}),
    (CoverageField, {"anyOf": [SHARES, _ref(CoverageRule), NULL]}),
    (CurveField, {"anyOf": [_ref(Case), {"type": "array", "minItems": 1, "items": _ref(Case)}]}),
    (PaperField, {"anyOf": [LABELS, _ref(Paper)]}),
    (TieField, {"anyOf": [LABELS, _ref(Tie)]}),
    (
        FactorRow,
        {"anyOf": [NUMBERS, NULL, {"type": "object", "additionalProperties": {"anyOf": [NUMBERS, NULL]}}]},
    ),
)
