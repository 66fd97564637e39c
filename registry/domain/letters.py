"""Letters: the placeholders that a wording may have, what is checked of it, and how it becomes a letter.

A wording is plain text with names in braces, such as `{site}`. Each is replaced once by what it stands for: braces
within a value are text like any other.

A letter that tells how an application came out is held until a second person releases it. A letter is sent with its
act where waiting would cost the applicant something: time until a date that runs, or days of a round in which the site
may apply again; or where there is nothing to look at twice. No letter that is held has a time in it that runs from its
day, and its day stays that of the act, however late it is sent; the page and the paper say when that was.

What waits is out of date as soon as anything later is told of the outcome, whether the two contradict each other or
not: the earlier is withdrawn and the later one alone is sent. Of letters that were sent already, those that the later
one contradicts are named in it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from registry.domain.errors import Invalid
from registry.domain.texts import Names, plain
from registry.domain.vocabulary import FilingKind, Haste, LetterKind
from registry.domain.workdays import SHANGHAI

LONGEST_SUBJECT = 120
LONGEST_BODY = 4000
SUBJECTS = ("subject", "subject_en")
BODIES = ("body", "body_en")

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
# Braces in full width come with a Chinese keyboard; they would stay in the letter as they are.
_NOTE = re.compile(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]$")
_BRACE = re.compile(r"[{}｛｝]")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)

Value = str | Names


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a kind of letter in both languages; the subject is one line."""

    subject: str
    body: str
    subject_en: str
    body_en: str


# What every letter can say.
ALWAYS = ("organisation", "site", "where", "programme", "round", "category", "issuers", "date")
# What else a kind of letter knows.
KNOWN: Mapping[LetterKind, tuple[str, ...]] = {
    LetterKind.SELECTED: (),
    LetterKind.RESERVED: ("order", "until"),
    LetterKind.RESERVE_ENDED: ("until",),
    LetterKind.UNSELECTED: ("reason",),
    LetterKind.EXCLUDED: ("reason",),
    LetterKind.FAILED: ("reason",),
    LetterKind.DECLINED: ("reason",),
    LetterKind.REFUSED: ("reason",),
    LetterKind.BARRED: ("reason", "until"),
    LetterKind.LAPSED: ("due",),
    LetterKind.WITHDRAWN: ("reason",),
    LetterKind.TERMINATED: ("reason",),
    LetterKind.REMOVED: ("reason",),
    LetterKind.PUBLISHED: ("title",),
    LetterKind.CERTIFIED: ("number", "until"),
    LetterKind.REVOKED: ("number", "reason"),
    LetterKind.FILING_DUE: ("title", "due"),
}

# Which letters go out with their act, and why; all others are held.
AT_ONCE: Mapping[LetterKind, Haste] = {
    LetterKind.FILING_DUE: Haste.DATE_RUNS,
    LetterKind.FAILED: Haste.ROUND_TAKES,
    LetterKind.DECLINED: Haste.ROUND_TAKES,
    LetterKind.REFUSED: Haste.ROUND_TAKES,
    LetterKind.LAPSED: Haste.ROUND_TAKES,
    LetterKind.WITHDRAWN: Haste.OWN_ACT,
    LetterKind.CERTIFIED: Haste.AT_HAND,
}
HELD = frozenset(LetterKind) - AT_ONCE.keys()
# Within how many working days a letter that is held should be looked at: a default of ours.
LOOKED_AT_WITHIN = 3
# Which letters, once written, leave nothing of an earlier one that still waits: all that tell how it came out.
OVERTAKING = frozenset(LetterKind) - {LetterKind.FILING_DUE}
# Which letters that were sent before a later one contradicts.
CONTRADICTED: Mapping[LetterKind, frozenset[LetterKind]] = {
    **dict.fromkeys(
        (LetterKind.SELECTED, LetterKind.UNSELECTED, LetterKind.PUBLISHED, LetterKind.CERTIFIED),
        frozenset({LetterKind.RESERVED}),
    ),
    **dict.fromkeys(
        (LetterKind.REMOVED, LetterKind.TERMINATED, LetterKind.WITHDRAWN),
        frozenset({LetterKind.SELECTED, LetterKind.RESERVED}),
    ),
    LetterKind.REVOKED: frozenset(
        {LetterKind.RESERVED, LetterKind.SELECTED, LetterKind.PUBLISHED, LetterKind.CERTIFIED}
    ),
}

# What is filed, as a letter names it.
FILED: Mapping[FilingKind, Names] = {
    FilingKind.APPLICATION: Names("申报书", "application"),
    FilingKind.REGISTRATION: Names("登记表", "registration"),
    FilingKind.MID_TERM: Names("中期评估材料", "mid-term filing"),
    FilingKind.ACCEPTANCE: Names("验收材料", "filing for acceptance"),
}
NO_DATE = Names("未设截止时间", "no fixed date")


def place(programme: Names, round_: Names, category: Names) -> Names:
    """Return where an application was filed, in one line; a part that another one says already is left out."""
    parts = (programme, round_, category)
    return Names("，".join(_once(part.zh for part in parts)), ", ".join(_once(part.en for part in parts)))


def _once(names: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for name in names:
        said = _NOTE.sub("", name).casefold()
        if not any(said in other.casefold() for other in kept):
            kept = [*(other for other in kept if _NOTE.sub("", other).casefold() not in name.casefold()), name]
    return kept


def placeholders(kind: LetterKind) -> tuple[str, ...]:
    """Return the names that may stand in braces in a kind of letter."""
    return (*ALWAYS, *KNOWN[kind])


def check(wording: Wording, kind: LetterKind) -> Wording:
    """Return a wording without blanks around its texts.

    Raises Invalid at the field for a text that is empty or too long, a subject of several lines, a placeholder that the
    kind does not know, and a brace that belongs to none.
    """
    for field in (*SUBJECTS, *BODIES):
        wording = replace(wording, **{field: check_text(getattr(wording, field), field, kind)})
    return wording


def check_text(entered: str, field: str, kind: LetterKind) -> str:
    """Return one text of a wording without blanks around it; raises Invalid as `check` does."""
    text = plain(entered, field).strip()
    limit = LONGEST_SUBJECT if field in SUBJECTS else LONGEST_BODY
    if not text:
        raise Invalid("entry_needed", field=field)
    if len(text) > limit:
        raise Invalid("text_too_long", field=field, limit=limit)
    if field in SUBJECTS and "\n" in text:
        raise Invalid("letter_subject_in_lines", field=field)
    known = placeholders(kind)
    for found in _PLACEHOLDER.finditer(text):
        if found[1] not in known:
            listed = ", ".join(f"{{{name}}}" for name in known)
            raise Invalid("letter_placeholder_unknown", field=field, name=found[0], known=listed)
    if stray := _BRACE.search(_PLACEHOLDER.sub("", text)):
        raise Invalid("letter_brace_stray", field=field, brace=stray[0])
    return text


def render(text: str, values: Mapping[str, str]) -> str:
    """Return a text with each placeholder replaced by its value, once; one without a value stays as it is."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def written(wording: Wording, values: Mapping[str, Value]) -> Wording:
    """Return the letter that a wording becomes with these values, in both languages; its subjects are one line."""
    zh = {name: value.zh if isinstance(value, Names) else value for name, value in values.items()}
    en = {name: value.en if isinstance(value, Names) else value for name, value in values.items()}
    return Wording(
        subject=_one_line(render(wording.subject, zh)),
        body=render(wording.body, zh),
        subject_en=_one_line(render(wording.subject_en, en)),
        body_en=render(wording.body_en, en),
    )


def replacing(text: Wording, earlier: Iterable[tuple[Names, Names]], dated: Names) -> Wording:
    """Return a letter that names the letters which it replaces, each by its day and its subject.

    They stand in a paragraph of their own before the last one, where that has the day of the letter as who signs does;
    else at the end. Without an earlier letter the text stays as it is.
    """
    named = list(earlier)
    if not named:
        return text
    zh = "、".join(f"{day.zh}的“{subject.zh}”" for day, subject in named)
    en = ", ".join(f"{day.en} (“{subject.en}”)" for day, subject in named)
    letter = "letter" if len(named) == 1 else "letters"
    return replace(
        text,
        body=_before_signing(text.body, f"本通知书取代此前发出的通知书：{zh}。", dated.zh),
        body_en=_before_signing(text.body_en, f"This letter replaces our {letter} of {en}.", dated.en),
    )


def _before_signing(body: str, sentence: str, dated: str) -> str:
    before, _gap, last = body.rstrip().rpartition("\n\n")
    if before and dated in last:
        return f"{before}\n\n{sentence}\n\n{last}"
    return f"{body.rstrip()}\n\n{sentence}"


def kept(values: Mapping[str, Value]) -> dict[str, object]:
    """Return values as they are kept beside a letter, so that it can be written anew."""
    return {
        name: {"zh": value.zh, "en": value.en} if isinstance(value, Names) else value for name, value in values.items()
    }


def restored(kept: Mapping[str, object]) -> dict[str, Value]:
    """Return the values of a letter from what is kept of them."""
    return {
        name: Names(value["zh"], value["en"]) if isinstance(value, Mapping) else str(value)
        for name, value in kept.items()
    }


def day(at: date | datetime) -> Names:
    """Return a day as letters write it: 2026年11月21日, 21 November 2026. A moment is its day in Beijing."""
    there = at.astimezone(SHANGHAI).date() if isinstance(at, datetime) else at
    return Names(f"{there.year}年{there.month}月{there.day}日", f"{there.day} {_MONTHS[there.month - 1]} {there.year}")


def moment(at: datetime) -> Names:
    """Return a moment as letters write it, by the clock of Beijing."""
    there, named = at.astimezone(SHANGHAI), day(at)
    clock = f"{there.hour:02d}:{there.minute:02d}"
    return Names(f"{named.zh} {clock}", f"{clock} on {named.en} (Beijing time)")


def _one_line(text: str) -> str:
    return " ".join(text.split())
