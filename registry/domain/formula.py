"""Formulas of criteria sets: data that is checked against a short list of parts and made into a function once.

Nothing of a formula is ever executed as it was typed. Each part of its tree becomes an expression of our own over
Decimals (see ``expressions``) with a type, and a closure that writes the part with the numbers in it. What is not on
the list is a fault.
"""

import ast
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException, localcontext
from difflib import get_close_matches
from typing import Any

from registry.domain.expressions import Run, combined, the
from registry.domain.parts import (
    Part,
    Scope,
    Type,
    both_constant,
    bracketed,
    called,
    certainly,
    chain_shown,
    chained,
    days_of,
    factor,
    fixed_factor,
    known_region,
    listed,
    look_up,
    membership,
    nearest_of,
    never,
    nothing,
    row_of,
    safely,
    says,
    shows,
    sum_of,
    sum_shown,
    surroundings,
    truth,
    until,
)
from registry.domain.syntax import DEPTH, PARTS, FormulaError, Syntax, parse
from registry.domain.templates import Show, in_brackets, joined
from registry.domain.values import (
    CONTEXT,
    UncomputableError,
    Values,
    half_up,
    written,
)

LARGEST_POWER = 10
MOST_PLACES = 12


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula ready to run: ``run(values)`` gives its value, ``show(values)`` writes it with its numbers."""

    text: str
    type: Type
    run: Run
    show: Show
    names: frozenset[str]
    tables: frozenset[str]


def build(text: str, scope: Scope, wanted: Type | None) -> Formula:
    """Check a formula against the scope and make it ready to run, or raise FormulaError with all faults."""
    syntax = parse(text)
    builder = _Builder(syntax, scope)
    part = builder.part(syntax.tree, 1)
    if wanted is not None:
        builder.expect(part, wanted)
    elif part.type not in SCALARS:
        builder.fault("type_wrong", expected=Type.NUMBER, found=part.type)
    if builder.faults:
        raise FormulaError(builder.faults)
    return Formula(text, part.type, part.run, part.show, frozenset(builder.names), frozenset(builder.tables))


def compute(formula: Formula, values: Values) -> Any:
    """Run a formula under the decimal context, turning every failure of arithmetic into UncomputableError."""
    try:
        return formula.run(values)
    except DecimalException as error:
        raise UncomputableError(reason(error)) from None


def reason(error: DecimalException) -> str:
    """Return the key that says why arithmetic failed."""
    text = repr(error)
    if "DivisionByZero" in text or "DivisionUndefined" in text:
        return "division_by_zero"
    return "number_beyond_limits" if "Overflow" in text else "no_number"


ARITHMETIC: dict[type[ast.operator], tuple[str, str, int]] = {
    ast.Add: ("({} + {})", " + ", 4),
    ast.Sub: ("({} - {})", " − ", 4),
    ast.Mult: ("({} * {})", " × ", 5),
    ast.Div: ("({} / {})", " ÷ ", 5),
}
Compare = Callable[[Any, Any], bool]
COMPARISON: dict[type[ast.cmpop], tuple[Compare, str, str]] = {
    ast.Eq: (operator.eq, "({} == {})", " = "),
    ast.NotEq: (operator.ne, "({} != {})", " ≠ "),
    ast.Lt: (operator.lt, "({} < {})", " < "),
    ast.LtE: (operator.le, "({} <= {})", " ≤ "),
    ast.Gt: (operator.gt, "({} > {})", " > "),
    ast.GtE: (operator.ge, "({} >= {})", " ≥ "),
}
ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
TRUTH = {"true": True, "false": False}
SCALARS = {Type.NUMBER, Type.CONDITION, Type.TEXT, Type.UNKNOWN}


class _Builder:
    """Walks the tree once; collects faults instead of stopping at the first."""

    def __init__(self, syntax: Syntax, scope: Scope) -> None:
        self.syntax = syntax
        self.scope = scope
        self.faults: list[tuple[str, dict[str, str]]] = []
        self.names: set[str] = set()
        self.tables: set[str] = set()
        self._parts = 0
        self._rows: list[str] | None = None
        self._conditional = 0
        self._summed_with: list[str] = []

    def fault(self, key: str, **values: str) -> Part:
        """Note a fault and return a part that raises no further ones."""
        if (key, values) not in self.faults:
            self.faults.append((key, values))
        return Part(Type.UNKNOWN, never, nothing)

    def expect(self, part: Part, wanted: Type) -> None:
        """Note a fault if a part is not of the type that its place wants."""
        if part.type not in {wanted, Type.UNKNOWN}:
            self.fault("type_wrong", expected=wanted, found=part.type)

    def part(self, node: ast.expr, depth: int) -> Part:
        """Return the checked part for a node of the tree."""
        self._parts += 1
        if depth > DEPTH or self._parts > PARTS:
            return self.fault("formula_too_big", parts=str(PARTS), depth=str(DEPTH))
        build = PARTS_OF_TREE.get(type(node))
        if build is None:
            return self.fault("formula_refused", what=self.syntax.written(node))
        return build(self, node, depth + 1)

    def constant(self, node: ast.Constant, _depth: int) -> Part:
        value = node.value
        if isinstance(value, bool):
            return truth(value)
        if isinstance(value, str):
            return Part(Type.TEXT, the(value), says(f'"{value}"'), constant=value)
        if isinstance(value, (int, float)):
            number = self.syntax.number(node)
            return Part(Type.NUMBER, the(number), says(written(number)), constant=number)
        return self.fault("formula_refused", what=self.syntax.written(node))

    def name(self, node: ast.Name, _depth: int) -> Part:
        key = node.id
        if key in TRUTH:
            return truth(TRUTH[key])
        if key == "row_key":
            return self._row_key()
        known = self.scope.names.get(key)
        if known is None:
            return self.fault("name_unknown", name=key, near=self._like(key))
        if known.type is Type.LIST:
            return Part(Type.LIST, never, says(key), members=known.members)
        self.names.add(key)
        if known.type is Type.ROWS:
            return self._row_of(key)
        if known.type is Type.UNKNOWN:
            return Part(Type.UNKNOWN, never, nothing)
        return Part(known.type, combined("v[{}]", the(key)), shows(key, known), allowed=known.allowed)

    def _like(self, key: str) -> str:
        return next(iter(get_close_matches(key, [*self.scope.names, *FUNCTIONS], 1)), "?")

    def _row_key(self) -> Part:
        if self._rows is None:
            return self.fault("rows_outside_sum", name="row_key")
        return Part(Type.TEXT, operator.attrgetter("row"), lambda v: f'"{v.row}"')

    def _row_of(self, key: str) -> Part:
        if self._rows is None:
            return self.fault("rows_outside_sum", name=key)
        self._rows.append(key)
        row = combined("v[{}][v.row]", the(key))
        return Part(Type.NUMBER, row, safely(lambda v: written(v[key][v.row])))

    def binary(self, node: ast.BinOp, depth: int) -> Part:
        left, right = self.part(node.left, depth), self.part(node.right, depth)
        for side in (left, right):
            self.expect(side, Type.NUMBER)
        if isinstance(node.op, ast.Pow):
            return self._folded(self._power(left, right))
        found = ARITHMETIC.get(type(node.op))
        if found is None:
            return self.fault("formula_refused", what=self.syntax.written(node))
        pattern, sign, level = found
        tight = level + isinstance(node.op, (ast.Sub, ast.Div))
        part = Part(
            Type.NUMBER,
            combined(pattern, left.expression, right.expression),
            joined(bracketed(left, level), sign, bracketed(right, tight)),
            level,
            constant=both_constant(left, right),
        )
        return self._folded(part)

    def _power(self, base: Part, exponent: Part) -> Part:
        if isinstance(exponent.constant, Decimal) and not _is_power(exponent.constant):
            return self.fault("exponent_too_large", limit=str(LARGEST_POWER))

        def run(v: Values) -> Decimal:
            power = exponent.run(v)
            if not _is_power(power):
                raise UncomputableError("exponent_too_large", limit=str(LARGEST_POWER))
            result: Decimal = base.run(v) ** power
            return result

        return Part(
            Type.NUMBER,
            run,
            joined(bracketed(base, 8), " ^ ", bracketed(exponent, 8)),
            7,
            constant=both_constant(base, exponent),
        )

    def _folded(self, part: Part) -> Part:
        """Compute what has only constants in it now, so that a wild one is refused before it is ever used."""
        if part.constant is None:
            return part
        try:
            with localcontext(CONTEXT):
                number = part.run(Values({}))
        except UncomputableError as error:
            return self.fault(error.key, **error.values)
        except DecimalException as error:
            return self.fault(reason(error))
        return Part(Type.NUMBER, the(number), part.show, part.level, constant=number)

    def unary(self, node: ast.UnaryOp, depth: int) -> Part:
        part = self.part(node.operand, depth)
        if isinstance(node.op, ast.Not):
            self.expect(part, Type.CONDITION)
            no = combined("(not {})", part.expression)
            return Part(Type.CONDITION, no, joined("¬", bracketed(part, 8)), level=3)
        self.expect(part, Type.NUMBER)
        if isinstance(node.op, ast.USub):
            shown_as = joined("−", bracketed(part, 7))
            negative = Part(Type.NUMBER, combined("(-{})", part.expression), shown_as, 6, part.constant)
            return self._folded(negative) if isinstance(part.constant, Decimal) else negative
        return part if isinstance(node.op, ast.UAdd) else self.fault("formula_refused", what="~")

    def logic(self, node: ast.BoolOp, depth: int) -> Part:
        parts = [self.part(value, depth) for value in node.values]
        for part in parts:
            self.expect(part, Type.CONDITION)
        decisive = isinstance(node.op, ast.Or)
        level, sign = (1, " ∨ ") if decisive else (2, " ∧ ")
        return Part(
            Type.CONDITION,
            until([part.run for part in parts], decisive=decisive),
            listed([bracketed(part, level + 1) for part in parts], sign),
            level,
        )

    def choice(self, node: ast.IfExp, depth: int) -> Part:
        test = self.part(node.test, depth)
        self.expect(test, Type.CONDITION)
        self._conditional += 1
        yes, no = self.part(node.body, depth), self.part(node.orelse, depth)
        self._conditional -= 1
        if Type.UNKNOWN not in {yes.type, no.type}:
            self.expect(no, yes.type)
        allowed = yes.allowed | no.allowed if yes.allowed and no.allowed else None
        return Part(
            yes.type if yes.type is not Type.UNKNOWN else no.type,
            combined("({} if {} else {})", yes.expression, test.expression, no.expression),
            lambda v: yes.show(v) if certainly(test, v) else no.show(v),
            min(yes.level, no.level),
            allowed=allowed,
        )

    def comparison(self, node: ast.Compare, depth: int) -> Part:
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            return self._membership(node, depth)
        parts = [self.part(side, depth) for side in (node.left, *node.comparators)]
        links: list[tuple[Compare, str, str]] = []
        for op, left, right in zip(node.ops, parts, parts[1:], strict=False):
            found = COMPARISON.get(type(op))
            if found is None:
                return self.fault("formula_refused", what=self.syntax.written(node))
            self._comparable(op, left, right)
            links.append(found)
        shown_as = chain_shown(parts, [sign for _, _, sign in links])
        if len(links) == 1:
            pair = combined(links[0][1], parts[0].expression, parts[1].expression)
            return Part(Type.CONDITION, pair, shown_as, level=3)
        chain = chained([part.run for part in parts], [compare for compare, _, _ in links])
        return Part(Type.CONDITION, chain, shown_as, level=3)

    def _comparable(self, op: ast.cmpop, left: Part, right: Part) -> None:
        if Type.UNKNOWN in {left.type, right.type}:
            return
        if left.type is not right.type or left.type in {Type.CHOICES, Type.LIST}:
            self.fault("compared_unlike", left=left.type, right=right.type)
        elif left.type is Type.CONDITION and isinstance(op, ORDERED):
            self.fault("type_wrong", expected=Type.NUMBER, found=Type.CONDITION)
        self._choice_exists(left, right.constant)
        self._choice_exists(right, left.constant)

    def _choice_exists(self, part: Part, constant: object) -> None:
        if part.allowed is not None and isinstance(constant, str) and constant not in part.allowed:
            self.fault("choice_unknown", choice=constant, choices=", ".join(sorted(part.allowed))[:200])

    def _membership(self, node: ast.Compare, depth: int) -> Part:
        absent = isinstance(node.ops[0], ast.NotIn)
        right = node.comparators[0]
        if isinstance(right, ast.Tuple):
            parts = [self.part(entry, depth) for entry in right.elts]
            if any(part.constant is None for part in parts):
                return self.fault("list_not_constant")
            members = frozenset(part.constant for part in parts)
            shown_as = ", ".join(written(m) if isinstance(m, Decimal) else f'"{m}"' for m in members if m is not None)
            return self._listed(node.left, members, f"{{{shown_as}}}", depth, absent=absent)
        listing = self.part(right, depth)
        if listing.type is Type.LIST:
            name = self.syntax.written(right)
            return self._listed(node.left, listing.members or frozenset(), name, depth, absent=absent)
        if listing.type is Type.CHOICES:
            left = self.part(node.left, depth)
            self.expect(left, Type.TEXT)
            self._choice_exists(listing, left.constant)
            holds = combined("({} in {})", left.expression, listing.expression)
            return membership(holds, left.show, listing.show, absent=absent)
        return (
            listing if listing.type is Type.UNKNOWN else self.fault("type_wrong", expected="list", found=listing.type)
        )

    def _listed(self, node: ast.expr, members: frozenset[Any], shown_as: str, depth: int, *, absent: bool) -> Part:
        sides = node.elts if isinstance(node, ast.Tuple) else [node]
        parts = [self.part(side, depth) for side in sides]
        for part in parts:
            if part.type not in {Type.TEXT, Type.NUMBER, Type.UNKNOWN}:
                self.expect(part, Type.TEXT)
        if len(parts) == 1:
            for member in members:
                self._choice_exists(parts[0], member)
            holds = combined("({} in {})", parts[0].expression, the(members))
            return membership(holds, parts[0].show, says(shown_as), absent=absent)
        several = combined(", ".join(["{}"] * len(parts)), *[part.expression for part in parts])
        return membership(
            combined("(({}) in {})", several, the(members)),
            in_brackets(listed([part.show for part in parts], ", ")),
            says(shown_as),
            absent=absent,
        )

    def call(self, node: ast.Call, depth: int) -> Part:
        if not isinstance(node.func, ast.Name):
            return self.fault("formula_refused", what=self.syntax.written(node.func))
        function = FUNCTIONS.get(node.func.id)
        if function is None:
            return self.fault("function_unknown", name=node.func.id, near=self._like(node.func.id))
        least, most, make = function
        if (
            node.keywords
            or not least <= len(node.args) <= most
            or any(isinstance(argument, ast.Starred) for argument in node.args)
        ):
            return self.fault("function_arguments", name=node.func.id, least=str(least), most=str(most))
        return make(self, node.func.id, node.args, depth)

    def numbers(self, nodes: Sequence[ast.expr], depth: int) -> list[Part]:
        """Return the parts of arguments that must all be numbers."""
        parts = [self.part(node, depth) for node in nodes]
        for part in parts:
            self.expect(part, Type.NUMBER)
        return parts

    def extreme(self, name: str, nodes: Sequence[ast.expr], depth: int) -> Part:
        parts = self.numbers(nodes, depth)
        several = combined(", ".join(["{}"] * len(parts)), *[part.expression for part in parts])
        picked = combined("{}({})", the(min if name == "min" else max), several)
        return Part(Type.NUMBER, picked, called(name, parts))

    def clamp(self, name: str, nodes: Sequence[ast.expr], depth: int) -> Part:
        number, low, high = parts = self.numbers(nodes, depth)
        return Part(Type.NUMBER, lambda v: min(max(number.run(v), low.run(v)), high.run(v)), called(name, parts))

    def magnitude(self, _name: str, nodes: Sequence[ast.expr], depth: int) -> Part:
        (part,) = self.numbers(nodes, depth)
        return Part(Type.NUMBER, lambda v: abs(part.run(v)), joined("|", part.show, "|"))

    def root(self, _name: str, nodes: Sequence[ast.expr], depth: int) -> Part:
        (part,) = self.numbers(nodes, depth)
        return Part(Type.NUMBER, lambda v: part.run(v).sqrt(), joined("√(", part.show, ")"))

    def rounding(self, name: str, nodes: Sequence[ast.expr], depth: int) -> Part:
        number, places = parts = self.numbers(nodes, depth)
        count = places.constant
        if not isinstance(count, Decimal) or count != int(count) or not 0 <= count <= MOST_PLACES:
            return self.fault("places_not_constant", limit=str(MOST_PLACES))
        return Part(Type.NUMBER, lambda v: half_up(number.run(v), int(count)), called(name, parts))

    def plain_name(self, node: ast.expr, *types: Type) -> str | None:
        """Return the name of an input of one of the types, or note a fault."""
        known = self.scope.names.get(node.id) if isinstance(node, ast.Name) else None
        if not isinstance(node, ast.Name) or known is None:
            name = self.syntax.written(node)
            self.fault("name_unknown", name=name, near=self._like(name))
            return None
        self.names.add(node.id)
        if known.type not in {*types, Type.UNKNOWN}:
            self.fault("type_wrong", expected=" / ".join(types), found=known.type)
            return None
        return node.id

    def answered(self, _name: str, nodes: Sequence[ast.expr], _depth: int) -> Part:
        kinds = (Type.NUMBER, Type.CONDITION, Type.TEXT, Type.CHOICES, Type.ROWS)
        key = self.plain_name(nodes[0], *kinds)
        if key is not None and self.scope.names[key].computed:
            return self.fault("input_expected", name=key)
        there = combined("({} in v)", the(key))
        return Part(Type.CONDITION, there, lambda v: f"∃ {key}" if key in v else f"∄ {key}")

    def count(self, _name: str, nodes: Sequence[ast.expr], _depth: int) -> Part:
        key = self.plain_name(nodes[0], Type.CHOICES, Type.ROWS) or ""
        return Part(Type.NUMBER, lambda v: Decimal(len(v[key])), safely(lambda v: str(len(v[key]))))

    def days(self, _name: str, nodes: Sequence[ast.expr], _depth: int) -> Part:
        key = self.plain_name(nodes[0], Type.NUMBER)
        if key is not None and not self.scope.names[key].series:
            return self.fault("series_needed", name=key)
        return Part(Type.NUMBER, lambda v: days_of(v, key or ""), safely(lambda v: written(days_of(v, key or ""))))

    def row(self, _name: str, nodes: Sequence[ast.expr], depth: int) -> Part:
        key = self.plain_name(nodes[0], Type.ROWS)
        which = self.part(nodes[1], depth).constant
        if key is None or not isinstance(which, str):
            return self.fault("row_not_constant")
        allowed = self.scope.names[key].allowed
        if allowed is not None and which not in allowed:
            return self.fault("row_unknown", row=which, rows=", ".join(sorted(allowed))[:200])
        return Part(Type.NUMBER, lambda v: row_of(v, key, which), safely(lambda v: written(row_of(v, key, which))))

    def total(self, _name: str, nodes: Sequence[ast.expr], depth: int) -> Part:
        if self._rows is not None:
            return self.fault("sum_within_sum")
        self._rows, conditional, self._conditional = [], self._conditional, 0
        body = self.part(nodes[0], depth)
        rows, self._rows, self._conditional = self._rows, None, conditional
        self.expect(body, Type.NUMBER)
        if not rows:
            return body if body.type is Type.UNKNOWN else self.fault("sum_without_rows")
        kinds = {self.scope.names[key].allowed for key in rows}
        if len(kinds) > 1:
            self.fault("rows_differ", names=", ".join(sorted(set(rows))))
        self._every_row_has_factors(rows)
        keys = sorted(set(rows))
        show = bracketed(body, 4)
        return Part(Type.NUMBER, lambda v: sum_of(v, keys, body), safely(lambda v: sum_shown(v, keys, show)), level=4)

    def factor(self, name: str, nodes: Sequence[ast.expr], depth: int) -> Part:
        table = self._table(nodes[0])
        keys = [self._table_key(node, depth) for node in nodes[1:]]
        if not keys:
            keys = [self._own_row(table)]
        if table is None or any(key is None for key in keys):
            return Part(Type.UNKNOWN, never, nothing)
        parts = [key for key in keys if key is not None]
        self._has_row(table, parts)
        runs = [part.run for part in parts]
        if name == "known":
            return Part(
                Type.CONDITION,
                lambda v: look_up(v, table, runs) is not None,
                safely(lambda v: f"{'∃' if look_up(v, table, runs) is not None else '∄'} {table}"),
            )
        row = parts[0].constant
        run = fixed_factor(table, row) if len(parts) == 1 and isinstance(row, str) else factor(table, runs)
        return Part(Type.NUMBER, run, safely(lambda v: written(run(v))))

    def nearest(self, _name: str, nodes: Sequence[ast.expr], depth: int) -> Part:
        table, part = self._table(nodes[0]), self.part(nodes[1], depth)
        self.expect(part, Type.TEXT)
        if table is None or part.type is not Type.TEXT:
            return Part(Type.UNKNOWN, never, nothing)
        regions = self.scope.regions

        def run(values: Values) -> str:
            return nearest_of(values, table, part.run(values), regions)

        return Part(Type.TEXT, run, safely(lambda v: f'"{run(v)}"'))

    def _table(self, node: ast.expr) -> str | None:
        name = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
        if name is None or name not in self.scope.tables:
            near = next(iter(get_close_matches(name or "", self.scope.tables, 1)), "?")
            self.fault("table_unknown", table=name or self.syntax.written(node), near=near)
            return None
        self.tables.add(name)
        return name

    def _table_key(self, node: ast.expr, depth: int) -> Part | None:
        part = self.part(node, depth)
        if part.type is Type.NUMBER:
            number = part.run
            return Part(
                Type.TEXT,
                lambda v: written(number(v)),
                part.show,
                constant=written(part.constant) if isinstance(part.constant, Decimal) else None,
            )
        self.expect(part, Type.TEXT)
        return part if part.type is Type.TEXT else None

    def _own_row(self, table: str | None) -> Part | None:
        if self._rows is None:
            self.fault("rows_outside_sum", name=f"factor({table})")
            return None
        if table is not None and not self._conditional:
            self._summed_with.append(table)
        return Part(Type.TEXT, operator.attrgetter("row"), lambda v: str(v.row))

    def _every_row_has_factors(self, rows: Sequence[str]) -> None:
        """Note the rows that could be filled in but have no factor in any version of a table."""
        possible = frozenset().union(*(self.scope.names[key].allowed or frozenset() for key in rows))
        for table in self._summed_with:
            versions = self.scope.tables[table].values()
            for row in sorted(possible):
                if versions and all(version.get(row) is None for version in versions):
                    self.fault("row_without_factor", table=table, row=row)
        self._summed_with = []

    def _has_row(self, table: str, keys: Sequence[Part]) -> None:
        row = keys[0].constant
        versions = self.scope.tables[table].values()
        if versions and isinstance(row, str) and not any(row in version for version in versions):
            rows = ", ".join(sorted({key for version in versions for key in version}))
            self.fault("factor_row_unknown", table=table, row=row, rows=rows[:200])

    def within(self, _name: str, nodes: Sequence[ast.expr], depth: int) -> Part:
        part, other = self.part(nodes[0], depth), self.part(nodes[1], depth).constant
        self.expect(part, Type.TEXT)
        regions = self.scope.regions
        if not isinstance(other, str) or other not in regions:
            return self.fault("region_unknown", region=self.syntax.written(nodes[1]))
        around = Part(Type.LIST, lambda v: surroundings(known_region(part.run(v), regions), regions), part.show)
        return membership(
            combined("({} in {})", the(other), around.expression),
            part.show,
            says(f'"{other}"'),
            absent=False,
        )


def _is_power(number: Decimal) -> bool:
    """Return whether a number may be an exponent: whole and small, so that a power is a few multiplications."""
    return abs(number) <= LARGEST_POWER and number == int(number)


Make = Callable[[_Builder, str, Sequence[ast.expr], int], Part]
FUNCTIONS: dict[str, tuple[int, int, Make]] = {
    "min": (2, 20, _Builder.extreme),
    "max": (2, 20, _Builder.extreme),
    "clamp": (3, 3, _Builder.clamp),
    "abs": (1, 1, _Builder.magnitude),
    "sqrt": (1, 1, _Builder.root),
    "round": (2, 2, _Builder.rounding),
    "answered": (1, 1, _Builder.answered),
    "count": (1, 1, _Builder.count),
    "days": (1, 1, _Builder.days),
    "row": (2, 2, _Builder.row),
    "sum": (1, 1, _Builder.total),
    "factor": (1, 3, _Builder.factor),
    "known": (2, 3, _Builder.factor),
    "nearest": (2, 2, _Builder.nearest),
    "within": (2, 2, _Builder.within),
}
PARTS_OF_TREE: dict[type[ast.expr], Callable[[_Builder, Any, int], Part]] = {
    ast.Constant: _Builder.constant,
    ast.Name: _Builder.name,
    ast.BinOp: _Builder.binary,
    ast.UnaryOp: _Builder.unary,
    ast.BoolOp: _Builder.logic,
    ast.IfExp: _Builder.choice,
    ast.Compare: _Builder.comparison,
    ast.Call: _Builder.call,
}
