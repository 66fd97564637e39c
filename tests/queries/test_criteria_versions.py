"""Stored criteria sets: still read after the format asks for more, and one that cannot be read does not hide others."""

import pytest
from sqlalchemy.orm import Session

from registry.domain import completeness
from registry.domain.faults import CriteriaFaulty
from registry.queries import criteria_versions
from tests import factories

# As sets were written before groups of inputs had titles.
UNTITLED = factories.CONTENT.replace("  - {key: licensed,", "  - {group: plant, key: licensed,", 1)


def test_a_set_that_was_stored_without_titles_of_its_groups_is_still_read(session: Session) -> None:
    assert UNTITLED != factories.CONTENT
    version = factories.criteria_version(session, content=UNTITLED)
    assert completeness.parts(criteria_versions.parsed(session, version))[0].key == "group-plant"
    with pytest.raises(CriteriaFaulty) as caught:
        criteria_versions.read(session, UNTITLED, source="new.yaml")
    assert [fault.key for fault in caught.value.faults] == ["group_unknown"]


def test_one_set_that_cannot_be_read_does_not_take_the_others_with_it(session: Session, caplog) -> None:
    good = factories.criteria_version(session)
    broken = factories.criteria_version(session, key="broken", content="key: broken\n")
    assert [version.key for version, _set in criteria_versions.parsed_each(session, [broken, good])] == [good.key]
    assert "broken" in caplog.text
