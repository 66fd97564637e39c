"""What all tables share: names of constraints, exact types, and the class of every column.

Every column is made by one of five functions that say how confidential it is; `tests/architecture` refuses a column
without a class.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

from sqlalchemy import JSON, Date, DateTime, Dialect, MetaData, String, Text
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import DeclarativeBase, MappedColumn, Relationship, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class Secrecy(StrEnum):
    """Who may read a column at all."""

    PUBLIC = "public"
    INTERNAL = "internal"
    BUSINESS = "business secret"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Moment(TypeDecorator[datetime]):
    """A point in time, aware, kept in UTC on either database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal kept as its digits: SQLite would turn a numeric into a binary fraction."""

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: Moment,
        date: Date,
        Decimal: Exact,
        str: Text,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        Enum: EnumType(
            Enum,
            native_enum=False,
            create_constraint=True,
            length=32,
            values_callable=lambda words: [word.value for word in words],
        ),
    }


def words(kind: type[Enum], name: str) -> EnumType:
    """The type of a column of words whose constraint needs its own name: where a table has two of the same kind."""
    return EnumType(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def public(*args: Any, **options: Any) -> MappedColumn[Any]:
    """A column that anyone may read."""
    return mapped_column(*args, info={"secrecy": Secrecy.PUBLIC}, **options)


def internal(*args: Any, **options: Any) -> MappedColumn[Any]:
    """A column of the office's own work."""
    return mapped_column(*args, info={"secrecy": Secrecy.INTERNAL}, **options)


def business(*args: Any, **options: Any) -> MappedColumn[Any]:
    """A column that holds what a company keeps to itself."""
    return mapped_column(*args, info={"secrecy": Secrecy.BUSINESS}, **options)


def personal(*args: Any, **options: Any) -> MappedColumn[Any]:
    """A column about a person."""
    return mapped_column(*args, info={"secrecy": Secrecy.PERSONAL}, **options)


def sensitive(*args: Any, **options: Any) -> MappedColumn[Any]:
    """A column that nobody reads: secrets and their digests."""
    return mapped_column(*args, info={"secrecy": Secrecy.SENSITIVE}, **options)


def related(**options: Any) -> Relationship[Any]:
    """A relationship that a query must have loaded: what was not asked for raises."""
    return relationship(lazy="raise_on_sql", **options)
