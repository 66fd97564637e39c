"""The sentences for the keys that errors, statuses, events and messages carry.

English is written here, the catalogue has the Chinese. Whoever shows a sentence hands in the reader's `gettext`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from registry.domain.texts import Names
from registry.domain.vocabulary import Action
from registry.domain.workdays import SHANGHAI
from registry.words.criteria import FAULTS
from registry.words.errors import ERRORS
from registry.words.events import EVENTS, SUBJECTS
from registry.words.marking import N_
from registry.words.messages import MESSAGES
from registry.words.vocabulary import LABELS

Gettext = Callable[[str], str]
# The code of the language that a catalogue is in, and what stands between the items of a list in it.
LANGUAGE = N_("en")
BETWEEN = N_(", ")
SENTENCES: Mapping[str, str] = {**FAULTS, **ERRORS}


def sentence(key: str, values: Mapping[str, object], gettext: Gettext) -> str:
    """Return the sentence of an error's key in the reader's language, with its values in place."""
    shown = {name: _shown(value, gettext) for name, value in values.items()}
    return gettext(SENTENCES[key]) % shown


def _shown(value: object, gettext: Gettext) -> object:
    # An action stands in the values for whoever reads the error as data; it has no name of its own.
    if isinstance(value, StrEnum) and not isinstance(value, Action):
        return label(value, gettext)
    if isinstance(value, Names):
        return value.zh if gettext(LANGUAGE) == "zh" else value.en
    if isinstance(value, tuple):
        return gettext(BETWEEN).join(str(_shown(each, gettext)) for each in value)
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value


def label(word: StrEnum, gettext: Gettext) -> str:
    """Return the name of a word of the vocabulary in the reader's language."""
    return gettext(LABELS[f"{type(word).__name__}.{word.value}"])


def message(key: str, values: Mapping[str, object], gettext: Gettext) -> tuple[str, str]:
    """Return the subject and the text of a message in the reader's language.

    Where the values hold an English name beside a Chinese one, as `site_en` beside `site`, an English reader gets it.
    """
    subject, text = MESSAGES[key]
    english = gettext(LANGUAGE) == "en"
    shown = {name: (english and values.get(f"{name}_en")) or value for name, value in values.items()}
    return gettext(subject) % shown, gettext(text) % shown


def subject(word: str, gettext: Gettext) -> str:
    """Return what an event is about."""
    return gettext(SUBJECTS.get(word, word))


def happening(action: str, gettext: Gettext) -> str:
    """Return what happened, for a line of a history."""
    return gettext(EVENTS.get(action, action))
