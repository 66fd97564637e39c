"""A formula in the reader's language: entries by their titles, choices and regions by their names, signs as signs."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from registry.domain.criteria import CriteriaSet
from registry.domain.parts import Type
from registry.domain.shapes import Texts
from registry.domain.syntax import FormulaError, Syntax, parse
from registry.domain.values import written
from registry.web.templating import figure, picked

_SIGNS: Mapping[type[ast.AST], tuple[str, int]] = {
    ast.Add: (" + ", 4),
    ast.Sub: (" − ", 4),
    ast.Mult: (" × ", 5),
    ast.Div: (" ÷ ", 5),
    ast.Pow: (" ^ ", 7),
    ast.Eq: (" = ", 3),
    ast.NotEq: (" ≠ ", 3),
    ast.Lt: (" < ", 3),
    ast.LtE: (" ≤ ", 3),
    ast.Gt: (" > ", 3),
    ast.GtE: (" ≥ ", 3),
}
_YEARS = frozenset({"year", "factor_year", "base_year"})
_CHOICE, _OR, _AND, _COMPARED, _SIGNED, _ATOM = 0, 1, 2, 3, 6, 9


@dataclass(frozen=True, slots=True)
class _Said:
    """A part of a formula in words, and how tightly it holds together."""

    text: str
    level: int = _ATOM

    def within(self, level: int) -> str:
        """Return the words, in brackets where the place asks for more than they have."""
        if self.level >= level:
            return self.text
        return f"({self.text})" if level > _COMPARED else _("(%(text)s)", text=self.text)


def words_of(
    formula: str,
    criteria: CriteriaSet,
    region_name: Callable[[str], str],
    category_name: Callable[[str], str] = str,
) -> str:
    """Return a formula in words; one that cannot be read is returned as it is."""
    try:
        syntax = parse(formula)
    except FormulaError:
        return formula
    return _Speaker(syntax, criteria, region_name, category_name).say(syntax.tree).text


def without_guard(formula: str) -> str:
    """Return `A` of a formula `A if … else 0`, and any other as it is: what is computed where the answers fit."""
    try:
        tree = parse(formula).tree
    except FormulaError:
        return formula
    if not (isinstance(tree, ast.IfExp) and isinstance(tree.orelse, ast.Constant) and tree.orelse.value == 0):
        return formula
    return ast.get_source_segment(formula.replace("\n", " ").strip(), tree.body) or formula


def plainer(condition: str, criteria: CriteriaSet) -> str:
    """Return a condition as short as it can be said.

    What only asks for the category names the categories of the set that fit; what a question asks for anyway before
    it is put is left out beside that question.
    """
    try:
        tree = parse(condition).tree
    except FormulaError:
        return condition
    short = _naming_categories(tree, criteria)
    if short is None and isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        implied = {ast.dump(term) for key in _names(tree) for term in _asked_if(key, criteria)}
        terms = [term for term in tree.values if ast.dump(term) not in implied]
        terms = [_naming_categories(term, criteria) or term for term in terms]
        short = terms[0] if len(terms) == 1 else ast.BoolOp(ast.And(), terms) if terms else None
    return condition if short is None else ast.unparse(short)


def choices_named(condition: str, criteria: CriteriaSet) -> str:
    """Return the names of the choices that a condition asks for; nothing where it asks for anything else."""
    try:
        tree = parse(condition).tree
    except FormulaError:
        return ""
    if not (isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], (ast.Eq, ast.In))):
        return ""
    entry, right = criteria.inputs.get(_key(tree.left)), tree.comparators[0]
    asked = right.elts if isinstance(right, ast.Tuple) else [right]
    names = (entry.choices or {}) if entry else {}
    keys = [str(part.value) for part in asked if isinstance(part, ast.Constant)]
    known = bool(keys) and len(keys) == len(asked) and all(key in names for key in keys)
    comma: str = _(", ")
    return comma.join(picked(names[key]) for key in keys) if known else ""


def yes_no_titles(condition: str, criteria: CriteriaSet) -> str:
    """Return the titles of the questions that must each be yes; nothing where a condition asks for anything else."""
    try:
        tree = parse(condition).tree
    except FormulaError:
        return ""
    terms = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    entries = [criteria.inputs.get(_key(term)) for term in terms]
    titles = [entry.title for entry in entries if entry and entry.kind == "yes_no" and "是否" not in entry.title.zh]
    stop: str = _("; ")
    return stop.join(picked(title) for title in titles) if len(titles) == len(terms) else ""


class _Speaker:
    def __init__(
        self,
        syntax: Syntax,
        criteria: CriteriaSet,
        region_name: Callable[[str], str],
        category_name: Callable[[str], str],
    ) -> None:
        self.syntax = syntax
        self.criteria = criteria
        self.region_name = region_name
        self.category_name = category_name
        self.derived = {entry.key: entry for entry in criteria.derived}
        self.lists = {entry.key: entry for entry in criteria.lists}

    def say(self, node: ast.expr) -> _Said:
        ways: Mapping[type[ast.expr], Callable[..., _Said]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.BinOp: self._binary,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._logic,
            ast.IfExp: self._choice,
            ast.Compare: self._comparison,
            ast.Call: self._call,
            ast.Tuple: self._several,
        }
        say = ways.get(type(node))
        return say(node) if say else _Said(ast.unparse(node))

    def _constant(self, node: ast.Constant) -> _Said:
        if isinstance(node.value, str):
            return _Said(self._quoted(node.value, None))
        return _Said(figure(written(self.syntax.number(node))))

    def _name(self, node: ast.Name) -> _Said:
        if self._is_condition(node.id):
            return _Said(_("%(name)s is yes", name=self._title(node.id)), _COMPARED)
        return _Said(self._title(node.id))

    def _binary(self, node: ast.BinOp) -> _Said:
        sign, level = _SIGNS[type(node.op)]
        tight = level + isinstance(node.op, (ast.Sub, ast.Div, ast.Pow))
        return _Said(f"{self.say(node.left).within(level)}{sign}{self.say(node.right).within(tight)}", level)

    def _unary(self, node: ast.UnaryOp) -> _Said:
        if not isinstance(node.op, ast.Not):
            return _Said(f"−{self.say(node.operand).within(_SIGNED)}", _SIGNED)
        if isinstance(node.operand, ast.Name) and self._is_condition(node.operand.id):
            return _Said(_("%(name)s is no", name=self._title(node.operand.id)), _COMPARED)
        if isinstance(node.operand, ast.Call) and _key(node.operand.func) == "within":
            return self._outside(node.operand.args)
        return _Said(_("not (%(text)s)", text=self.say(node.operand).text), _COMPARED)

    def _logic(self, node: ast.BoolOp) -> _Said:
        word, level = (_(" or "), _OR) if isinstance(node.op, ast.Or) else (_(" and "), _AND)
        return _Said(word.join(self.say(value).within(level + 1) for value in node.values), level)

    def _choice(self, node: ast.IfExp) -> _Said:
        if _OR <= self.say(node.body).level <= _COMPARED:
            about = {"value": self.say(node.body).text, "condition": self.say(node.test).within(_OR)}
            about["other"] = self.say(node.orelse).text
            return _Said(_("if %(condition)s, then %(value)s; otherwise %(other)s", **about), _CHOICE)
        return _Said(
            _(
                "%(value)s if %(condition)s, otherwise %(other)s",
                value=self.say(node.body).within(_OR),
                condition=self.say(node.test).within(_OR),
                other=self.say(node.orelse).within(_OR),
            ),
            _CHOICE,
        )

    def _comparison(self, node: ast.Compare) -> _Said:
        sides = [node.left, *node.comparators]
        if len(sides) == 2:
            left, right = sides
            if isinstance(node.ops[0], (ast.In, ast.NotIn)):
                return self._membership(left, right, absent=isinstance(node.ops[0], ast.NotIn))
            text = right.value if isinstance(right, ast.Constant) else None
            if isinstance(text, str):
                return self._is(left, text, differs=isinstance(node.ops[0], ast.NotEq))
        # A year is written without the comma of a large number.
        of_years = any(isinstance(side, ast.Name) and side.id in _YEARS for side in sides)
        parts = [self._beside(side, of_years=of_years).within(_COMPARED + 1) for side in sides]
        signs = [_SIGNS[type(op)][0] for op in node.ops]
        return _Said(parts[0] + "".join(sign + part for sign, part in zip(signs, parts[1:], strict=True)), _COMPARED)

    def _is(self, left: ast.expr, text: str, *, differs: bool) -> _Said:
        about = {"name": self._plain(left).text, "value": self._quoted(text, left)}
        return _Said(_("%(name)s is not %(value)s", **about) if differs else _("%(name)s is %(value)s", **about), 3)

    def _membership(self, left: ast.expr, right: ast.expr, *, absent: bool) -> _Said:
        if isinstance(right, ast.Tuple):
            values = _(", ").join(
                self._quoted(entry.value, left)
                if isinstance(entry, ast.Constant) and isinstance(entry.value, str)
                else self.say(entry).text
                for entry in right.elts
            )
            about = {"name": self._plain(left).text, "values": values}
            return _Said(
                _("%(name)s is none of %(values)s", **about) if absent else _("%(name)s is one of %(values)s", **about),
                _COMPARED,
            )
        key = right.id if isinstance(right, ast.Name) else ""
        if key in self.lists:
            about = {"name": self._plain(left).text, "list": self._title(key)}
            return _Said(
                _("%(name)s is not on the list %(list)s", **about)
                if absent
                else _("%(name)s is on the list %(list)s", **about),
                _COMPARED,
            )
        text = left.value if isinstance(left, ast.Constant) else ""
        about = {"name": self._title(key), "value": self._quoted(str(text), right)}
        return _Said(
            _("%(value)s is not ticked in %(name)s", **about)
            if absent
            else _("%(value)s is ticked in %(name)s", **about),
            _COMPARED,
        )

    def _several(self, node: ast.Tuple) -> _Said:
        return _Said(_(" with ").join(self._plain(entry).text for entry in node.elts))

    def _call(self, node: ast.Call) -> _Said:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        special: Callable[[list[ast.expr]], _Said] | None = {
            "answered": self._answered,
            "count": self._count,
            "days": self._days,
            "factor": self._factor,
            "known": self._known,
            "nearest": self._nearest,
            "row": self._row,
            "sum": self._sum,
            "within": self._within,
        }.get(name)
        if special:
            return special(node.args)
        names = {
            "min": _("the least of"),
            "max": _("the greatest of"),
            "abs": _("the amount of"),
            "sqrt": _("the root of"),
        }
        names |= {"round": _("rounded:"), "clamp": _("held between limits:")}
        arguments = _("; ").join(self._plain(argument).text for argument in node.args)
        return _Said(_("%(function)s (%(arguments)s)", function=names.get(name, name), arguments=arguments))

    def _answered(self, arguments: list[ast.expr]) -> _Said:
        return _Said(_("%(name)s is filled in", name=self._plain(arguments[0]).text), _COMPARED)

    def _count(self, arguments: list[ast.expr]) -> _Said:
        return _Said(_("the number of entries in %(name)s", name=self._plain(arguments[0]).text))

    def _days(self, arguments: list[ast.expr]) -> _Said:
        return _Said(_("the days recorded in the table of %(name)s", name=self._plain(arguments[0]).text))

    def _factor(self, arguments: list[ast.expr]) -> _Said:
        about = self._row_of_table(arguments) or _("of the row")
        return _Said(f"[{self._table(arguments[0])}{_(': ')}{about}]")

    def _known(self, arguments: list[ast.expr]) -> _Said:
        about = self._row_of_table(arguments)
        return _Said(_("%(table)s has a number for %(row)s", table=f"[{self._table(arguments[0])}]", row=about), 3)

    def _row_of_table(self, arguments: list[ast.expr]) -> str:
        table = str(arguments[0].value) if isinstance(arguments[0], ast.Constant) else ""
        comma: str = _(", ")
        return comma.join(self._argument(argument, table) for argument in arguments[1:])

    def _nearest(self, arguments: list[ast.expr]) -> _Said:
        return _Said(_("%(region)s or the nearest around it with a number", region=self._plain(arguments[1]).text))

    def _row(self, arguments: list[ast.expr]) -> _Said:
        return _Said(f"{self._title(_key(arguments[0]))[:-1]}{_(': ')}{self._argument(arguments[1])}]")

    def _sum(self, arguments: list[ast.expr]) -> _Said:
        return _Said(_("the sum over the rows of (%(text)s)", text=self.say(arguments[0]).text))

    def _outside(self, arguments: list[ast.expr]) -> _Said:
        about = {"region": self._plain(arguments[0]).text, "place": self._argument(arguments[1])}
        return _Said(_("%(region)s does not lie in %(place)s", **about), _COMPARED)

    def _within(self, arguments: list[ast.expr]) -> _Said:
        about = {"region": self._plain(arguments[0]).text, "place": self._argument(arguments[1])}
        return _Said(_("%(region)s lies in %(place)s", **about), _COMPARED)

    def _plain(self, node: ast.expr) -> _Said:
        """A part that is spoken of, not judged: a question keeps its name."""
        return _Said(self._title(node.id)) if isinstance(node, ast.Name) else self.say(node)

    def _beside(self, node: ast.expr, *, of_years: bool) -> _Said:
        if of_years and isinstance(node, ast.Constant):
            return _Said(written(self.syntax.number(node)))
        return self._plain(node)

    def _argument(self, node: ast.expr, table: str = "") -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return row_name(node.value, self.criteria, table, self.region_name)
        return self._plain(node).text

    def _title(self, key: str) -> str:
        entry = self.criteria.inputs.get(key) or self.derived.get(key) or self.lists.get(key)
        if entry is not None:
            return f"[{picked(entry.title)}]"
        context: Mapping[str, str] = {
            "category": _("the category"),
            "region": _("the region"),
            "track": _("the track"),
            "filing": _("what is filed"),
            "year": _("the year judged"),
            "factor_year": _("the year of the factors"),
            "base_year": _("the base year"),
            "row_key": _("the row"),
            "true": _("Yes"),
            "false": _("No"),
        }
        return context.get(key, key)

    def _table(self, node: ast.expr) -> str:
        key = str(node.value) if isinstance(node, ast.Constant) else ""
        return picked(self.criteria.tables[key].title) if key in self.criteria.tables else key

    def _is_condition(self, key: str) -> bool:
        if key in self.derived:
            return self.criteria.formulas[self.derived[key].formula].type is Type.CONDITION
        return key in self.criteria.inputs and self.criteria.inputs[key].kind == "yes_no"

    def _quoted(self, text: str, other: ast.expr | None) -> str:
        label = self._label(text, other)
        return label if label == text else _("“%(text)s”", text=label)

    def _label(self, text: str, other: ast.expr | None) -> str:
        """The name of a choice, a row or a region; what has none names itself."""
        about = self.criteria.inputs.get(_key(other)) if other is not None else None
        if about is not None:
            names: Mapping[str, Texts] = {**(about.choices or {}), **(about.rows or {})}
            return picked(names[text]) if text in names else text
        if _key(other) == "category":
            return self.category_name(text)
        return row_name(text, self.criteria, "", self.region_name)


def _key(node: ast.expr | None) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _names(tree: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _asked_if(key: str, criteria: CriteriaSet) -> list[ast.expr]:
    """What must hold before a question is put."""
    entry = criteria.inputs.get(key)
    if entry is None or entry.when is None:
        return []
    tree = parse(entry.when).tree
    return tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]


def _naming_categories(tree: ast.expr, criteria: CriteriaSet) -> ast.expr | None:
    """The condition that names the categories for which another holds; None if it asks for more than the category."""
    lists = {entry.key: entry.values for entry in criteria.lists}
    names = _names(tree)
    if "category" not in names or not names <= {"category", *lists}:
        return None
    fitting = [key for key in criteria.shape.categories if _fits(tree, key, lists)]
    if not fitting or len(fitting) == len(criteria.shape.categories):
        return None
    values: list[ast.expr] = [ast.Constant(key) for key in fitting]
    one = len(values) == 1
    return ast.Compare(
        ast.Name("category"), [ast.Eq() if one else ast.In()], [values[0] if one else ast.Tuple(values, ast.Load())]
    )


def _fits(tree: ast.expr, category: str, lists: Mapping[str, Sequence[object]]) -> bool:
    """Tell whether a condition that asks for nothing but the category holds for one."""
    if isinstance(tree, ast.BoolOp):
        found = [_fits(value, category, lists) for value in tree.values]
        return any(found) if isinstance(tree.op, ast.Or) else all(found)
    if isinstance(tree, ast.UnaryOp):
        return not _fits(tree.operand, category, lists)
    if not isinstance(tree, ast.Compare):
        return False
    right = tree.comparators[0]
    asked = lists.get(_key(right), ()) if isinstance(right, ast.Name) else _constants(right)
    return (category in asked) is isinstance(tree.ops[0], (ast.Eq, ast.In))


def _constants(node: ast.expr) -> list[object]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [part.value for part in parts if isinstance(part, ast.Constant)]


def row_name(key: str, criteria: CriteriaSet, table: str, region_name: Callable[[str], str]) -> str:
    """Return what a row of a factor table or of an input is called; what has no name names itself."""
    names: Mapping[str, Mapping[str, str]] = (
        (criteria.tables[table].model_extra or {}).get("names", {}) if table in criteria.tables else {}
    )
    if key in names:
        return str(picked(names[key]))
    for entry in criteria.shape.inputs:
        for own in (entry.rows, entry.choices):
            if own and key in own:
                return picked(own[key])
    if table and key in criteria.inputs:
        return picked(criteria.inputs[key].title)
    return region_name(key)
