"""What is held against each other in a comparison of applications, and what comparisons found.

Compared is everything that was handed in within a programme, whatever the round: an applicant, a year and an evaluator
firm are each compared with all others. A finding belongs to the round for which the comparison was asked.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.criteria import CriteriaSet
from registry.domain.likeness.values import Figures, Owner, StoredFile, Text, TextKind
from registry.domain.policy import Actor
from registry.domain.ties.values import Decision
from registry.domain.vocabulary import ReviewStatus
from registry.models import (
    Answer,
    Application,
    Assignment,
    Evidence,
    Filing,
    LikenessFinding,
    LikenessParty,
    LikenessVerdict,
    Mark,
    Review,
    Round,
    RoundCategory,
)
from registry.queries import filings, reviews
from registry.queries.parties import by_portions


@dataclass(frozen=True, slots=True)
class Material:
    """All that is compared: texts, files and figures with their owners, what the forms themselves hand out, and which
    applications are those of the round."""

    texts: tuple[Text, ...]
    files: tuple[StoredFile, ...]
    figures: tuple[Figures, ...]
    handed_out: tuple[str, ...]
    constants: frozenset[Decimal]
    here: frozenset[int]


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with its applications, and the verdict that counts where there is one."""

    finding: LikenessFinding
    applications: tuple[Application, ...]
    verdict: LikenessVerdict | None

    @property
    def open(self) -> bool:
        """Whether it is still to be judged."""
        return self.verdict is None

    @property
    def dismissed(self) -> bool:
        return self.verdict is not None and self.verdict.decision is Decision.DISMISSED


def material(session: Session, round_: Round) -> Material:
    """Return what is compared for a round: all that was handed in within its programme."""
    applications = session.scalars(
        select(Application)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(Round.programme_id == round_.programme_id, Application.submitted_at.is_not(None))
        .order_by(Application.id)
        .options(
            joinedload(Application.organisation),
            joinedload(Application.round_category, innerjoin=True).joinedload(RoundCategory.round, innerjoin=True),
            joinedload(Application.round_category, innerjoin=True).joinedload(RoundCategory.criteria_version),
        )
    ).all()
    owners = {row.id: _owner(row) for row in applications}
    sets = {row.round_category_id: filings.criteria_of(row.round_category) for row in applications}
    asked = {row.id: sets[row.round_category_id] for row in applications}
    texts, figures = _answers(session, owners, asked)
    return Material(
        texts=(*texts, *_justifications(session, owners)),
        files=_files(session, owners),
        figures=figures,
        handed_out=tuple(sorted({words for one in sets.values() for words in _handed_out(one)})),
        constants=frozenset(number for one in sets.values() for number in _constants(one)),
        here=frozenset(row.id for row in applications if row.round_category.round_id == round_.id),
    )


def has_any(session: Session, round_: Round) -> bool:
    """Tell whether anybody has handed in an application in a round."""
    query = (
        select(Application.id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .where(RoundCategory.round_id == round_.id, Application.submitted_at.is_not(None))
    )
    return session.scalar(query.limit(1)) is not None


def of_round(session: Session, actor: Actor, round_: Round) -> list[Judged]:
    """Return the findings of a round that are not of the actor's own organisations, those still to be judged first."""
    rows = session.scalars(
        _whole(actor).where(LikenessFinding.round_id == round_.id).order_by(LikenessFinding.id)
    ).all()
    return sorted(_judged(session, rows), key=lambda one: (not one.open, one.dismissed, one.finding.id))


def of_application(session: Session, actor: Actor, application: Application) -> list[Judged]:
    """Return the findings that concern an application, each once though several rounds found it.

    Those that concern one of the actor's own organisations too are left out.
    """
    mine = select(LikenessParty.finding_id).where(LikenessParty.application_id == application.id)
    rows = session.scalars(_whole(actor).where(LikenessFinding.id.in_(mine)).order_by(LikenessFinding.id)).all()
    return _judged(session, list({row.fingerprint: row for row in rows}.values()))


def one(session: Session, actor: Actor, round_: Round, number: int) -> LikenessFinding | None:
    """Return a finding of a round, or None where there is no such finding or it is of one's own organisation."""
    return session.scalar(_whole(actor).where(LikenessFinding.id == number, LikenessFinding.round_id == round_.id))


def known(session: Session, round_: Round) -> frozenset[str]:
    """Return the fingerprints of what comparisons of a round found before."""
    query = select(LikenessFinding.fingerprint).where(LikenessFinding.round_id == round_.id)
    return frozenset(session.scalars(query))


def _whole(actor: Actor) -> Select[LikenessFinding]:
    """Findings with their parties, but for those that concern an organisation in which the actor has a seat."""
    query = select(LikenessFinding).options(selectinload(LikenessFinding.parties))
    if not actor.interests:
        return query
    own = (
        select(LikenessParty.finding_id)
        .join(Application, Application.id == LikenessParty.application_id)
        .where(Application.organisation_id.in_(sorted(actor.interests)))
    )
    return query.where(LikenessFinding.id.not_in(own))


def _judged(session: Session, rows: Collection[LikenessFinding]) -> list[Judged]:
    verdicts: dict[str, LikenessVerdict] = {}
    for some in by_portions(sorted({row.fingerprint for row in rows})):
        judged = select(LikenessVerdict).where(LikenessVerdict.fingerprint.in_(some)).order_by(LikenessVerdict.id)
        judged = judged.options(joinedload(LikenessVerdict.judged_by))
        verdicts |= {row.fingerprint: row for row in session.scalars(judged)}
    applications: dict[int, Application] = {}
    for some in by_portions(sorted({party.application_id for row in rows for party in row.parties})):
        query_ = select(Application).where(Application.id.in_(some))
        found = session.scalars(
            query_.options(
                joinedload(Application.site, innerjoin=True),
                joinedload(Application.organisation),
                joinedload(Application.round_category, innerjoin=True).joinedload(RoundCategory.round, innerjoin=True),
            )
        )
        applications |= {row.id: row for row in found}
    return [
        Judged(row, tuple(applications[party.application_id] for party in row.parties), verdicts.get(row.fingerprint))
        for row in rows
    ]


def _owner(application: Application, reviewer: int | None = None) -> Owner:
    organisation = application.organisation
    return Owner(
        application.id,
        organisation.credit_code if organisation else f"site:{application.site_id}",
        application.round_category.round.year,
        application.evaluator_code or application.evaluator,
        reviewer,
    )


def _answers(
    session: Session, owners: Mapping[int, Owner], asked: Mapping[int, CriteriaSet]
) -> tuple[list[Text], tuple[Figures, ...]]:
    """Return what was answered in words and in figures, as it was handed in last."""
    texts: list[Text] = []
    numbers: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for application, filing, key, value in _handed_in(session, owners):
        entry = asked[application].inputs.get(key)
        if entry is None:
            continue
        if entry.kind == "text" and isinstance(value, str):
            texts.append(Text(f"answer:{filing}:{key}", TextKind.ANSWER, owners[application], value))
        elif entry.kind in ("number", "whole") and (number := _number(value)) is not None:
            numbers[application][key] = number
    return texts, tuple(
        Figures(f"figures:{number}", owners[number], values) for number, values in sorted(numbers.items())
    )


def _handed_in(session: Session, owners: Mapping[int, Owner]) -> Iterable[tuple[int, int, str, Any]]:
    """Yield the answers of the last filing of each application, each in its last revision that was handed in."""
    for some in by_portions(owners):
        last = (
            select(Filing.application_id, func.max(Filing.position).label("position"))
            .where(Filing.application_id.in_(some), Filing.submitted_revision.is_not(None))
            .group_by(Filing.application_id)
            .subquery()
        )
        newest = (
            select(Answer.filing_id, Answer.key, func.max(Answer.revision).label("revision"))
            .join(Filing, Filing.id == Answer.filing_id)
            .join(last, and_(last.c.application_id == Filing.application_id, last.c.position == Filing.position))
            .where(Answer.revision <= Filing.submitted_revision)
            .group_by(Answer.filing_id, Answer.key)
            .subquery()
        )
        query = (
            select(Filing.application_id, Answer.filing_id, Answer.key, Answer.value)
            .join(Filing, Filing.id == Answer.filing_id)
            .join(
                newest,
                and_(
                    newest.c.filing_id == Answer.filing_id,
                    newest.c.key == Answer.key,
                    newest.c.revision == Answer.revision,
                ),
            )
            .order_by(Answer.id)
        )
        for row in session.execute(query):
            yield row.application_id, row.filing_id, row.key, row.value


def _justifications(session: Session, owners: Mapping[int, Owner]) -> list[Text]:
    """Return why reviewers marked as they did, in finished reviews that count."""
    found: dict[tuple[int, str], tuple[Mark, int, int]] = {}
    for some in by_portions(owners):
        query = (
            select(Mark, Assignment.application_id, Assignment.reviewer_id)
            .join(Review, Review.id == Mark.review_id)
            .join(Assignment, Assignment.id == Review.assignment_id)
            .where(
                Assignment.application_id.in_(some),
                Assignment.ended_at.is_(None),
                Assignment.conflict.in_(reviews.OPEN),
                Review.status == ReviewStatus.FINISHED,
            )
            .order_by(Mark.id)
        )
        for mark, application, reviewer in session.execute(query):
            found[mark.review_id, mark.indicator] = mark, application, reviewer
    return [
        Text(f"mark:{mark.id}", TextKind.REVIEW, _by(owners[application], reviewer), mark.justification)
        for mark, application, reviewer in found.values()
    ]


def _by(owner: Owner, reviewer: int) -> Owner:
    return Owner(owner.application, owner.applicant, owner.year, owner.firm, reviewer)


def _files(session: Session, owners: Mapping[int, Owner]) -> tuple[StoredFile, ...]:
    found: list[StoredFile] = []
    for some in by_portions(owners):
        query = (
            select(Evidence.id, Evidence.name, Evidence.sha256, Evidence.size, Filing.application_id)
            .join(Filing, Filing.id == Evidence.filing_id)
            .where(Filing.application_id.in_(some), Evidence.submitted)
            .order_by(Evidence.id)
        )
        found += [
            StoredFile(f"file:{row.id}:{row.name}", owners[row.application_id], row.sha256, row.size)
            for row in session.execute(query)
        ]
    return tuple(found)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def _handed_out(criteria: CriteriaSet) -> Iterable[str]:
    """Yield what the form itself says: its help and its examples are nobody's own words."""
    for entry in criteria.inputs.values():
        yield from filter(None, (entry.title.zh, entry.help.zh if entry.help else "", entry.example))


def _constants(criteria: CriteriaSet) -> Iterable[Decimal]:
    """Yield the numbers that the form itself gives as examples."""
    for entry in criteria.inputs.values():
        if entry.kind in ("number", "whole") and entry.example and (number := _number(entry.example)) is not None:
            yield number
