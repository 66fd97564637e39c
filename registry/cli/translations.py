"""The catalogues: bring them up to date with the code, and check that nothing is missing."""

import sys
from datetime import UTC, datetime

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from registry.config import ROOT
from registry.translations import FOLDER

KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
SOURCES = ((ROOT / "registry", [("**.py", "python")]), (ROOT / "templates", [("**.html", "jinja2")]))
CATALOGUE = FOLDER / "zh" / "LC_MESSAGES" / "messages.po"
# No day and no version of a tool in the file: the same sentences give the same bytes.
HEADER = "# The Chinese of every sentence.\n"


@click.group()
def translations() -> None:
    """Keep the catalogue of Chinese sentences complete."""


@translations.command()
def update() -> None:
    """Add new sentences to the catalogue and drop those no longer used."""
    catalogue = _kept()
    catalogue.update(_extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    write_catalogue(catalogue)
    click.echo(f"{len(_untranslated(catalogue))} sentences wait for their Chinese")


@translations.command()
def check() -> None:
    """Fail where a sentence has no Chinese, or the catalogue is not up to date."""
    kept, found = _kept(), _extracted()
    known = {message.id for message in kept if message.id}
    missing = sorted({str(message.id) for message in found if message.id and message.id not in known})
    unused = sorted(str(key) for key in known - {message.id for message in found})
    faults = [
        *(f"not in the catalogue: {text}" for text in missing),
        *(f"no longer used: {text}" for text in unused),
        *(f"without Chinese: {text}" for text in _untranslated(kept)),
        *(f"placeholders differ: {message.id}" for message in kept if any(message.check(kept))),
    ]
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)


def write_catalogue(catalogue: Catalog) -> None:
    """Write the catalogue in the order of its sentences."""
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, sort_output=True, no_location=True, omit_header=False, width=120)


def _kept() -> Catalog:
    if not CATALOGUE.exists():
        return _empty()
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh")


def _empty() -> Catalog:
    # The date is that of the format, so that the file changes only with its sentences.
    born = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(
        locale="zh", project="registry", version="1", header_comment=HEADER, creation_date=born, revision_date=born
    )


def _extracted() -> Catalog:
    found = _empty()
    for folder, methods in SOURCES:
        for _name, _line, text, _comments, context in extract_from_dir(folder, methods, keywords=KEYWORDS):
            found.add(text, context=context)
    return found


def _untranslated(catalogue: Catalog) -> list[str]:
    return [str(message.id) for message in catalogue if message.id and (not message.string or message.fuzzy)]
