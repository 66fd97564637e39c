"""Papers about one application as values, in both languages: its receipt, its letters; and how a paper goes out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import quote

from flask import Response, current_app, g

from registry.config import Config
from registry.domain import letters as wordings
from registry.domain.shapes import Input
from registry.domain.texts import Names
from registry.domain.vocabulary import LetterState
from registry.models import Application, Letter
from registry.queries import filings, histories, letters, papers
from registry.rendering import letter as letter_paper
from registry.rendering import pledge as pledge_paper
from registry.rendering import receipt as receipt_paper
from registry.rendering.paper import PORTAL, Bilingual
from registry.web.evidence import hardened
from registry.web.templating import filesize, label, language_of_reader, spoken
from registry.web.values_in_words import readable

# Signs that no file system takes.
_NOT_IN_NAMES = frozenset('\\/:*?"<>|')
LONGEST_NAME = 80


def file(content: bytes, name: Bilingual, ascii_name: str) -> Response:
    """Return a paper as a file to keep, under its name in the reader's language and one in plain letters."""
    answer = Response(content, content_type="application/pdf")
    own = "".join(sign for sign in _name_for_reader(name) if sign not in _NOT_IN_NAMES)[:LONGEST_NAME].strip()
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}.pdf\"; filename*=UTF-8''{quote(own)}.pdf"
    )
    return hardened(answer)


def receipt(application: Application, handed_in: Sequence[histories.Happening], sheet: filings.Sheet) -> Response:
    """Return the receipt of an application that was submitted; `handed_in` are its submissions, newest first.

    Its head tells of the latest: when, by whom, and what was in it.
    """
    round_category, snapshot = application.round_category, application.applicant or {}
    latest = handed_in[0] if handed_in else None
    number, at = application.receipt or "", latest.at if latest else application.submitted_at
    values = receipt_paper.Receipt(
        number=number,
        received=_moment(at) if at else Bilingual(""),
        signed=latest.name if latest else "",
        programme=names(round_category.round.programme),
        round=names(round_category.round, "title"),
        category=names(round_category.category),
        applicant=_of(snapshot),
        code=snapshot.get("credit_code", ""),
        site=_of(snapshot.get("site", {})) or names(application.site),
        region=names(application.site.region),
        digest=(latest.digest if latest else "") or application.content_digest or "",
        handed_in=tuple(
            receipt_paper.HandedIn(_moment(one.at), _filing(one), one.name, one.digest) for one in handed_in
        ),
        values=tuple(
            (Bilingual(entry.title.zh, entry.title.en), _value(sheet, key))
            for key, entry in sheet.criteria.inputs.items()
            if key in sheet.declared and sheet.declared[key].value is not None
        ),
        files=tuple(receipt_paper.File(file.name, filesize(file.size), file.sha256) for file in sheet.evidence),
        address=f"{_config().base_url}/applications/{application.id}/receipt",
        issuers=author(application),
        demo=g.demo,
    )
    name = together(receipt_paper.TITLE, Bilingual(number), values.site)
    return file(receipt_paper.render(values), name, f"receipt-{number}")


def pledge(application: Application, sentences: Sequence[Input]) -> Response:
    """Return the pledge of an application to be signed and sealed; what it says are the declarations of the set."""
    round_category, snapshot = application.round_category, application.applicant or {}
    organisation = application.organisation
    values = pledge_paper.Pledge(
        programme=names(round_category.round.programme),
        round=names(round_category.round, "title"),
        category=names(round_category.category),
        applicant=_of(snapshot) or (names(organisation) if organisation else Bilingual("")),
        code=snapshot.get("credit_code", "") or (organisation.credit_code if organisation else ""),
        site=_of(snapshot.get("site", {})) or names(application.site),
        sentences=tuple(Bilingual(entry.title.zh, entry.title.en) for entry in sentences),
        issuers=author(application),
        demo=g.demo,
    )
    name = together(pledge_paper.TITLE, values.site)
    return file(pledge_paper.render(values), name, f"pledge-{application.id}")


def letter(application: Application, written: Letter) -> Response:
    """Return a letter as it was written; one that was sent later than on its day says when."""
    day = letters.dated(written)
    sent = wordings.day(written.settled_at) if written.settled_at and written.state is LetterState.SENT else None
    values = letter_paper.Letter(
        subject=Bilingual(written.subject, written.subject_en),
        body=Bilingual(written.body, written.body_en),
        day=Bilingual(day.zh, day.en),
        issuers=tuple(names(row) for row in papers.issuers(g.session, application)),
        programme=names(application.round_category.round.programme),
        number=application.receipt or "",
        address=f"{_config().base_url}/applications/{application.id}/letters/{written.id}",
        sent=Bilingual(sent.zh, sent.en) if sent and sent != day else None,
        waits=written.state is not LetterState.SENT,
        demo=g.demo,
    )
    return file(letter_paper.render(values), values.subject, f"letter-{application.id}-{written.id}")


def together(*parts: Bilingual) -> Bilingual:
    """Return names set side by side for a file: titles not in capitals, the Chinese of a part that has no English."""
    english = (part.en or part.zh for part in parts)
    return Bilingual(
        " ".join(part.zh for part in parts),
        " ".join(name.capitalize() if name.isupper() and " " in name else name for name in english),
    )


def _name_for_reader(name: Bilingual) -> str:
    return (name.en or name.zh) if language_of_reader() == "en" else name.zh


def author(application: Application) -> tuple[str, ...]:
    """Return in whose name a paper about an application is given: the issuers of its programme, else the portal."""
    return tuple(row.name for row in papers.issuers(g.session, application)) or (PORTAL.zh,)


def names(row: object, attribute: str = "name") -> Bilingual:
    """Return the name of a row in both languages."""
    return Bilingual(getattr(row, attribute), getattr(row, f"{attribute}_en"))


def in_both(say: Callable[[], str]) -> Bilingual:
    """Return what is said in each of the two languages."""
    with spoken("zh"):
        zh = say()
    with spoken("en"):
        return Bilingual(zh, say())


def _value(sheet: filings.Sheet, key: str) -> Bilingual:
    return in_both(lambda: readable(sheet.criteria.inputs[key], sheet.declared[key].value))


def _filing(one: histories.Happening) -> Bilingual:
    return in_both(lambda: label(one.filing) if one.filing else "")


def _of(snapshot: dict[str, str]) -> Bilingual:
    return Bilingual(snapshot.get("name", ""), snapshot.get("name_en", ""))


def _moment(at: datetime) -> Bilingual:
    found: Names = wordings.moment(at)
    return Bilingual(f"{found.zh}（北京时间）", found.en)


def _config() -> Config:
    found: Config = current_app.extensions["registry.config"]
    return found
