"""Documents, targets, regions and factors follow their files, and only what changed is touched."""

import pytest
from sqlalchemy import func, select

from registry import seeds
from registry.domain.faults import CriteriaFaulty
from registry.domain.vocabulary import Level
from registry.models import Clause, Document, Event, Factor, Region, TargetEntry
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
    # 8 + 18 + 34 + 27 + 15 entries of the five documents.
    assert session.scalar(select(func.count(TargetEntry.key))) == 102


TARGET = """\
GW-01:
  title: {zh: 标杆厂, en: Benchmark plant}
  class: A
  clauses: [GW 一]
  applicant: {zh: 污水处理厂, en: Plants}
  level: plant
  departments: null
  named: []
  criteria: null
  quote: 原文
  targets:
    - {year: 2025, value: VALUE, unit: {zh: 座, en: plants}, operator: exact, measure: count, counting: unstated}
"""
SECOND = TARGET.replace("GW-01", "GW-02").replace("VALUE", "5")


def test_targets_follow_their_file_and_what_it_no_longer_has_goes(session):
    sync(session, targets=TARGET.replace("VALUE", "100") + SECOND)
    row = session.get_one(TargetEntry, "GW-01")
    assert (row.document_key, row.kind, row.title_en, row.position) == ("GW", "A", "Benchmark plant", 0)
    assert row.content["targets"][0]["value"] == "100"
    assert events(session)[-1] == "sync_targets"
    before = len(events(session))
    sync(session, targets=TARGET.replace("VALUE", "100") + SECOND)
    assert len(events(session)) == before
    sync(session, targets=SECOND.replace("GW-02", "GW-03") + TARGET.replace("VALUE", "101"))
    assert events(session)[before:] == ["sync_targets"]
    event = session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
    # GW-03 is new; GW-01 has another number and another place.
    assert event.payload == {"changed": 2, "removed": ["GW-02"]}
    found = session.execute(select(TargetEntry.key, TargetEntry.position).order_by(TargetEntry.position))
    assert [tuple(entry) for entry in found] == [("GW-03", 0), ("GW-01", 1)]


def test_targets_at_fault_are_refused_at_their_line(session):
    with pytest.raises(CriteriaFaulty) as refused:
        sync(session, targets=TARGET.replace("VALUE", "100").replace("GW 一", "GW 九"))
    assert [(fault.line, fault.key) for fault in refused.value.faults] == [(4, "clause_unknown")]


def test_chapters_come_with_their_document(session):
    given = document()
    given["GW"]["chapters"] = {"一": {"zh": "总体要求", "en": "General requirements"}}
    sync(session)
    assert session.get_one(Document, "GW").chapters == {}
    sync(session, documents=given)
    assert session.get_one(Document, "GW").chapters == given["GW"]["chapters"]
    assert events(session)[3:] == ["sync_document"]
