"""Awkward filings of all sixteen sets: formulas give what a plain walk through their trees gives, and nothing leaks."""

import ast
import operator
from decimal import DecimalException, localcontext
from typing import Any

import pytest

from registry.domain.answers import read
from registry.domain.criteria import CriteriaSet
from registry.domain.faults import AnswersFaulty
from registry.domain.results import Score
from registry.domain.scoring import score
from registry.domain.syntax import Syntax, parse
from registry.domain.values import CONTEXT, MissingError, UncomputableError, Values
from tests.domain.test_sets import CATEGORIES, loaded
from tests.domain.varied import Filing, filings

OPERATORS: dict[type[ast.AST], Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.USub: operator.neg, ast.Not: operator.not_,
    ast.In: lambda one, many: one in many, ast.NotIn: lambda one, many: one not in many,
}  # fmt: skip
FUNCTIONS = {"min": min, "max": max, "abs": abs}


class _UnwalkedError(Exception):
    """The walk does not know this part."""


def walked(node: ast.expr, syntax: Syntax, values: Values) -> Any:  # noqa: C901 - one case a part
    """Return the value of a part of a formula, found by walking through its tree."""
    match node:
        case ast.Constant(value=bool() | str()):
            return node.value
        case ast.Constant():
            return syntax.number(node)
        case ast.Name(id="true" | "false"):
            return node.id == "true"
        case ast.Name() if node.id in values or node.id in values.derived:
            return values[node.id]
        case ast.Name():
            raise MissingError(node.id)
        case ast.Tuple():
            return tuple(walked(one, syntax, values) for one in node.elts)
        case ast.BinOp() if type(node.op) in OPERATORS:
            left, right = walked(node.left, syntax, values), walked(node.right, syntax, values)
            return OPERATORS[type(node.op)](left, right)
        case ast.UnaryOp():
            return OPERATORS[type(node.op)](walked(node.operand, syntax, values))
        case ast.Compare(ops=[op], comparators=[right]) if not isinstance(right, ast.Name) or type(op) not in _LISTED:
            return OPERATORS[type(op)](walked(node.left, syntax, values), walked(right, syntax, values))
        case ast.IfExp():
            return walked(node.body if walked(node.test, syntax, values) else node.orelse, syntax, values)
        case ast.BoolOp():
            return _decided(node, syntax, values)
        case ast.Call(func=ast.Name(id="answered"), args=[ast.Name(id=key)]):
            return key in values
        case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
            return FUNCTIONS[name](*[walked(one, syntax, values) for one in node.args])
    raise _UnwalkedError


_LISTED = (ast.In, ast.NotIn)


def _decided(node: ast.BoolOp, syntax: Syntax, values: Values) -> bool:
    """One part may decide whatever is missing of the others."""
    decisive, missing = isinstance(node.op, ast.Or), []
    for one in node.values:
        try:
            if walked(one, syntax, values) is decisive:
                return decisive
        except MissingError as error:
            missing.append(error)
    if missing:
        raise missing[0]
    return not decisive


def _outcome(run: Any, values: Values) -> str:
    try:
        with localcontext(CONTEXT):
            return str(run(values))
    except (MissingError, UncomputableError, DecimalException) as error:
        return repr(error)


def _scored(criteria: CriteriaSet, count: int) -> list[tuple[Filing, Score]]:
    found = []
    for filing in filings(criteria, count, seed=1):
        try:
            found.append((filing, score(criteria, *filing)))
        except AnswersFaulty:
            continue
    return found


@pytest.mark.parametrize("key", CATEGORIES)
def test_formulas_give_what_a_walk_through_their_trees_gives(key: str) -> None:
    criteria = loaded(key)
    compared = 0
    for (answers, _marks), _result in _scored(criteria, 12):
        for formula in criteria.formulas.values():
            syntax = parse(formula.text)
            values = read(criteria, answers).values
            try:
                plain = _outcome(lambda values, syntax=syntax: walked(syntax.tree, syntax, values), values)
            except _UnwalkedError:
                continue
            assert _outcome(formula.run, read(criteria, answers).values) == plain, formula.text
            compared += 1
    assert compared > 2 * len(criteria.formulas)


@pytest.mark.parametrize("key", CATEGORIES)
def test_the_working_is_the_same_whole_or_one_by_one_and_whatever_the_order_of_the_answers(key: str) -> None:
    criteria = loaded(key)
    results = _scored(criteria, 10)
    assert len(results) >= 3
    for (answers, marks), result in results:
        one_by_one = [[line.as_dict() for line in one.working] for one in (*result.gates, *result.items)]
        whole = result.as_dict()
        assert [one["working"] for one in (*whole["gates"], *whole["items"])] == one_by_one
        turned = {**answers, "inputs": dict(reversed(answers["inputs"].items()))}
        assert score(criteria, turned, marks).as_dict() == whole


def test_no_character_of_a_formula_is_executed() -> None:
    """What is compiled has names made by the program only, and nothing within reach of them."""
    for key in CATEGORIES:
        for formula in loaded(key).formulas.values():
            code = getattr(formula.run, "__code__", None)
            if code is not None and code.co_filename == "<formula>":
                assert {name.strip("_0123456789") for name in code.co_names} <= {"", "row"}
                assert all(constant is None for constant in code.co_consts)
                assert formula.run.__globals__["__builtins__"] == {}  # type: ignore[attr-defined]
