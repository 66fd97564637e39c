"""The migrations make the tables that the models describe, on an empty database, and can be taken back."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Enum, inspect

from registry import db, schema
from registry.config import ROOT
from registry.models import Base

VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))


@pytest.fixture
def bare(bare_url):
    connected = db.connect(bare_url)
    yield connected.engine
    connected.engine.dispose()


def test_up_from_nothing_agrees_with_the_models(bare):
    assert not schema.is_current(bare)
    schema.upgrade(bare)
    assert schema.is_current(bare)
    with bare.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_to_nothing_leaves_no_table_and_goes_up_again(bare):
    schema.upgrade(bare)
    schema.downgrade(bare, "base")
    assert [name for name in inspect(bare).get_table_names() if name != "alembic_version"] == []
    schema.upgrade(bare)
    assert schema.is_current(bare)


def test_one_line_of_migrations_named_after_their_revisions():
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert sorted(revisions) == [path.name[:4] for path in VERSIONS]
    assert [path.name for path in VERSIONS if not re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name)] == []
    assert scripts.get_heads() == [max(revisions)]


def test_every_check_of_the_models_stands_in_the_database(bare):
    schema.upgrade(bare)
    inspector = inspect(bare)
    for table in Base.metadata.sorted_tables:
        expected = {str(check.name) for check in table.constraints if type(check).__name__ == "CheckConstraint"}
        found = {check["name"] for check in inspector.get_check_constraints(table.name)}
        assert found == expected, table.name


def test_every_constraint_has_a_name_of_its_own(bare):
    schema.upgrade(bare)
    inspector = inspect(bare)
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        names = [
            inspector.get_pk_constraint(table)["name"],
            *(found["name"] for found in inspector.get_foreign_keys(table)),
            *(found["name"] for found in inspector.get_unique_constraints(table)),
            *(found["name"] for found in inspector.get_check_constraints(table)),
        ]
        assert None not in names, table
        assert len(set(names)) == len(names), table


def test_every_word_of_a_vocabulary_is_checked_by_the_database():
    bare_words = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Enum) and not column.type.create_constraint
    ]
    assert bare_words == []
