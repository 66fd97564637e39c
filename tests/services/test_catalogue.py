"""Documents, regions and factors follow their files, and only what changed is touched."""

from sqlalchemy import func, select

from registry import seeds
from registry.domain.vocabulary import Level
from registry.models import Clause, Document, Event, Factor, Region
from registry.queries import catalogue as read
from registry.services import catalogue
from tests import factories

REGIONS = {
    "cn": {"name": {"zh": "全国", "en": "China"}, "level": "country", "parent": None, "code": None},
    "shandong": {"name": {"zh": "山东省", "en": "Shandong"}, "level": "province", "parent": "cn", "code": "370000"},
}
FACTOR = """\
key: grid
title: {zh: 电网, en: Grid}
default: "2023"
versions: [{version: "2023", source: public, values: {cn: VALUE}}]
"""


def document(text="原文"):
    return {
        "GW": {
            "title": {"zh": "意见", "en": "Opinions"},
            "issued_by": {"zh": "三部门", "en": "Three departments"},
            "number": "2023〔1714〕",
            "date": "2023-12-12",
            "clauses": {"一": {"title": {"zh": "总体", "en": "General"}, "text": text, "english": "Summary"}},
        }
    }


def sync(session, **changed):
    given = {"documents": document(), "regions": REGIONS, "factors": [FACTOR.replace("VALUE", "0.5")], **changed}
    catalogue.sync(session, factories.worker(), **given)


def events(session):
    return list(session.scalars(select(Event.action).order_by(Event.seq)))


def test_the_files_come_into_the_tables(session):
    sync(session)
    row = session.get_one(Document, "GW")
    assert (row.title, row.issued_by_en, row.dated.isoformat()) == ("意见", "Three departments", "2023-12-12")
    clause = session.scalars(select(Clause)).one()
    assert (clause.ref, clause.title_en, clause.text, clause.summary_en) == ("一", "General", "原文", "Summary")
    region = session.get_one(Region, "shandong")
    assert (region.parent_key, region.level, region.code) == ("cn", Level.PROVINCE, "370000")
    assert events(session) == ["sync_document", "sync_regions", "load_factors"]


def test_a_second_time_nothing_happens(session):
    sync(session)
    sync(session)
    assert len(events(session)) == 3


def test_a_changed_clause_is_changed_and_recorded(session):
    sync(session)
    sync(session, documents=document("改过的原文"))
    assert session.scalars(select(Clause.text)).one() == "改过的原文"
    assert events(session)[3:] == ["sync_document"]


def test_changed_factors_become_the_next_number_and_the_old_ones_stay(session):
    sync(session)
    sync(session, factors=[FACTOR.replace("VALUE", "0.6")])
    assert list(session.scalars(select(Factor.number).order_by(Factor.number))) == [1, 2]
    assert read.factor_texts(session) == {"grid": FACTOR.replace("VALUE", "0.6")}


def test_the_portals_own_files_fit(session):
    seeds.sync(session, factories.worker())
    assert session.scalar(select(func.count(Document.key))) == 5
    assert {region.key for region in read.regions(session)} == set(seeds.regions())
    assert len(read.factor_texts(session)) == len(seeds.factors())
