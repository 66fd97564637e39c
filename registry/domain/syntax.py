"""The outer form of a formula: its length, its tokens and its depth, before any meaning is looked at.

A formula is first cut into tokens of our own, so that nothing but numbers, names, texts and a few signs ever
reaches Python's parser, and every number keeps the digits that were written.
"""

import ast
import re
from collections.abc import Iterable
from decimal import Decimal

LENGTH = 1_000
PARTS = 200
DEPTH = 40
DIGITS = 28
WHOLE_DIGITS = 15

TOKEN = re.compile(
    r"""
    (?P<space>[ \n]+)
  | (?P<number>[0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z_.]))
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?![A-Za-z0-9_"']))
  | (?P<text>"[^"\\\n]*"|'[^'\\\n]*')
  | (?P<sign>\*\*|[=!<>]=|[-+*/<>(),])
    """,
    re.VERBOSE,
)
OPENING = {"(", "-", "not", "+", "if", "else", "**"}
CHINESE = re.compile("[\u3400-\u9fff]\\w*")
DIGITS_AND_COMMA = re.compile(r"[0-9]+,[0-9]+(?:\.[0-9]+)?")


class FormulaError(Exception):
    """A formula does not hold; all that is wrong with it, as keys and values."""

    def __init__(self, faults: Iterable[tuple[str, dict[str, str]]]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)


class Syntax:
    """The tree of a formula, and its numbers as written."""

    def __init__(self, line: str, tree: ast.expr, numbers: dict[int, Decimal]) -> None:
        self.tree = tree
        self._line = line.encode()
        self._numbers = numbers

    def written(self, node: ast.expr) -> str:
        """Return a part of the formula as it was written, its beginning if it is long."""
        return self._line[node.col_offset : node.end_col_offset].decode()[:60]

    def number(self, node: ast.Constant) -> Decimal:
        """Return the number at a constant as it was written."""
        return self._numbers[node.col_offset]


def parse(text: str) -> Syntax:
    """Parse a formula of the allowed tokens, or raise FormulaError."""
    if not text.strip():
        raise FormulaError([("formula_empty", {})])
    if len(text) > LENGTH:
        raise FormulaError([("formula_too_long", {"limit": str(LENGTH)})])
    line = text.replace("\n", " ").strip()
    numbers = _tokens(line)
    try:
        tree = ast.parse(line, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError([("formula_syntax", {"near": _near(line, error)})]) from None
    syntax = Syntax(line, tree, numbers)
    if DIGITS_AND_COMMA.search(line):
        _refuse_commas(syntax)
    return syntax


def _refuse_commas(syntax: Syntax) -> None:
    """Raise FormulaError where a comma stands within a number, as in 0,5 or 1,000."""
    compared = [node for node in ast.walk(syntax.tree) if isinstance(node, ast.Compare)]
    lists = {id(side) for node in compared for side in (node.left, *node.comparators)}
    for node in ast.walk(syntax.tree):
        if isinstance(node, ast.Tuple) and id(node) not in lists:
            number = DIGITS_AND_COMMA.search(syntax.written(node))
            if number:
                raise FormulaError([("formula_comma", {"number": number[0][:40]})])


def _tokens(line: str) -> dict[int, Decimal]:
    numbers: dict[int, Decimal] = {}
    at = parts = nesting = 0
    # Python counts columns in bytes of UTF-8, and texts may be Chinese.
    column = 0
    while at < len(line):
        found = TOKEN.match(line, at)
        if found is None:
            raise FormulaError([_unreadable(line[at:])])
        part, kind = found.group(), found.lastgroup
        if kind == "number":
            numbers[column] = _number(part)
        parts += kind != "space"
        nesting += (part in OPENING) - (part == ")")
        if parts > 3 * PARTS or nesting > 3 * DEPTH:
            raise FormulaError([("formula_too_big", {"parts": str(PARTS), "depth": str(DEPTH)})])
        at = found.end()
        column += len(part.encode())
    return numbers


def _unreadable(rest: str) -> tuple[str, dict[str, str]]:
    """Return the fault of a formula of which no token begins here, by the mistake that is likely."""
    near = {"near": rest[:20]}
    title = CHINESE.match(rest)
    if title:
        return "formula_title", {"name": title[0][:60], "near": "?"}
    if rest[0] == "=":
        return "formula_equals", near
    return ("formula_quotes" if rest[0] in "“”‘’" else "formula_token"), near


def _number(token: str) -> Decimal:
    whole, _, places = token.partition(".")
    if len(whole.lstrip("0")) > WHOLE_DIGITS or len(whole) + len(places) > DIGITS:
        raise FormulaError([("number_too_large", {"number": token[:40]})])
    return Decimal(token)


def _near(line: str, error: Exception) -> str:
    at = error.offset if isinstance(error, SyntaxError) and error.offset else 1
    return line[max(at - 1, 0) :][:20] or line[-20:]
