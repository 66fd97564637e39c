"""What every template can use: words in the reader's language, times, figures, and the frame of the page."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, session
from flask_babel import force_locale, gettext
from jinja2 import StrictUndefined
from markupsafe import Markup

from registry import words
from registry.domain import citations
from registry.domain.policy import Actor
from registry.models import Message
from registry.web import navigation
from registry.web.paging import page_path
from registry.words.units import UNITS

BEIJING = ZoneInfo("Asia/Shanghai")
LANGUAGES = ("zh", "en")
VERSION = "0.1.0"
_LONG_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{31,}")


def init_app(app: Flask) -> None:
    """Give the templates their words, filters and frame."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        new_key=lambda: uuid.uuid4().hex,
        page_path=page_path,
        label=label,
        happening=happening,
        picked=picked,
        subject_of=subject_of,
        text_of=text_of,
    )
    app.jinja_env.filters.update(
        moment=moment, until=until, day=day, figure=figure, named=named, filesize=filesize, unit=unit
    )
    app.jinja_env.filters.update(clause_ref=clause_ref, citation=citation)
    app.jinja_env.tests["holding_a_long_word"] = holding_a_long_word
    app.context_processor(_frame)


def language_of_reader() -> str:
    """Return the reader's language: the one chosen, else Chinese; for a while the one that is `spoken`."""
    chosen = g.get("spoken") or session.get("language", "zh")
    return chosen if chosen in LANGUAGES else "zh"


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Say everything in a language for a while, as a paper in both needs it."""
    before = g.get("spoken")
    g.spoken = language
    try:
        with force_locale(language):
            yield
    finally:
        g.spoken = before


def said(text: str, **about: object) -> str:
    """A sentence in the reader's language, as a plain text."""
    return str(gettext(text, **about))


def label(word: StrEnum) -> str:
    """The name of a word of the vocabulary in the reader's language."""
    return words.label(word, gettext)


def happening(action: str) -> str:
    """What an event says, in the reader's language."""
    return words.happening(action, gettext)


def subject_of(message: Message) -> str:
    """The subject of a message in the reader's language."""
    if message.letter is not None:
        return named(message.letter, "subject")
    return words.message(message.key, message.values, gettext)[0]


def text_of(message: Message) -> str:
    """The text of a message in the reader's language."""
    if message.letter is not None:
        return named(message.letter, "body")
    return words.message(message.key, message.values, gettext)[1]


def picked(text: Mapping[str, str] | Any) -> str:
    """The reader's half of a text that has both languages, the Chinese where the English is empty."""
    both = text if isinstance(text, Mapping) else {"zh": text.zh, "en": text.en}
    if not both:
        return ""
    english = both.get("en") if language_of_reader() == "en" else ""
    return citations.latin_within(english) if english else both["zh"]


def clause_ref(reference: str) -> str:
    """A reference to a clause, in Latin numbers for a reader of English."""
    return citations.latin(reference) if language_of_reader() == "en" else reference


def citation(clause: str) -> str:
    """A clause with the key of its document, in Latin numbers for a reader of English."""
    document, _blank, reference = clause.partition(" ")
    return f"{document} {clause_ref(reference)}".strip()


def named(thing: Any, attribute: str = "name") -> str:
    """The name of a row in the reader's language, the Chinese where the English is empty."""
    english = getattr(thing, f"{attribute}_en") if language_of_reader() == "en" else ""
    return english or getattr(thing, attribute)


def moment(at: datetime | None) -> str:
    """A point in time in the zone of Beijing, to the minute."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if at else ""


def until(at: datetime | None) -> str:
    """A deadline in the zone of Beijing: one at midnight is the end of the day before, its hour 24."""
    there = at.astimezone(BEIJING) if at else None
    if there is None or (there.hour, there.minute) != (0, 0):
        return moment(there)
    return f"{(there - timedelta(days=1)).date().isoformat()} 24:00"


def day(at: datetime | date | None) -> str:
    """A day; a point in time is shown as its day in Beijing."""
    if at is None:
        return ""
    return (at.astimezone(BEIJING).date() if isinstance(at, datetime) else at).isoformat()


def figure(value: Decimal | str | int | None) -> str:
    """A figure with thousands set apart and its own number of places, a dash where there is none."""
    if value is None or value == "":
        return "–"
    number = Decimal(value)
    return f"{number:,f}"


def unit(text: str | None) -> str:
    """A unit, in the reader's language where it is a word."""
    return gettext(UNITS[text]) if text and text in UNITS else text or ""


def holding_a_long_word(rows: Markup) -> bool:
    """Whether a word of these rows is longer than a column of a table is wide; Chinese breaks anywhere by itself."""
    return _LONG_WORD.search(rows.striptags()) is not None


def filesize(size: int) -> str:
    """A size in kB or MB."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


def _frame() -> dict[str, Any]:
    actor: Actor = g.get("actor") or Actor(datetime.now(BEIJING))
    frame: dict[str, Any] = {
        "actor": actor,
        "language": language_of_reader(),
        "navigation": navigation.ways(actor),
        "version": VERSION,
        "demo": g.get("demo", False),
        "footer_links": navigation.footer(),
    }
    if frame["demo"]:
        upcoming = g.get("upcoming")
        frame["clock_now"] = moment(actor.at)
        frame["next_deadline"] = f"{label(upcoming.kind)} {until(upcoming.at)}" if upcoming else None
    return frame
