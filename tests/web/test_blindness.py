"""In a blind review nothing that a reviewer can open names the applicant: a walk over all of it, with names planted.

Every place from which a name could come holds a canary of its own. The walk opens every address with every number of
the world and follows every link; it reads pages, headers, files with their properties, messages and the log. Told that
the same round is not blind, it finds a canary on every kind of surface: it can fail.
"""

import hashlib
import io
import logging
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError
from werkzeug.routing.converters import NumberConverter
from werkzeug.test import TestResponse

from registry import mail
from registry.config import Config
from registry.domain.vocabulary import Binding, Kind, Level, PartyRole, ReviewStatus, Role, Variant
from registry.models import (
    Application,
    Assignment,
    Evidence,
    EvidenceLink,
    Mark,
    Message,
    Organisation,
    ReviewRemark,
    RoundCategory,
    Site,
    SiteParty,
    User,
    Verification,
)
from registry.queries import applications
from registry.services import reviews
from tests import browse, factories
from tests.factories import NOON

# One name for each place from which it could come; those of files are known to nobody but the file.
CANARIES = {
    "organisation": "青鸾甲一水务有限公司",
    "organisation_en": "Canary Alpha Waterworks Ltd.",
    "parent": "青鸾乙二控股集团有限公司",
    "affiliate": "青鸾丙三设备有限公司",
    "site": "青鸾丁四水质净化厂",
    "site_en": "Canary Delta Treatment Plant",
    "former_site": "青鸾戊五污水处理站",
    "address": "青鸾己六路七号院",
    "permit": "91440300CANARY0001V",
    "credit_code": "91440300CANARY0002",
    "representative": "青鸾庚",
    "evaluator": "青鸾辛八评估有限公司",
    "evaluator_code": "91440300CANARY0003",
    "evaluator_representative": "青鸾壬",
    "member": "青鸾癸",
    "member_address": "canary.member@qingluan.example",
    "district": "青鸾子区",
    "operator": "青鸾丑九运营部",
    "file_name": "青鸾寅十报告",
    "file_text": "Canary inside the file",
    "file_author": "Canary among the properties",
    "copy_name": "青鸾卯一副本",
}
CONTENT = factories.CONTENT.replace(
    "inputs:\n",
    "inputs:\n"
    "  - {key: operator, kind: text, title: {zh: 运营单位, en: Operator}, identifying: true, length: 200}\n"
    "  - {key: story, kind: text, title: {zh: 说明, en: Story}, length: 2000}\n",
)
PAIRED = 3
# There are some 150 addresses that can be read, most of them with a number.
LEAST_OPENED = 600
SKIPPED = frozenset({"static", "account.sign_out"})


@dataclass(frozen=True)
class World:
    """What the walk needs: who reviews, which assignments there are, and the folder of the files."""

    reviewer: User
    office: User
    assignments: tuple[int, ...]
    applications: tuple[int, ...]
    withheld: int
    copy: int


@dataclass(frozen=True)
class Finding:
    """A canary that showed, and where."""

    place: str
    canary: str


def pdf(text: str, author: str) -> bytes:
    """A PDF with a line of text and a property."""
    buffer = io.BytesIO()
    drawn = Canvas(buffer, pageCompression=1)
    drawn.drawString(72, 720, text)
    drawn.save()
    writer = PdfWriter(clone_from=io.BytesIO(buffer.getvalue()))
    writer.add_metadata({"/Author": author, "/Producer": "portal"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def kept(folder: Path, content: bytes) -> str:
    """Keep bytes as the portal keeps a file; return their digest."""
    digest = hashlib.sha256(content).hexdigest()
    place = folder / "files" / digest[:2] / digest
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return digest


def build(session: Session, config: Config, *, blind: bool) -> World:
    """A round with an application open to the reviewer, one finished and one closed, all full of canaries."""
    name = CANARIES
    city = factories.region(session, level=Level.PROVINCE, within=factories.country(session))
    region = factories.region(session, within=city, name=name["district"], name_en="Canary District")
    parent = factories.organisation(session, region=city, name=name["parent"], name_en="")
    applicant = factories.organisation(
        session,
        region=region,
        name=name["organisation"],
        name_en=name["organisation_en"],
        credit_code=name["credit_code"],
        legal_representative=name["representative"],
        parent_id=parent.id,
    )
    affiliate = factories.organisation(session, region=city, name=name["affiliate"], name_en="")
    member = factories.user(session, name=name["member"], email=name["member_address"])
    factories.seat(session, member, applicant)
    programme = factories.programme(session)
    where = factories.round_category(
        session,
        round_=factories.round_(session, programme=programme),
        criteria_version=factories.criteria_version(session, content=CONTENT),
        steps={Kind.REVIEW: {"parameters": {"minimum_reviewers": 1, "blind": int(blind)}}},
    )
    reviewer = factories.persona(session, Role.REVIEWER, programme=programme, name="专家甲")
    second = factories.persona(session, Role.REVIEWER, programme=programme, name="专家乙")
    office = factories.persona(session, Role.OFFICER, programme=programme, name="经办甲")
    made = [_application(session, config, where, applicant, affiliate, member, number) for number in ("", "二", "三")]
    for application in made:
        for person in (reviewer, second):
            reviews.assign(session, factories.actor(session, office), application, person, why=f"懂{name['site']}")
        theirs = session.scalars(
            select(Assignment).where(Assignment.application_id == application.id, Assignment.reviewer_id == second.id)
        ).one()
        done = factories.review(session, theirs, marks={"novelty": "30"})
        said = f"据{name['representative']}所述，{name['evaluator']}出具了报告。"
        session.add(Mark(review_id=done.id, indicator="novelty", points=31, justification=said, marked_at=NOON))
        session.flush()
        factories._write(session, done, status=ReviewStatus.FINISHED, finished_at=NOON)
    own = [
        session.scalars(
            select(Assignment).where(Assignment.application_id == one.id, Assignment.reviewer_id == reviewer.id)
        ).one()
        for one in made
    ]
    for assignment in own[1:]:
        factories.review(session, assignment, marks={"novelty": "20"}, status=ReviewStatus.FINISHED)
        session.add(
            ReviewRemark(
                application_id=assignment.application_id,
                made_by_id=office.id,
                made_at=NOON,
                words=f"{name['evaluator_representative']}代表 青鸾辛八 评估（有限）公司",
            )
        )
    factories._write(session, made[2], kind=Kind.DELIBERATION, position=5)
    files = session.scalars(select(Evidence).order_by(Evidence.id)).all()
    session.commit()
    return World(
        reviewer,
        office,
        tuple(row.id for row in own),
        tuple(one.id for one in made),
        next(file.id for file in files if file.variant is Variant.ORIGINAL),
        next(file.id for file in files if file.variant is Variant.BLIND),
    )


def _application(
    session: Session,
    config: Config,
    where: RoundCategory,
    applicant: Organisation,
    affiliate: Organisation,
    member: User,
    number: str,
) -> Application:
    name = CANARIES
    site = factories.site(
        session,
        organisation=applicant,
        name=name["site"],
        name_en=name["site_en"],
        address=name["address"],
        permit_number=name["permit"] + number,
    )
    session.add(SiteParty(site_id=site.id, organisation_id=affiliate.id, role=PartyRole.OWNER, since=NOON.date()))
    factories.site(session, organisation=applicant, name=name["former_site"], merged_into_id=site.id)
    story = (
        f"我们是 {name['organisation']} ，隶属{name['parent'][:6]} {name['parent'][6:]}，原名{name['former_site']}；"
        f"{name['organisation_en'].upper()} at {name['site_en'].lower()}，设备来自{name['affiliate']}，"
        f"代码{name['credit_code'][:9]} {name['credit_code'][9:]}，{name['member']}（{name['member_address']}）联系，"
        f"位于{name['district']}{name['address']}，许可{name['permit']}{number}，评估{name['evaluator_code']}。"
    )
    application = factories.application(
        session,
        round_category=where,
        organisation=applicant,
        site=site,
        kind=Kind.REVIEW,
        answers={"licensed": True, "reused": "50", "operator": name["operator"], "story": story},
        started_by_id=member.id,
        evaluator=name["evaluator"],
        evaluator_code=name["evaluator_code"],
        evaluator_representative=name["evaluator_representative"],
    )
    original = pdf(name["file_text"], name["file_author"])
    copy = pdf("A plant of no name", "nobody")
    for title, content, variant in (
        (name["file_name"], original, Variant.ORIGINAL),
        (name["copy_name"], copy, Variant.BLIND),
    ):
        content += b"\n%" + number.encode()
        file = factories.evidence(
            session,
            application,
            name=f"{title}.pdf",
            sha256=kept(config.data, content),
            size=len(content),
            variant=variant,
        )
        with factories._at_its_filing(session, application):
            factories.added(
                session,
                EvidenceLink(evidence_id=file.id, binding=Binding.INDICATOR, key="novelty", page=f"{name['member']} 3"),
            )
    filing = factories.filing_of(session, application)
    session.add(
        Verification(
            filing_id=filing.id,
            key="reused",
            answer_revision=1,
            stage=Kind.SCREENING,
            value="49",
            reason=f"按{name['former_site']}台账核定",
            verified_by_id=member.id,
            verified_at=NOON,
        )
    )
    session.flush()
    return session.scalars(
        applications.whole().where(Application.id == application.id).execution_options(populate_existing=True)
    ).one()


# What the walk reads


def plain(text: str) -> str:
    """A text without case, width and blanks."""
    return re.sub(r"[\s（）()]", "", unicodedata.normalize("NFKC", text)).casefold()


def canaries_in(text: str) -> set[str]:
    """The canaries that show in a text."""
    seen = plain(text)
    return {key for key, name in CANARIES.items() if plain(name) in seen}


def parts_of(answer: TestResponse) -> Iterator[tuple[str, str]]:
    """What a person or a machine reads of an answer: headers, the page, or the file with its properties."""
    yield "header", "\n".join(f"{key}: {value}" for key, value in answer.headers) + "\n" + _file_name(answer)
    yield from _read(answer.data, answer.mimetype)


def _file_name(answer: TestResponse) -> str:
    return unquote(answer.headers.get("Content-Disposition", ""))


def _read(content: bytes, mimetype: str) -> Iterator[tuple[str, str]]:
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        yield "file", "\n".join(page.extract_text() for page in reader.pages)
        yield "properties", f"{reader.metadata} {reader.xmp_metadata and reader.xmp_metadata.stream.get_data()!r}"
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.namelist():
                yield "file", entry
                yield from _read(archive.read(entry), "")
    else:
        text = content.decode("utf-8", "replace")
        # Every region of the country can be chosen somewhere, by everybody; that says nothing of an application.
        text = re.sub(r"<option\b.*?</option>", " ", text, flags=re.DOTALL)
        yield "page" if mimetype == "text/html" else "file", unescape(text)


class Walk:
    """A reviewer opens everything."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app, self.client = app, client
        self.findings: set[Finding] = set()
        self.opened: dict[str, int] = {}

    def all(self, numbers: list[int], words: list[str]) -> None:
        """Open every address with every number, and whatever the pages lead to."""
        waiting = list(dict.fromkeys(self._addresses(numbers, words)))
        while waiting:
            answer = self.open(waiting.pop())
            waiting += [address for address in self._links(answer) if address not in self.opened]

    def again(self, language: str) -> None:
        """Read in another language what was open."""
        with self.client.session_transaction() as cookie:
            cookie["language"] = language
        readable = [address for address, status in self.opened.items() if status == 200]
        self.opened = {address: status for address, status in self.opened.items() if status != 200}
        for address in readable:
            self.open(address)

    def open(self, address: str) -> TestResponse | None:
        """Open an address that was not opened before, and look at all of the answer."""
        if address in self.opened:
            return None
        answer = self.client.get(address)
        self.opened[address] = answer.status_code
        for kind, text in parts_of(answer):
            self.findings |= {Finding(f"{kind} of {address}", key) for key in canaries_in(text)}
        self.findings |= {Finding(f"address {address}", key) for key in canaries_in(address)}
        answer.close()
        return answer

    def _addresses(self, numbers: list[int], words: list[str]) -> Iterator[str]:
        with self.app.test_request_context():
            adapter = self.app.url_map.bind("localhost")
            for rule in self.app.url_map.iter_rules():
                if rule.endpoint in SKIPPED or "GET" not in (rule.methods or ()):
                    continue
                kinds = {name: isinstance(known, NumberConverter) for name, known in rule._converters.items()}
                # Of addresses with two numbers those of the world's own rows are enough.
                here = numbers if len(kinds) == 1 else numbers[:PAIRED]
                choices = [
                    [(name, value) for value in (here if is_number else words)] for name, is_number in kinds.items()
                ]
                for given in product(*choices):
                    try:
                        yield adapter.build(rule.endpoint, dict(given))
                    except (BuildError, ValueError):
                        continue

    @staticmethod
    def _links(answer: TestResponse | None) -> Iterator[str]:
        if answer is None or answer.mimetype != "text/html":
            return
        for found in re.findall(r'(?:href|src)="([^"#]+)', answer.text):
            parts = urlsplit(unescape(found))
            if not parts.netloc and not parts.scheme and not parts.path.startswith(("/static", "/sign-out")):
                yield parts.path + (f"?{parts.query}" if parts.query else "")

    def of(self, kind: str, canary: str) -> list[str]:
        """The places of a kind at which a canary showed."""
        return sorted(one.place for one in self.findings if one.place.startswith(kind) and one.canary == canary)


Walking = Callable[[bool], tuple[World, Walk]]


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOON)


@pytest.fixture
def walking(session: Session, app: Flask, config: Config, client: Callable[..., FlaskClient]) -> Walking:
    """Build the world and walk it as the reviewer."""

    def go(blind: bool) -> tuple[World, Walk]:
        world = build(session, config, blind=blind)
        visitor = client(world.reviewer)
        most = max(
            session.scalar(select(func.max(table.id))) or 0
            for table in (Application, Assignment, Evidence, Site, Message, Organisation)
        )
        keys = session.scalars(select(RoundCategory.id)).all()
        words = ["tiny", "novelty", "pdf", "xlsx", *map(str, keys)]
        session.commit()
        walk = Walk(app, visitor)
        walk.all(list(range(1, most + 1)), words)
        walk.again("en")
        return world, walk

    return go


def test_nothing_names_the_applicant(
    session: Session, config: Config, walking: Walking, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world, walk = walking(True)
    assert sorted(f"{one.canary}: {one.place}" for one in walk.findings) == []
    assert {address: status for address, status in walk.opened.items() if status >= 500} == {}
    # The walk was where it should be: all three reviews are open, the copy too, the original is not.
    assert len(walk.opened) > LEAST_OPENED
    assert [walk.opened[f"/reviews/{number}"] for number in world.assignments] == [200, 200, 200]
    assert (walk.opened[f"/evidence/{world.copy}"], walk.opened[f"/evidence/{world.withheld}"]) == (200, 404)
    assert {one.canary for one in in_messages(session, config, world)} == set()
    assert {key for record in caplog.records for key in canaries_in(record.getMessage())} == set()
    assert found_by_name(walk, world) == []


# What is shown where in a round that is not blind: the same walk finds it on each surface that it claims to look at.
SURFACES = [
    ("page of /reviews", "site"),
    ("page of /reviews/", "organisation"),
    ("page of /reviews/", "address"),
    ("page of /reviews/", "district"),
    ("page of /reviews/", "operator"),
    ("page of /reviews/", "parent"),
    ("page of /reviews/", "credit_code"),
    ("page of /reviews/", "member_address"),
    ("page of /reviews/", "former_site"),
    ("page of /reviews/", "representative"),
    ("page of /reviews/", "evaluator"),
    ("page of /reviews/", "file_name"),
    ("header of /evidence/", "file_name"),
    ("file of /evidence/", "file_text"),
    ("properties of /evidence/", "file_author"),
    ("page of /account/messages", "site"),
]


def test_the_walk_can_fail(session: Session, config: Config, walking: Walking) -> None:
    world, walk = walking(False)
    assert [surface for surface in SURFACES if not walk.of(*surface)] == []
    told = in_messages(session, config, world)
    assert {one.place for one in told if one.canary == "site"} >= {"subject", "text"}
    assert found_by_name(walk, world) != []


def in_messages(session: Session, config: Config, world: World) -> set[Finding]:
    """The canaries in the mails to the reviewer, in both languages."""
    found = set()
    rows = session.scalars(select(Message).where(Message.user_id == world.reviewer.id)).all()
    assert rows
    for row, language in product(rows, ("zh", "en")):
        row.language = language
        composed = mail.compose(config, row)
        for place, text in (
            ("subject", str(composed["Subject"])),
            ("text", composed.get_content()),
            ("path", row.path),
        ):
            found |= {Finding(place, key) for key in canaries_in(text)}
    session.rollback()
    return found


def found_by_name(walk: Walk, world: World) -> list[str]:
    """The names by which the reviewer's own list finds an application."""
    return [
        key
        for key, name in CANARIES.items()
        if any(
            f'"/reviews/{one}"' in walk.client.get("/reviews", query_string={"q": name}).text
            for one in world.assignments
        )
    ]


# What the applicant and the office see of it

WITH_PAPERS = factories.CONTENT.replace(
    "title: {zh: 先进性, en: Novelty}", "title: {zh: 先进性, en: Novelty}\n        evidence: [{zh: 证明, en: Proof}]"
)


@pytest.fixture
def blind_draft(session: Session) -> Application:
    where = factories.round_category(
        session,
        criteria_version=factories.criteria_version(session, content=WITH_PAPERS),
        steps={Kind.REVIEW: {"parameters": {"blind": 1}}},
    )
    owner = factories.organisation(session, name=CANARIES["organisation"])
    person = factories.persona(session, Role.DRAFTER, organisation=owner, language="en")
    return factories.application(session, round_category=where, organisation=owner, started_by_id=person.id)


def attached(client: FlaskClient, application: Application, content: bytes) -> TestResponse:
    """Attach a file as a copy without names."""
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    page = client.get(f"/applications/{application.id}/edit/evidence")
    assert "The review is blind" in page.text
    target = re.search(r'<option[^>]*value="(wanted[^"]*)"', page.text)
    assert target
    return browse.post(
        client,
        f"/applications/{application.id}/evidence",
        target=target[1],
        blind="y",
        file=(io.BytesIO(content), "a.pdf"),
    )


def test_the_applicant_is_asked_for_copies_without_names(
    session: Session, client: Callable[..., FlaskClient], blind_draft: Application
) -> None:
    person = session.get_one(User, blind_draft.started_by_id)
    session.commit()
    visitor = client(person)
    refused = attached(visitor, blind_draft, pdf("of no name", CANARIES["organisation"]))
    assert refused.status_code == 422
    assert "You are named in this file" in refused.text
    assert attached(visitor, blind_draft, pdf("of no name", "nobody")).status_code == 303
    session.expire_all()
    assert session.scalars(select(Evidence.variant)).all() == [Variant.BLIND]
    assert "copy without names" in visitor.get(f"/applications/{blind_draft.id}/edit/evidence").text


def test_an_officer_opens_a_file_to_reviewers_and_withholds_it_again(
    session: Session, config: Config, client: Callable[..., FlaskClient]
) -> None:
    world = build(session, config, blind=True)
    office, reviewer = client(world.office), client(world.reviewer)
    for visitor in (office, reviewer):
        with visitor.session_transaction() as cookie:
            cookie["language"] = "en"
    number = world.applications[0]
    assert f"/admin/cases/{number}/blind" in office.get(f"/admin/cases/{number}").text
    page = office.get(f"/admin/cases/{number}/blind")
    assert f"Application {number}" in browse.words(page)
    address = f"/admin/cases/{number}/blind/{world.withheld}"
    assert reviewer.get(f"/evidence/{world.withheld}").status_code == 404
    assert browse.post(office, address, readable="yes").status_code == 303
    handed = reviewer.get(f"/evidence/{world.withheld}")
    assert (handed.status_code, handed.headers["Content-Disposition"]) == (200, 'attachment; filename="Material 1.pdf"')
    assert "Material 1.pdf" in browse.words(reviewer.get(f"/reviews/{world.assignments[0]}"))
    handed.close()
    assert browse.post(office, address, readable="no").status_code == 303
    assert reviewer.get(f"/evidence/{world.withheld}").status_code == 404
    assert browse.post(office, address, readable="perhaps").status_code == 422
    with office.get(f"/evidence/{world.withheld}") as original:
        assert (original.status_code, "Material" in original.headers["Content-Disposition"]) == (200, False)


def test_the_office_is_told_that_a_file_names_the_applicant(
    session: Session, config: Config, client: Callable[..., FlaskClient]
) -> None:
    world = build(session, config, blind=True)
    content = pdf("of no name", CANARIES["organisation_en"])
    file = session.get_one(Evidence, world.withheld)
    number = world.applications[0]
    with factories._at_its_filing(session, session.get_one(Application, number)):
        again = factories.evidence(
            session, session.get_one(Application, number), sha256=kept(config.data, content), name=file.name
        )
    session.commit()
    office = client(world.office)
    with office.session_transaction() as cookie:
        cookie["language"] = "en"
    refused = browse.post(office, f"/admin/cases/{number}/blind/{again.id}", readable="yes")
    assert refused.status_code == 422
    assert "The applicant is named in this file" in refused.text


def test_a_round_that_is_not_blind_has_no_such_page(session: Session, client: Callable[..., FlaskClient]) -> None:
    application = factories.application(session, kind=Kind.REVIEW)
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    assert client(officer).get(f"/admin/cases/{application.id}/blind").status_code == 404


def test_the_round_says_that_its_review_is_blind(session: Session, client: Callable[..., FlaskClient]) -> None:
    where = factories.round_category(session, steps={Kind.REVIEW: {"parameters": {"blind": 1}}})
    session.commit()
    visitor = client()
    with visitor.session_transaction() as cookie:
        cookie["language"] = "en"
    assert "blind: they are not told who applies" in browse.words(visitor.get(f"/rounds/{where.round_id}"))
