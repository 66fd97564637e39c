"""Setting up programmes: issuers in order, numbers that are unique, clauses that exist."""

import pytest
from sqlalchemy import select

from registry.domain.errors import Invalid, NotFound
from registry.domain.vocabulary import CategoryOutcome, Level, Role
from registry.models import Clause, Document, Event, Issuer
from registry.services import programmes
from registry.services.programmes import Authority
from tests import factories

MINISTRIES = (
    Authority("国家发展改革委", "National Development and Reform Commission", Level.COUNTRY, "cn"),
    Authority("住房城乡建设部", "Ministry of Housing", Level.COUNTRY, "cn"),
    Authority("生态环境部", "Ministry of Ecology and Environment", Level.COUNTRY, "cn"),
)


@pytest.fixture
def administrator(session):
    factories.region(session, "cn", level=Level.COUNTRY)
    row = Document(key="GW", title="意见", title_en="Opinions", issued_by="三部门", issued_by_en="Three departments")
    factories.added(session, row)
    factories.added(session, Clause(document_key="GW", ref="五(十二)", text="建成标杆厂", position=0))
    return factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))


def created(session, actor, **changed):
    given = {
        "key": "national-plants",
        "name": "标杆厂",
        "name_en": "Benchmark plants",
        "document_key": "GW",
        "issuer_prefix": "GJ",
        "code": "WWTP",
        "years_valid": 3,
        "issuers": MINISTRIES,
        **changed,
    }
    return programmes.create(session, actor, **given)


def refused(act):
    with pytest.raises(Invalid) as error:
        act()
    return error.value.key, error.value.field


def test_three_ministries_sign_in_their_order(session, administrator):
    programme = created(session, administrator)
    assert [row.issuer.name for row in programme.issuers] == ["国家发展改革委", "住房城乡建设部", "生态环境部"]
    event = session.scalars(select(Event).where(Event.action == "create_programme")).one()
    assert (event.programme_id, event.actor_id) == (programme.id, administrator.user_id)


def test_an_issuer_is_shared_between_programmes(session, administrator):
    created(session, administrator)
    created(session, administrator, key="other", code="CITY", issuers=MINISTRIES[2:])
    assert session.scalars(select(Issuer.name).order_by(Issuer.id)).all() == [row.name for row in MINISTRIES]


@pytest.mark.parametrize(
    ("changed", "key", "field"),
    [
        ({"key": "Plants 1"}, "programme_key", "key"),
        ({"issuer_prefix": "G"}, "number_prefix", "issuer_prefix"),
        ({"code": "wwtp"}, "number_programme", "code"),
        ({"document_key": "XX"}, "document_not_kept", "document_key"),
        ({"years_valid": 11}, "years_valid", "years_valid"),
        ({"issuers": ()}, "issuer_needed", "issuers"),
        ({"issuers": MINISTRIES[:1] * 2}, "issuer_twice", "issuers"),
        ({"issuers": (Authority("生态环境部", "", Level.COUNTRY, "cn"),)}, "issuer_two_names", "issuers"),
        ({"issuers": (Authority("某部", "Some", Level.COUNTRY, "atlantis"),)}, "region_unknown_here", "region"),
    ],
)
def test_what_is_not_acceptable_is_said_at_its_field(session, administrator, changed, key, field):
    assert refused(lambda: created(session, administrator, **changed)) == (key, field)


def test_key_and_numbers_are_taken_once(session, administrator):
    created(session, administrator)
    assert refused(lambda: created(session, administrator, code="B")) == ("key_taken", "key")
    assert refused(lambda: created(session, administrator, key="other")) == ("numbers_taken", "code")


def test_a_category_rests_on_a_clause_of_the_document(session, administrator):
    programme = created(session, administrator)
    given = {"name": "标杆厂", "name_en": "Plant", "outcome": CategoryOutcome.CERTIFICATE}

    def add(key, clause_ref):
        return programmes.add_category(session, administrator, programme, key=key, clause_ref=clause_ref, **given)

    assert add("GW-01", "五(十二)").programme_id == programme.id
    assert add("GW-03", "五（十二）").clause_ref == "五(十二)"
    assert refused(lambda: add("GW-02", "九")) == ("clause_not_of_document", "clause_ref")
    assert refused(lambda: add("GW-01", "五(十二)")) == ("key_taken", "key")
    assert refused(lambda: add("GW 01", "五(十二)")) == ("category_key", "key")


def test_an_officer_sets_up_no_programme(session, administrator):
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    with pytest.raises(NotFound):
        created(session, officer)
