"""Habits of the project, kept by tests."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import click
import pytest
from jinja2 import Environment, nodes

from registry.cli import registry as commands
from registry.config import ROOT
from registry.domain import vocabulary, workflow
from registry.models import Base, Secrecy
from registry.web.guards import ROUTES
from registry.words import SENTENCES
from registry.words.criteria import FAULTS
from registry.words.errors import ERRORS
from registry.words.events import EVENTS
from registry.words.messages import MESSAGES
from registry.words.vocabulary import LABELS

PACKAGE = ROOT / "registry"
TEMPLATES = ROOT / "templates"
REFUSALS = {"Invalid", "WrongState", "Conflict", "NotFound", "Forbidden"}
# Words that are never shown to anybody.
UNSHOWN = {"Relation", "Span", "Action", "TokenPurpose", "QuotaPurpose", "FilingKind", "Variant", "Binding"}


def calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _called(node) == name:
                yield path, node


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_column_says_how_confidential_it_is(table):
    assert [column.name for column in table.columns if not isinstance(column.info.get("secrecy"), Secrecy)] == []


def test_every_address_has_its_row_and_every_row_its_address(app):
    assert set(app.view_functions) - {"static"} == set(ROUTES)


def test_every_part_of_an_address_has_a_type(app):
    untyped = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and re.search(r"<[a-z_]+>", rule.rule)
    ]
    assert untyped == []


def test_every_refusal_has_its_sentence():
    keys = {_text(node.args[0]) for name in REFUSALS for _path, node in calls(name) if node.args}
    assert sorted(key for key in keys if key and key not in SENTENCES) == []


def test_no_key_has_two_sentences():
    assert FAULTS.keys() & ERRORS.keys() == set()


def test_every_event_has_its_words():
    keys = {_text(node.args[2]) for _path, node in calls("record") if len(node.args) > 2}
    moves = {str(action) for _kind, _status, action in workflow.MOVES}
    assert sorted(key for key in {*keys, *moves} if key and key not in EVENTS) == []


def test_every_message_has_its_words():
    keys = {_text(node.args[3]) for path, node in calls("queue") if len(node.args) > 3}
    assert sorted(key for key in keys if key and key not in MESSAGES) == []


def test_every_shown_word_has_its_name():
    shown = [
        f"{kind.__name__}.{word.value}"
        for kind in vars(vocabulary).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind.__name__ not in {*UNSHOWN, "StrEnum"}
        for word in kind
    ]
    assert sorted(set(shown) - set(LABELS)) == []


def test_templates_are_neither_orphaned_nor_missing():
    named = {text for _path, node in calls("render_template") if (text := _text(node.args[0]))}
    for path in TEMPLATES.rglob("*.html"):
        for node in (
            Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
            .parse(path.read_text())
            .find_all((nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import))
        ):
            named.add(node.template.value)
    here = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    assert here == named


def test_a_macro_that_a_template_calls_is_imported():
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    parsed = {path: environment.parse(path.read_text()) for path in TEMPLATES.rglob("*.html")}
    macros = {macro.name for tree in parsed.values() for macro in tree.find_all(nodes.Macro)}
    for path, tree in parsed.items():
        called = {call.node.name for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
        imported = {name for node in tree.find_all(nodes.FromImport) for name in node.names}
        here = {name if isinstance(name, str) else name[1] for name in imported}
        here |= {macro.name for macro in tree.find_all(nodes.Macro)}
        assert called & macros - here == set(), path


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_a_template_has_nothing_that_the_content_policy_forbids(path):
    text = path.read_text()
    assert re.findall(r"\|\s*safe\b|\bstyle=|\bon[a-z]+=\"|<script(?![^>]*\bsrc=)|<style", text) == []


def test_a_template_speaks_through_the_catalogue():
    chinese = [path.name for path in TEMPLATES.rglob("*.html") if re.search(r"[\u4e00-\u9fff]", path.read_text())]
    assert chinese == []


def _all_commands(group: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, group
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from _all_commands(command, f"{path} {name}")


@pytest.mark.parametrize(("path", "command"), list(_all_commands(commands, "registry")))
def test_every_command_has_help(path, command):
    assert (command.help or "").strip() != "", path


def test_the_readme_names_every_command():
    text = (ROOT / "README.md").read_text()
    missing = [path for path, command in _all_commands(commands, "registry") if not isinstance(command, click.Group)]
    assert [path for path in missing if path not in text] == []


def test_the_readme_draws_the_life_from_the_tables():
    assert workflow.diagram() in (ROOT / "README.md").read_text()
