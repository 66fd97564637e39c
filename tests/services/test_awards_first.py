"""Awards that a category asks for first, and those that it gives once: at start, submission and decision."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from registry.domain.eligibility import Exclusion, Prior
from registry.domain.errors import Invalid, WrongState
from registry.domain.texts import Names
from registry.domain.vocabulary import AwardStatus, CategoryOutcome, Kind, Once, Role
from registry.models import Application, Award, AwardEvent, Category, Clause, Organisation, RoundCategory, Site
from registry.queries import applications as tables
from registry.queries import benches, decisions, holdings
from registry.services import applications, programmes, selections, starting
from tests import factories
from tests.factories import NOON

TODAY = date(2026, 3, 2)


class City:
    """A category of a city's list, and one of a province that asks for it first."""

    def __init__(self, session: Session, **asked: object) -> None:
        self.session = session
        self.city = mine = factories.programme(session, key="city-list")
        self.first = factories.category(session, programme=mine, key="PARK", name="市级园区", name_en="City park")
        asked = asked or {"after": ["city-list/PARK"]}
        self.later: Category = factories.category(session, key="BEST", **asked)
        self.where: RoundCategory = factories.round_category(session, category=self.later)
        self.organisation: Organisation = factories.organisation(session)
        self.signatory = factories.persona(session, Role.SIGNATORY, organisation=self.organisation)
        self.site: Site = factories.site(session, organisation=self.organisation)

    def award(self, *, site: Site | None = None, category: Category | None = None, **columns: object) -> Award:
        """An award of the organisation, in the first category unless told, valid until the 1st of March 2029."""
        where = factories.round_category(self.session, category=category or self.first)
        held = factories.application(
            self.session,
            round_category=where,
            site=site or factories.site(self.session, organisation=self.organisation),
            organisation=self.organisation,
        )
        return factories.award(self.session, held, **columns)

    def refused(self) -> str | None:
        actor = factories.actor(self.session, self.signatory)
        found = starting.refusal(self.session, actor, self.where, self.site, self.organisation)
        return found.key if found else None

    def in_deliberation(self) -> Application:
        """The site, at the deliberation with 90 points."""
        row = factories.application(
            self.session,
            round_category=self.where,
            site=self.site,
            organisation=self.organisation,
            kind=Kind.DELIBERATION,
        )
        factories.evaluation(self.session, row, total="90.00")
        return row


@pytest.mark.parametrize(
    ("prior", "of_site", "of_applicant", "expected"),
    [
        (Prior("a/X"), [], [], None),
        (Prior("a/X"), ["a/X"], ["a/X"], None),
        (Prior("a/X", frozenset({"b/Y", "b/Z"})), [], [], Exclusion.NOT_LISTED),
        (Prior("a/X", frozenset({"b/Y", "b/Z"})), ["a/X"], [], Exclusion.NOT_LISTED),
        (Prior("a/X", frozenset({"b/Y", "b/Z"})), ["b/Z"], [], None),
        (Prior("a/X", frozenset({"b/Y", "b/Z"})), [], ["b/Y"], None),
        (Prior("a/X", once=Once.SITE), ["b/Y"], ["a/X"], None),
        (Prior("a/X", once=Once.SITE), ["a/X"], [], Exclusion.HELD_ALREADY),
        (Prior("a/X", once=Once.APPLICANT), [], ["a/X"], Exclusion.HELD_ALREADY),
        (Prior("a/X", once=Once.APPLICANT), ["a/X"], [], Exclusion.HELD_ALREADY),
        (Prior("a/X", frozenset({"b/Y"}), Once.SITE), ["a/X", "b/Y"], [], Exclusion.HELD_ALREADY),
    ],
)
def test_what_is_held_is_weighed_against_what_is_asked(prior, of_site, of_applicant, expected):
    assert prior.exclusion(of_site, of_applicant) is expected


def test_who_holds_nothing_cannot_start(session):
    city = City(session)
    with pytest.raises(Invalid) as refusal:
        starting.start(session, factories.actor(session, city.signatory), city.where, city.site, city.organisation)
    names = (Names("市级园区", "City park"),)
    assert (refusal.value.key, refusal.value.field, refusal.value.values) == (
        "site_not_listed",
        "site",
        {"categories": names},
    )


@pytest.mark.parametrize(
    ("columns", "refused"),
    [
        ({}, None),
        ({"valid_until": TODAY}, None),  # its last day still counts
        ({"valid_from": date(2023, 3, 1), "valid_until": date(2026, 3, 1)}, "site_not_listed"),
        ({"valid_from": date(2026, 3, 3)}, "site_not_listed"),
        ({"status": AwardStatus.REVOKED}, "site_not_listed"),
    ],
)
def test_only_an_award_that_is_valid_today_counts(session, columns, refused):
    city = City(session)
    if columns.get("valid_until") == TODAY:
        columns = {**columns, "valid_from": date(2025, 3, 2)}
    city.award(site=city.site, **columns)
    assert city.refused() == refused


def test_an_award_of_the_organisation_counts_for_its_other_sites(session):
    city = City(session)
    city.award()
    assert city.refused() is None
    nobody = starting.refusal(session, factories.actor(session, city.signatory), city.where, city.site)
    assert nobody is not None
    assert nobody.key == "site_not_listed"


def test_an_award_of_another_category_does_not_count(session):
    city = City(session)
    city.award(site=city.site, category=factories.category(session, programme=city.city, key="OTHER"))
    assert city.refused() == "site_not_listed"


def test_what_is_lost_since_the_start_is_asked_for_at_submission(session):
    city = City(session)
    award = city.award(site=city.site)
    draft = factories.application(
        session,
        round_category=city.where,
        site=city.site,
        organisation=city.organisation,
        answers={"licensed": True, "reused": "40"},
    )
    award.status = AwardStatus.REVOKED
    session.flush()
    actor = factories.actor(session, city.signatory, NOON + timedelta(days=2))
    with pytest.raises(Invalid, match="site_not_listed"):
        applications.submit(
            session, actor, tables.one(session, actor, "view_own", draft.id), revision=1, receipt_key=bytes(10)
        )


def test_who_lost_it_has_no_place_in_the_ranking_and_on_the_bench(session):
    city = City(session)
    award, row = city.award(site=city.site), city.in_deliberation()
    (line,) = decisions.ranking(session, city.where, at=NOON).lines
    assert line.row.rank == 1
    award.status = AwardStatus.REVOKED
    session.flush()
    (line,) = decisions.ranking(session, city.where, at=NOON).lines
    assert (line.row.rank, line.row.result.value, line.row.ground.value) == (None, "unselected", "not_listed")
    assert line.candidate.key == row.id
    bench = benches.of(session, city.where, at=NOON)
    assert [one.ground.value for one in bench.ranked(bench.base).rows] == ["not_listed"]


def test_a_selection_is_not_approved_once_the_award_has_ended(session):
    """Proposed on the last day of the award, approved on the day after."""
    city = City(session)
    city.award(site=city.site, valid_from=date(2025, 3, 2), valid_until=TODAY)
    city.in_deliberation()
    content = selections.content_of(decisions.ranking(session, city.where, at=NOON), {})
    assert content["applications"][0]["result"] == "selected"
    decision = factories.decision(session, city.where, content=content, proposed_at=NOON)
    approver = factories.persona(session, Role.APPROVER)
    with pytest.raises(WrongState, match="changed_since_proposed"):
        selections.carry_out(session, factories.actor(session, approver, NOON + timedelta(days=1)), decision)
    selections.carry_out(session, factories.actor(session, approver, NOON + timedelta(hours=1)), decision)


def test_who_was_selected_without_an_award_is_found(session):
    city = City(session)
    city.award(site=city.site, valid_from=date(2023, 3, 1), valid_until=date(2026, 3, 1))  # over the day before
    row = city.in_deliberation()
    factories.outcome(session, factories.decision(session, city.where), row)
    assert holdings.selected_without(session) == [row.id]


def test_who_lost_the_award_after_the_decision_is_not_found(session):
    city = City(session)
    award, row = city.award(site=city.site), city.in_deliberation()
    factories.outcome(session, factories.decision(session, city.where), row)
    assert holdings.selected_without(session) == []
    award.status = AwardStatus.REVOKED
    lost = AwardEvent(award_id=award.id, before=AwardStatus.VALID, after=AwardStatus.REVOKED, reason="造假")
    lost.at = NOON + timedelta(hours=1)
    factories.added(session, lost)
    assert holdings.selected_without(session) == []


@pytest.mark.parametrize(
    ("once", "same_site", "refused"),
    [
        (Once.SITE, True, "award_held_already"),
        (Once.SITE, False, None),
        (Once.APPLICANT, True, "award_held_already"),
        (Once.APPLICANT, False, "award_held_already"),
        (None, True, None),
    ],
)
def test_an_award_that_is_given_once_is_not_given_again_while_it_is_valid(session, once, same_site, refused):
    city = City(session, once=once, after=[])
    award = city.award(site=city.site if same_site else None, category=city.later)
    assert city.refused() == refused
    city.in_deliberation()
    (line,) = decisions.ranking(session, city.where, at=NOON).lines
    assert (line.row.ground.value == "held_already") is (refused is not None)
    award.status = AwardStatus.REVOKED
    session.flush()
    (line,) = decisions.ranking(session, city.where, at=NOON).lines
    assert line.row.rank == 1


def test_a_category_names_others_that_are_on_the_portal(session):
    city = City(session)
    administrator = factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))
    programme = factories.programme(session)
    factories.added(session, Clause(document_key=programme.document_key, ref="一", position=0, text="省级"))
    told = {"name": "省级", "name_en": "Provincial", "clause_ref": "一", "outcome": CategoryOutcome.CERTIFICATE}
    with pytest.raises(Invalid) as refusal:
        programmes.add_category(session, administrator, programme, key="P1", after=["city-list/NONE"], **told)
    assert (refusal.value.key, refusal.value.field, refusal.value.values) == (
        "after_unknown",
        "after",
        {"name": "city-list/NONE"},
    )
    made = programmes.add_category(
        session, administrator, programme, key="P1", after=["city-list/PARK"], once=Once.SITE, **told
    )
    assert (made.after, made.once) == (["city-list/PARK"], Once.SITE)
    assert holdings.categories(session, ["city-list/PARK", "x/y"]) == {"city-list/PARK": city.first}
