"""A filing as a sheet: its criteria, what was declared, what was verified, what does not apply, and the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, true
from sqlalchemy.orm import Session, object_session, selectinload

from registry.domain.answers import ESTABLISHED
from registry.domain.chain import digest_of
from registry.domain.completeness import Target
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Kind
from registry.models import (
    Answer,
    Application,
    Evidence,
    Filing,
    NotApplicable,
    Organisation,
    RoundCategory,
    Site,
    User,
    Verification,
)
from registry.queries import counted, criteria_versions, visibility


@dataclass(frozen=True, slots=True)
class Declared:
    """What the applicant wrote, and when; null is a value taken back."""

    value: Any
    revision: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Verified:
    """What the office established instead, why, at which stage and by whom."""

    value: Any
    reason: str
    stage: Kind
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """A filing with all that is known of it; `counted` are the inputs that the portal fills itself."""

    application: Application
    filing: Filing
    criteria: CriteriaSet
    declared: Mapping[str, Declared]
    verified: Mapping[str, Verified]
    not_applicable: Mapping[str, str]
    evidence: tuple[Evidence, ...]
    counted: Mapping[str, str]

    @property
    def year(self) -> int:
        """The year whose figures are asked."""
        return _year(self.filing, self.application.round_category)

    @property
    def factor_year(self) -> int:
        """The year of the factors, never a later one than that of the figures."""
        chosen: int | None = self.application.round_category.settings.get("factor_year")
        return self.year if chosen is None else min(chosen, self.year)

    @property
    def base_year(self) -> int | None:
        """The year with which it is compared, None where the round sets none."""
        found: int | None = self.application.round_category.settings.get("base_year")
        return found

    @property
    def bound(self) -> frozenset[Target]:
        """The inputs and indicators to which some piece of evidence is tied."""
        return frozenset((link.binding, link.key) for file in self.evidence for link in file.links)


@dataclass(frozen=True, slots=True)
class Difference:
    """An input of which a later filing says something else: declared before, established then, declared now."""

    key: str
    before: Any
    verified: Verified | None
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that somebody saved: which, by whom and when."""

    key: str
    name: str
    at: datetime


def sheet(session: Session, application: Application, *, outside: bool = False) -> Sheet:
    """Return the sheet of an application that was loaded with its filing and round category.

    For those outside, who are not the applicant, it is what was submitted last: what the applicant writes into a
    correction, or into a later filing, is not theirs to read until it is handed in.
    """
    filing = _submitted_last(session, application) if outside else application.filing
    return _sheet(session, application, filing, frozen=outside and application.kind is Kind.FILING)


def before(session: Session, sheet: Sheet) -> list[Sheet]:
    """Return what an application handed in before the filing of a sheet, each as it was submitted, newest first."""
    rows = session.scalars(
        select(Filing)
        .where(
            Filing.application_id == sheet.application.id,
            Filing.position < sheet.filing.position,
            Filing.submitted_revision.is_not(None),
        )
        .order_by(Filing.position.desc())
    )
    return [_sheet(session, sheet.application, filing, frozen=True) for filing in rows]


def differences(earlier: Sheet, later: Sheet) -> list[Difference]:
    """Return the inputs of which two filings declare another value, in the order of the form."""
    return [
        Difference(key, _value(earlier, key), earlier.verified.get(key), _value(later, key))
        for key in later.criteria.inputs
        if _value(earlier, key) != _value(later, key)
    ]


def _sheet(session: Session, application: Application, filing: Filing, *, frozen: bool) -> Sheet:
    """A filing as it stands, or `frozen` as it was submitted last."""
    declared = _declared(session, filing, (filing.submitted_revision or 0) if frozen else None)
    evidence = session.scalars(
        select(Evidence)
        .where(Evidence.filing_id == filing.id, Evidence.submitted if frozen else Evidence.removed_at.is_(None))
        .options(selectinload(Evidence.links))
        .order_by(Evidence.id)
    )
    criteria = criteria_of(application.round_category)
    return Sheet(
        application=application,
        filing=filing,
        criteria=criteria,
        declared=declared,
        verified=_verified(session, filing, declared),
        not_applicable=filing.submitted_claims if frozen else _claims(session, filing),
        evidence=tuple(evidence),
        counted=counted.figures(session, application, criteria),
    )


def _value(sheet: Sheet, key: str) -> Any:
    return sheet.declared[key].value if key in sheet.declared else None


def _submitted_last(session: Session, application: Application) -> Filing:
    """Return the filing that others read: the current one, or while that was never submitted the one before."""
    if application.filing.submitted_revision is not None:
        return application.filing
    before = session.scalar(
        select(Filing)
        .where(Filing.application_id == application.id, Filing.submitted_revision.is_not(None))
        .order_by(Filing.position.desc())
        .limit(1)
    )
    return before or application.filing


def criteria_of(round_category: RoundCategory) -> CriteriaSet:
    """Return the criteria of a round category, pinned where its round was opened; it belongs to a session."""
    session = object_session(round_category)
    if session is None:
        raise LookupError("the round category belongs to no session")
    return criteria_versions.of_round_category(session, round_category)


def answers(sheet: Sheet, *, verified: bool = True) -> dict[str, Any]:
    """Return the answers of a sheet as the scoring reads them; verified values stand for declared ones unless told."""
    round_category = sheet.application.round_category
    settings = round_category.settings
    inputs = {key: declared.value for key, declared in sheet.declared.items() if declared.value is not None}
    inputs |= sheet.counted
    if verified:
        inputs |= {key: _established(inputs.get(key), found.value) for key, found in sheet.verified.items()}
    site = sheet.application.site
    return {
        "context": {
            "category": round_category.category.key,
            "region": site.for_region_key or site.region_key,
            "year": sheet.year,
            "factor_year": sheet.factor_year,
            "track": str(round_category.track),
            "filing": str(sheet.filing.kind),
            "base_year": sheet.base_year,
        },
        "settings": {"gates": settings.get("gates", {}), "factors": settings.get("factors", {})},
        "inputs": inputs,
        "not_applicable": dict(sheet.not_applicable),
    }


def _established(declared: Any, value: Any) -> Any:
    """Return a verified value; over a series it is laid, so that the dates of the series still count for others."""
    series = isinstance(declared, Mapping) and "series" in declared and not isinstance(value, Mapping)
    return {**declared, ESTABLISHED: value} if series else value


def content_digest(sheet: Sheet) -> str:
    """Return the digest of what is submitted: what was shown, and the firm that evaluated where one is named."""
    firm = _of(sheet.application, "evaluator", "evaluator_code", "evaluator_representative")
    return digest_of({**_content(sheet), "evaluator": firm} if sheet.application.evaluator else _content(sheet))


def shown_digest(sheet: Sheet) -> str:
    """Return the digest of what the signatory is shown: who applies for which site, values, claims and evidence.

    The firm that evaluated is no part of it: the signatory enters it on the very page.
    """
    return digest_of(_content(sheet))


def _content(sheet: Sheet) -> dict[str, Any]:
    return {
        "criteria": sheet.application.round_category.pinned_digest,
        "applicant": _of(sheet.application.organisation, "id", "name", "credit_code"),
        "site": _of(sheet.application.site, "id", "name", "permit_number"),
        "answers": answers(sheet, verified=False),
        "evidence": [
            [file.sha256, file.name, sorted([str(link.binding), link.key, link.page] for link in file.links)]
            for file in sheet.evidence
        ],
    }


def changes_since(session: Session, filing: Filing, revision: int) -> list[Change]:
    """Return the answers that were saved after a revision, each once, with who saved them last."""
    rows = session.execute(
        select(Answer.key, User.name, Answer.saved_at)
        .join(User, User.id == Answer.saved_by_id)
        .where(Answer.filing_id == filing.id, Answer.revision > revision)
        .order_by(Answer.id)
    )
    return list({row.key: Change(row.key, row.name, row.saved_at) for row in rows}.values())


def declared_at(session: Session, filing: Filing, revision: int) -> dict[str, Any]:
    """Return the declared values as they were at a revision."""
    rows = session.execute(
        select(Answer.key, Answer.value)
        .where(Answer.filing_id == filing.id, Answer.revision <= revision)
        .order_by(Answer.revision, Answer.id)
    )
    return {row.key: row.value for row in rows}


def evidence(session: Session, actor: Actor, number: int) -> Evidence:
    """Return a piece of evidence that the actor may read.

    The applicant may read removed ones too; others what was submitted last and, once it is handed in, what stands.
    Raises NotFound for others.
    """
    handed_in = or_(Application.kind != Kind.FILING, Filing.current.is_(False))
    shown = or_(Evidence.submitted, and_(handed_in, Evidence.removed_at.is_(None)))
    found = session.scalar(
        select(Evidence)
        .join(Filing, Filing.id == Evidence.filing_id)
        .join(Application, Application.id == Filing.application_id)
        .where(
            Evidence.id == number,
            or_(
                visibility.applications(actor, Action.VIEW_OWN),
                and_(shown, visibility.applications(actor, Action.READ_EVIDENCE)),
            ),
        )
    )
    if found is None:
        raise NotFound
    return found


def _claims(session: Session, filing: Filing) -> dict[str, str]:
    rows = session.execute(
        select(NotApplicable.indicator, NotApplicable.reason)
        .where(NotApplicable.filing_id == filing.id)
        .order_by(NotApplicable.id)
    )
    return {row.indicator: row.reason for row in rows}


def _of(row: Application | Organisation | Site | None, *names: str) -> dict[str, Any] | None:
    return {name: getattr(row, name) for name in names} if row else None


def _declared(session: Session, filing: Filing, revision: int | None) -> dict[str, Declared]:
    until = true() if revision is None else Answer.revision <= revision
    rows = session.execute(
        select(Answer.key, Answer.value, Answer.revision, Answer.saved_at)
        .where(Answer.filing_id == filing.id, until)
        .order_by(Answer.revision, Answer.id)
    )
    return {row.key: Declared(row.value, row.revision, row.saved_at) for row in rows}


def _verified(session: Session, filing: Filing, declared: Mapping[str, Declared]) -> dict[str, Verified]:
    """The latest verified value of each key that was found for the value as it is declared now."""
    rows = session.execute(
        select(Verification, User.name)
        .join(User, User.id == Verification.verified_by_id)
        .where(Verification.filing_id == filing.id)
        .order_by(Verification.id)
    )
    return {
        row.key: Verified(row.value, row.reason, row.stage, name, row.verified_at)
        for row, name in rows
        if row.answer_revision >= (declared[row.key].revision if row.key in declared else 0)
    }


def _year(filing: Filing, round_category: RoundCategory) -> int:
    """The year that is judged: that of the filing's period, else the one set for the round."""
    if filing.period_to is not None:
        return filing.period_to.year
    year: int = round_category.settings.get("year", round_category.round.year)
    return year
