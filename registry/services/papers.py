"""What stands on a certificate, gathered from the rows that it certifies."""

import hashlib
from collections.abc import Mapping

from sqlalchemy.orm import Session

from registry.domain.vocabulary import Track
from registry.models import Application, Award, Category, Entry, Portal, Programme
from registry.queries import awards, decisions, filings
from registry.rendering.certificate import TRACKS, Basis, Certificate
from registry.rendering.paper import Bilingual

FIRST_EDITION = 1


def digest_of_bytes(content: bytes) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def certificate_values(
    session: Session, application: Application, entry: Entry, award: Award, *, code: str, address: str
) -> Certificate:
    """Return the values of the first edition: names as they were published, issuers, document and clause, dates."""
    round_category = application.round_category
    programme = round_category.round.programme
    return Certificate(
        number=award.number,
        edition=FIRST_EDITION,
        holder=_published(entry, "organisation"),
        site=_published(entry, "site"),
        region=_published(entry, "region"),
        category=_published(entry, "category"),
        programme=Bilingual(programme.name, programme.name_en),
        track=TRACKS[Track(round_category.track)],
        issuers=tuple(Bilingual(row.name, row.name_en) for row in awards.issuers(session, programme)),
        basis=_basis(programme, round_category.category),
        issued=award.valid_from,
        valid_until=award.valid_until,
        code=code,
        address=address,
        grade=_grade(session, application),
        demo=session.get_one(Portal, 1).demo,
    )


def _published(entry: Entry, key: str) -> Bilingual:
    text: Mapping[str, str] | None = entry.content.get(key)
    return Bilingual(text["zh"], text["en"]) if text else Bilingual("")


def _basis(programme: Programme, category: Category) -> Basis:
    document = programme.document
    return Basis(Bilingual(document.title, document.title_en), document.number or "", Bilingual(category.clause_ref))


def _grade(session: Session, application: Application) -> Bilingual | None:
    evaluation = decisions.latest_evaluations(session, [application.id]).get(application.id)
    if evaluation is None or evaluation.grade is None:
        return None
    for grade in filings.criteria_of(application.round_category).grades:
        if grade.key == evaluation.grade:
            return Bilingual(grade.title.zh, grade.title.en)
    return None
