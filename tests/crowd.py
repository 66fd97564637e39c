"""The portal in motion with many rows of everything: what a page does not show in a small world it shows in this one.

`crowd_url` is the address of such a database for one test, `add(session)` fills another; what stands at which name is
returned, for the names of `tests/web/access.yaml`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from registry import db
from registry.demo import DOMAIN
from registry.domain.chain import Link, digest_of, digest_of_link
from registry.domain.vocabulary import (
    AwardStatus,
    Binding,
    DecisionKind,
    DecisionStatus,
    FilingKind,
    Kind,
    Level,
    MessageStatus,
    ObjectionStatus,
    OrganisationKind,
    PartyRole,
    Result,
    Role,
    RoundStatus,
    ScanState,
    SiteKind,
    Standing,
    Status,
    UserStatus,
)
from registry.models import (
    Application,
    Assignment,
    Award,
    Base,
    ChainHead,
    CriteriaVersion,
    Decision,
    Entry,
    Evaluation,
    Event,
    Evidence,
    EvidenceLink,
    Filing,
    Grant,
    Membership,
    Message,
    Notice,
    NumberSeries,
    Objection,
    Organisation,
    Outcome,
    Programme,
    ProgrammeIssuer,
    Publication,
    Recommendation,
    Round,
    RoundCategory,
    RouteStep,
    Site,
    SiteParty,
    User,
)
from tests import factories
from tests.databases import Postgres, Sqlite
from tests.world import MOMENT

# How many applications stand at each stage of the round that runs.
STANDING = {
    (Kind.RECOMMENDATION, Status.WAITING): 110,
    (Kind.SCREENING, Status.WAITING): 110,
    (Kind.LIBRARY, Status.WAITING): 60,
    (Kind.SCORING, Status.WAITING): 60,
    (Kind.REVIEW, Status.WAITING): 60,
    (Kind.DELIBERATION, Status.WAITING): 100,
}
LISTED = 300
REGION = "hangzhou"


@pytest.fixture(scope="session")
def crowd_template(databases_of_run: Sqlite | Postgres, world_folder: Path) -> dict[str, Any]:
    """Fill a copy of the world once; return what stands at which name."""
    places: dict[str, Any] = {}

    def fill(url: str) -> None:
        connected = db.connect(url)
        with connected.writing() as session:
            places.update(add(session))
            session.commit()
        connected.engine.dispose()

    databases_of_run.prepare("crowd", fill, of="world")
    return places


@pytest.fixture
def crowd_url(databases_of_run: Sqlite | Postgres, crowd_template: dict[str, Any]) -> Iterator[str]:
    with databases_of_run.fresh(of="crowd") as url:
        yield url


def add(session: Session) -> dict[str, Any]:
    """Add many rows of everything to the demonstration's database; return what stands at which name."""
    return _Crowd(session).places()


class _Crowd:
    """The rows, added part by part, each with what the parts before gave it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.people = {user.email.removesuffix(f"@{DOMAIN}"): user for user in session.scalars(select(User))}
        self.programme = session.scalars(select(Programme).where(Programme.key == "national-plants")).one()
        rounds = select(Round).where(Round.programme_id == self.programme.id).order_by(Round.id)
        self.rounds = session.scalars(rounds).all()
        self.categories = [self._category(round_) for round_ in self.rounds]
        self.organisation = session.scalars(select(Organisation).where(Organisation.name.startswith("青澜"))).one()

    def places(self) -> dict[str, Any]:
        self._files()
        self._messages()
        running = [self._applications(kind, status, count) for (kind, status), count in STANDING.items()]
        self._reviews(running[4])
        self._evaluations(running[5])
        certified = self._applications(Kind.CERTIFICATE, Status.CERTIFIED, LISTED)
        to_certify = self._applications(Kind.CERTIFICATE, Status.SELECTED, LISTED)
        self._awards(certified)
        decision, notice, publication = self._listed(certified)
        self._listed(to_certify)
        self._many_decisions()
        self._own(running[0])
        self._office()
        self._events(running[1])
        return {
            "decision": decision,
            "notice": notice,
            "publication": publication,
            "running_category": self.categories[1].id,
        }

    def _category(self, round_: Round) -> RoundCategory:
        return self.session.scalars(select(RoundCategory).where(RoundCategory.round_id == round_.id)).first()

    def _add(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Insert rows at once; return their numbers in the order of the rows."""
        query = insert(model).returning(model.id, sort_by_parameter_order=True)
        return list(self.session.scalars(query, list(rows)))

    def _person(self, key: str) -> int:
        return self.people[key].id

    def _sites(self, count: int) -> tuple[list[int], list[int]]:
        begin = len(self.session.scalars(select(Organisation.id)).all())
        organisations = self._add(
            Organisation,
            [
                {
                    "name": f"众多水务第{begin + place}有限公司",
                    "name_en": f"Manifold Water Services and Environmental Protection Company No. {begin + place}",
                    "credit_code": f"91330100CR{begin + place:08d}",
                    "legal_representative": "孙七",
                    "kind": OrganisationKind.ENTERPRISE,
                    "region_key": REGION,
                    "status": Standing.CONFIRMED,
                    "created_at": MOMENT,
                    "version": 1,
                }
                for place in range(count)
            ],
        )
        sites = self._add(
            Site,
            [
                {
                    "kind": SiteKind.PLANT,
                    "name": f"众多第{begin + place}污水处理厂",
                    "name_en": f"Manifold Municipal Sewage Treatment Works No. {begin + place}",
                    "region_key": REGION,
                    "status": Standing.CONFIRMED,
                    "created_at": MOMENT,
                }
                for place in range(count)
            ],
        )
        return organisations, sites

    def _applications(self, kind: Kind, status: Status, count: int) -> list[int]:
        """Applications of as many sites at a stage of the round that runs; certified ones in the round before it."""
        where = self.categories[0 if kind is Kind.CERTIFICATE else 1]
        position = self._position(where, kind)
        organisations, sites = self._sites(count)
        numbers = self._add(
            Application,
            [
                {
                    "round_category_id": where.id,
                    "site_id": site,
                    "organisation_id": organisation,
                    "position": position,
                    "kind": kind,
                    "status": status,
                    "started_by_id": self._person("zhexi"),
                    "started_at": MOMENT - timedelta(days=60),
                    "submitted_by_id": self._person("zhexi"),
                    "submitted_at": MOMENT - timedelta(days=40, minutes=place // 3),
                    "receipt": f"CROWD-{site:06d}",
                    "content_digest": "0" * 64,
                    "version": 1,
                }
                for place, (organisation, site) in enumerate(zip(organisations, sites, strict=True))
            ],
        )
        self._add(
            Filing,
            [
                {
                    "application_id": number,
                    "site_id": site,
                    "kind": FilingKind.APPLICATION,
                    "submitted_at": MOMENT - timedelta(days=40),
                    "revision": 1,
                    "submitted_revision": 1,
                }
                for number, site in zip(numbers, sites, strict=True)
            ],
        )
        if kind not in (Kind.RECOMMENDATION,):
            self._add(
                Recommendation,
                [
                    {
                        "application_id": number,
                        "position": 1,
                        "region_key": "zhejiang",
                        "level": Level.PROVINCE,
                        "in_favour": True,
                        "opinion": "同意推荐。",
                        "rank": None,
                        "recommended_by_id": self._person("zhejiang"),
                        "recommended_at": MOMENT - timedelta(days=30),
                    }
                    for number in numbers
                ],
            )
        return numbers

    def _position(self, where: RoundCategory, kind: Kind) -> int:
        steps = self.session.scalars(select(RouteStep).where(RouteStep.round_category_id == where.id)).all()
        return next((step.position for step in steps if step.kind is kind), len(steps) - 1)

    def _reviews(self, numbers: Sequence[int]) -> None:
        self._add(
            Assignment,
            [
                {
                    "application_id": number,
                    "reviewer_id": self._person(reviewer),
                    "label": label,
                    "assigned_by_id": self._person("officer"),
                    "assigned_at": MOMENT,
                }
                for number in numbers
                for label, reviewer in (("A", "reviewer1"), ("B", "reviewer2"))
            ],
        )

    def _evaluations(self, numbers: Sequence[int]) -> None:
        filings = self.session.scalars(select(Filing.id).where(Filing.application_id.in_(numbers)).order_by(Filing.id))
        where = self.categories[1]
        self._add(
            Evaluation,
            [
                {
                    "filing_id": filing,
                    "stage": Kind.REVIEW,
                    "criteria_digest": where.pinned_digest or "",
                    "factors": {},
                    "input_digest": digest_of({}),
                    "inputs": {},
                    "marks": {},
                    "result": factories.result_of(where, str(90 - place // 4)),
                    "total": Decimal(90 - place // 4),
                    "grade": None,
                    "evaluated_by_id": self._person("officer"),
                    "evaluated_at": MOMENT,
                }
                for place, filing in enumerate(filings)
            ],
        )

    def _awards(self, numbers: Sequence[int]) -> None:
        series = self.session.get(NumberSeries, (self.programme.id, 2026))
        begin = series.last
        series.last += len(numbers)
        rows = self.session.scalars(select(Application).where(Application.id.in_(numbers)).order_by(Application.id))
        self._add(
            Award,
            [
                {
                    "number": f"{self.programme.issuer_prefix}-{self.programme.code}-2026-{begin + place:04d}",
                    "programme_id": self.programme.id,
                    "year": 2026,
                    "serial": begin + place,
                    "application_id": row.id,
                    "site_id": row.site_id,
                    "organisation_id": row.organisation_id,
                    "category_id": self.categories[0].category_id,
                    "status": AwardStatus.VALID,
                    "valid_from": date(2026, 3, 2),
                    "valid_until": date(2031, 3, 1),
                    "version": 1,
                }
                for place, row in enumerate(rows, 1)
            ],
        )

    def _listed(self, numbers: Sequence[int]) -> tuple[int, int, int]:
        """A selection of applications with its outcomes, its notice with objections, and the list that came of it."""
        where, selected = self.categories[0], {"result": "selected", "ground": "within_quota"}
        lines = [
            {"application": number, "rank": rank, "total": "80", "grade": None, "reason": "", **selected}
            for rank, number in enumerate(numbers, 1)
        ]
        selection = self._decision(
            where,
            DecisionKind.SELECTION,
            {"quota": None, "reserve": 0, "criteria": "0" * 64, "tied_across_the_cut": [], "applications": lines},
        )
        self._add(
            Outcome,
            [
                {"decision_id": selection, "application_id": number, "result": Result.SELECTED, "rank": rank}
                for rank, number in enumerate(numbers, 1)
            ],
        )
        entries = [self._entry(number, place) for place, number in enumerate(numbers, 1)]
        step = self._position(where, Kind.NOTICE)
        (notice,) = self._add(
            Notice,
            [
                {
                    "round_category_id": where.id,
                    "decision_id": selection,
                    "approval_id": None,
                    "position": step,
                    "opens_at": MOMENT - timedelta(days=20),
                    "closes_at": MOMENT - timedelta(days=10),
                    "working_days": 7,
                    "entries": entries,
                    "digest": digest_of(entries),
                    "opened_by_id": self._person("officer"),
                    "cleared_at": MOMENT - timedelta(days=9),
                }
            ],
        )
        self._add(
            Objection,
            [
                {
                    "notice_id": notice,
                    "application_id": number,
                    "name": "王五",
                    "contact": "13800000000",
                    "statement": "排放数据与公开信息不符，请核实。",
                    "receipt": f"receipt-of-the-crowd-{number:06d}",
                    "status": ObjectionStatus.OPEN,
                    "raised_at": MOMENT - timedelta(days=15),
                    "anonymous": False,
                    "answer_due_at": MOMENT - timedelta(days=8),
                }
                for number in numbers[:80]
            ],
        )
        content = {"notice": notice, "entries": entries, "title": "众多项目名单", "title_en": "List of many projects"}
        decision = self._decision(where, DecisionKind.PUBLICATION, content)
        (publication,) = self._add(
            Publication,
            [
                {
                    "round_category_id": where.id,
                    "decision_id": decision,
                    "title": "众多项目名单",
                    "title_en": "List of many projects",
                    "published_at": MOMENT - timedelta(days=5),
                    "digest": digest_of(entries),
                }
            ],
        )
        self._add(
            Entry,
            [
                {
                    "publication_id": publication,
                    "position": entry["position"],
                    "application_id": entry["application_id"],
                    "content": entry,
                }
                for entry in entries
            ],
        )
        return selection, notice, publication

    def _entry(self, number: int, place: int) -> dict[str, Any]:
        return {
            "application_id": number,
            "position": place,
            "site": {"zh": f"众多第{place}污水处理厂", "en": f"Manifold Municipal Sewage Treatment Works No. {place}"},
            "organisation": {"zh": f"众多水务第{place}有限公司", "en": f"Manifold Water Services No. {place}"},
            "credit_code": f"91330100CR{place:08d}",
            "region": {"zh": "杭州市", "en": "Hangzhou"},
            "category": {"zh": "污水处理厂", "en": "Sewage works"},
        }

    def _decision(
        self,
        where: RoundCategory,
        kind: DecisionKind,
        content: dict[str, Any],
        status: DecisionStatus = DecisionStatus.APPROVED,
    ) -> int:
        digest = digest_of(content)
        row = {
            "kind": kind,
            "programme_id": self.programme.id,
            "round_category_id": where.id,
            "content": content,
            "digest": digest,
            "reason": "按得分排序。",
            "status": status,
            "proposed_by_id": self._person("officer"),
            "proposed_at": MOMENT - timedelta(days=21),
            "decided_by_id": self._person("approver"),
            "decided_at": MOMENT - timedelta(days=20),
            "decided_digest": digest,
            "version": 1,
        }
        return self._add(Decision, [row])[0]

    def _many_decisions(self) -> None:
        for place in range(100):
            content = {"quota": place, "reserve": 0, "criteria": "", "tied_across_the_cut": [], "applications": []}
            self._decision(self.categories[1], DecisionKind.SELECTION, content, DecisionStatus.REJECTED)

    def _files(self) -> None:
        """Forty files on an application that can be edited."""
        known = self.session.scalars(select(Evidence)).first()
        for key in ("xiangtai",):
            filing = self.session.scalars(
                select(Filing)
                .join(Application, Application.id == Filing.application_id)
                .where(Application.started_by_id == self._person(key), Filing.current)
            ).first()
            numbers = self._add(
                Evidence,
                [
                    {
                        "filing_id": filing.id,
                        "name": f"众多材料第{place}号.pdf",
                        "sha256": known.sha256,
                        "size": known.size,
                        "media_type": known.media_type,
                        "scan_state": ScanState.NO_SCANNER,
                        "uploaded_by_id": self._person(key),
                        "uploaded_at": MOMENT,
                        "submitted": False,
                    }
                    for place in range(40)
                ],
            )
            link = {"binding": Binding.INDICATOR, "key": "anything", "page": "3"}
            self._add(EvidenceLink, [{"evidence_id": number, **link} for number in numbers])

    def _messages(self) -> None:
        self._add(
            Message,
            [
                {
                    "user_id": user.id,
                    "address": user.email,
                    "language": "zh",
                    "key": "submitted",
                    "values": {"site": "众多污水处理厂", "receipt": "CROWD", "digest": "0" * 64},
                    "status": MessageStatus.SENT,
                    "queued_at": MOMENT,
                    "sent_at": MOMENT,
                }
                for user in self.people.values()
                for _ in range(60)
            ],
        )

    def _own(self, numbers: Sequence[int]) -> None:
        """For the people of one organisation: many seats, many sites, many applications."""
        sites = self.session.scalars(select(Application.site_id).where(Application.id.in_(numbers))).all()
        part = {"organisation_id": self.organisation.id, "role": PartyRole.OPERATOR, "since": date(2020, 1, 1)}
        self._add(SiteParty, [{"site_id": site, **part} for site in sites])
        organisations = self.session.scalars(
            select(Application.organisation_id).where(Application.id.in_(numbers[:70]))
        ).all()
        self._add(
            Membership,
            [
                {
                    "organisation_id": organisation,
                    "user_id": self._person(key),
                    "drafter": True,
                    "signatory": key == "signatory",
                    "status": "active",
                    "created_at": MOMENT,
                }
                for organisation in organisations
                for key in ("drafter", "signatory")
            ],
        )

    def _office(self) -> None:
        """Many people, programmes, rounds and criteria."""
        people = self._add(
            User,
            [
                {
                    "email": f"crowd{place}@{DOMAIN}",
                    "name": f"众{place}",
                    "password_hash": "!",
                    "status": UserStatus.ACTIVE,
                    "created_at": MOMENT,
                }
                for place in range(70)
            ],
        )
        self._add(
            Grant,
            [
                {"user_id": number, "role": Role.REVIEWER, "programme_id": self.programme.id, "granted_at": MOMENT}
                for number in people
            ],
        )
        programmes = self._add(
            Programme,
            [
                {
                    "key": f"crowd-{place}",
                    "name": f"众多计划{place}",
                    "name_en": f"Manifold programme {place}",
                    "document_key": self.programme.document_key,
                    "issuer_prefix": "CROWD",
                    "code": f"C{place}",
                    "region_key": "cn",
                    "years_valid": 5,
                }
                for place in range(60)
            ],
        )
        issuer = self.session.scalars(
            select(ProgrammeIssuer.issuer_id).where(ProgrammeIssuer.programme_id == self.programme.id)
        ).first()
        self.session.execute(
            insert(ProgrammeIssuer),
            [{"programme_id": number, "issuer_id": issuer, "position": 1} for number in programmes],
        )
        rounds = self._add(
            Round,
            [
                {
                    "programme_id": self.programme.id,
                    "title": f"众多第{place}批",
                    "title_en": f"Manifold batch {place}",
                    "year": 2026,
                    "opens_at": MOMENT - timedelta(days=1),
                    "closes_at": MOMENT + timedelta(days=30 + place),
                    "status": RoundStatus.PREPARED,
                    "one_person_may_sign": False,
                    "prepared_by_id": self._person("officer"),
                    "version": 1,
                }
                for place in range(60)
            ],
        )
        pattern = self._kept(self.categories[1])
        pin = {key: pattern.pop(key) for key in list(pattern) if key.startswith("pinned")}
        categories = self._add(RoundCategory, [{**pattern, "round_id": number} for number in rounds])
        steps = select(RouteStep).where(RouteStep.round_category_id == self.categories[1].id)
        patterns = [self._kept(step) for step in self.session.scalars(steps)]
        self._add(RouteStep, [{**step, "round_category_id": number} for number in categories for step in patterns])
        # Only now, because of a round that is open the database takes no step any more.
        self.session.execute(update(RoundCategory).where(RoundCategory.id.in_(categories)).values(**pin))
        self.session.execute(update(Round).where(Round.id.in_(rounds)).values(status=RoundStatus.OPENED))
        version = self.session.get_one(CriteriaVersion, self.categories[1].criteria_version_id)
        old = {**self._kept(version), "status": "retired"}
        self._add(CriteriaVersion, [{**old, "number": 1000 + place} for place in range(60)])

    @staticmethod
    def _kept(row: Base) -> dict[str, Any]:
        """All of a row but its number."""
        kept = [attribute.key for attribute in row.__mapper__.column_attrs if attribute.key != "id"]
        return {key: getattr(row, key) for key in kept}

    def _events(self, numbers: Sequence[int]) -> None:
        """Events that go on with the chain."""
        head = self.session.get(ChainHead, 1)
        rows = []
        previous = head.digest
        for seq in range(head.seq + 1, head.seq + 1201):
            link = Link(
                seq, MOMENT, False, self._person("officer"), "officer", "check", "application", str(numbers[0]),
                self.programme.id, numbers[seq % len(numbers)], None, None, digest_of({}), previous,
            )  # fmt: skip
            values = {field.name: getattr(link, field.name) for field in fields(Link)}
            previous = digest_of_link(link)
            rows.append({**values, "payload": {}, "digest": previous})
        self.session.execute(insert(Event), rows)
        head.seq, head.digest = rows[-1]["seq"], previous
        self.session.flush()
