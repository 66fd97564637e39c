"""The what-if bench: who enters and who leaves, worked by hand on four applications of a round with two places.

Three reviewers mark each out of 40; the answer earns 60 points in a hundred of it. As the round is set the mean counts:

    who    answer        marks        mean    total    median   total
    A      80 → 48.00    40 40 10     30.00   78.00    40       88.00
    B      75 → 45.00    35 35 35     35.00   80.00    35       80.00
    C      70 → 42.00    37 37 37     37.00   79.00    37       79.00
    D      50 → 30.00    30 30 30     30.00   60.00    30       60.00
"""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.domain.dossier import replay, sealed
from registry.domain.vocabulary import GroupBy, Kind, Role, Status
from registry.models import Application, Decision, Organisation, Round, RoundCategory, Scenario
from registry.queries import benches, decisions, dossiers
from registry.tasks import work_off
from registry.web.admin import decisions as pages
from tests import browse, factories
from tests.factories import NOON

WHY = "专家组现场复核后认为其示范意义更强。"


@pytest.fixture
def rules() -> list[dict[str, object]]:
    """The quota rules of the round; most tests have none."""
    return []


@pytest.fixture
def category(session, rules) -> RoundCategory:
    round_ = factories.round_(session, closes_at=NOON)
    return factories.round_category(session, round_=round_, quota=2, rules=rules)


@pytest.fixture
def where(category) -> int:
    """The number of the ranking; the row itself is read anew by whoever asks the database."""
    return category.id


@pytest.fixture
def rows(session, category) -> dict[str, int]:
    """The numbers of the four applications."""
    three = [factories.persona(session, Role.REVIEWER, name=f"专家{letter}") for letter in "甲乙丙"]
    given = {
        "A": ("80", ("40", "40", "10")),
        "B": ("75", ("35", "35", "35")),
        "C": ("70", ("37", "37", "37")),
        "D": ("50", ("30", "30", "30")),
    }
    return {
        name: factories.judged(session, category, reused=reused, marks=dict(zip(three, marks, strict=True))).id
        for name, (reused, marks) in given.items()
    }


@pytest.fixture
def people(session, rows, client, at) -> dict[Role, FlaskClient]:
    roles = (Role.OFFICER, Role.APPROVER, Role.AUDITOR)
    found = {role: factories.persona(session, role, name=f"某{role}") for role in roles}
    session.commit()
    at(NOON)
    clients = {role: client(person) for role, person in found.items()}
    for one in clients.values():
        browse.post(one, "/language", language="en")
    return clients


def moved(page, rows) -> tuple[list[str], list[str]]:
    """Return who enters and who leaves, by letter."""
    assert page.status_code == 200
    letters = {number: letter for letter, number in rows.items()}
    text = page.text[page.text.index('id="answer"') : page.text.index('id="firm"')]
    if "bench-answer" not in text:
        return [], []
    parts = re.split(r"<h3>", text)[1:]
    return tuple([letters[int(one)] for one in re.findall(r"/admin/cases/(\d+)", part)] for part in parts)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", ([], [])),
        ("places=2", ([], [])),
        ("places=1", ([], ["C"])),
        ("pool=1", (["A"], [])),
        ("places=1&pool=1", ([], [])),
        ("aggregation=median", (["A"], ["C"])),
        ("lowest=79.5", ([], ["C"])),
        ("places=9", (["A", "D"], [])),
        ("places=9&minimum_water=70", (["A"], [])),
        # At one and a half times its weight the answer makes A 120 of 130 points, 92.31; B 118.46…; C 100 of 130.
        ("weight_reuse=150", (["A"], ["C"])),
        ("weight_reuse=110", ([], [])),
    ],
)
def test_whoever_enters_or_leaves_is_named(people, where, rows, asked, expected):
    page = people[Role.APPROVER].get(f"/admin/decisions/rankings/{where}/bench?{asked}")
    assert moved(page, rows) == expected


def test_a_number_that_cannot_be_moves_nothing_and_is_said_at_its_field(people, where, rows):
    page = people[Role.OFFICER].get(f"/admin/decisions/rankings/{where}/bench?places=x&weight_reuse=0&ties=none")
    assert moved(page, rows) == ([], [])
    assert [f'id="{name}-error"' in page.text for name in ("places", "weight_reuse", "ties")] == [True, True, True]


def test_how_firm_each_is_stands_in_colour_word_and_picture(people, where, rows):
    page = people[Role.AUDITOR].get(f"/admin/decisions/rankings/{where}/bench")
    words = browse.words(page)
    assert "How firm the ranking is" in words
    assert re.search(r"safe \d+ on the line \d+ out \d+", words)
    assert '<svg class="picture-wide"' in page.text
    assert "without the marks of 专家丙" in words
    assert "raw marks · median" in words
    # Who only reads keeps no scenario.
    assert 'name="title"' not in people[Role.AUDITOR].get(f"{base(where)}/bench?places=1").text


def base(where) -> str:
    return f"/admin/decisions/rankings/{where}"


def save(client, where, asked: str, title: str = "一个名额"):
    return browse.post(client, f"{base(where)}/bench?{asked}", title=title)


def scenario(session) -> Scenario:
    found = session.scalars(select(Scenario).order_by(Scenario.id.desc())).first()
    session.commit()
    return found


def test_a_scenario_is_saved_once_under_its_title_and_compared(session, people, where, rows):
    assert save(people[Role.APPROVER], where, "places=1").status_code == 303
    kept = scenario(session)
    assert (kept.setting, kept.selected, kept.entering, kept.leaving) == (
        {"places": 1},
        [rows["B"]],
        [],
        [rows["C"]],
    )
    assert save(people[Role.OFFICER], where, "places=3").status_code == 409
    assert save(people[Role.OFFICER], where, "places=2", title="没有变化").status_code == 422
    assert save(people[Role.AUDITOR], where, "places=3", title="审计").status_code == 403
    assert "一个名额" in browse.words(people[Role.AUDITOR].get(f"{base(where)}/bench"))


def propose(people, where, **fields):
    entered = {"reason": "按总分排序", "places": "2", "reserve": "0", **fields}
    return browse.post(people[Role.OFFICER], f"{base(where)}/propose", **entered)


def approve(people, url, **fields):
    page = people[Role.APPROVER].get(url)
    digest = re.search(r'name="digest" value="(\w{64})"', page.text)[1]
    return browse.post(people[Role.APPROVER], f"{url}/approve", digest=digest, reason="同意", **fields)


def statuses(session, rows) -> dict[str, Status]:
    found = {name: session.get_one(Application, number).status for name, number in rows.items()}
    session.rollback()
    return found


def replayed(session, where):
    kept = dossiers.content(session, dossiers.whole(session, where), at=NOON, code="test")
    found = replay(sealed(kept))
    session.rollback()
    return found


def test_a_scenario_is_adopted_by_a_proposal_which_then_follows_it(session, people, where, rows):
    save(people[Role.OFFICER], where, "lowest=79.5", title="不低于79.5分")
    number = scenario(session).id
    page = people[Role.OFFICER].get(f"{base(where)}?scenario={number}")
    assert f'name="scenario" type="hidden" value="{number}"' in page.text
    answer = propose(people, where, scenario=str(number), reason="会议认为最低分应为79.5分")
    assert answer.status_code == 303
    content = session.scalars(select(Decision)).one().content
    session.commit()
    assert content["least"] == "79.5"
    assert content["scenario"]["setting"] == {"lowest": "79.5"}
    assert "不低于79.5分" in browse.words(people[Role.APPROVER].get(answer.location))
    assert approve(people, answer.location).status_code == 303
    assert statuses(session, rows) == {
        "A": Status.UNSELECTED,
        "B": Status.SELECTED,
        "C": Status.UNSELECTED,
        "D": Status.UNSELECTED,
    }
    found = replayed(session, where)
    assert (found.differences, found.scenarios) == ((), ("不低于79.5分",))


def test_a_scenario_that_changes_totals_is_not_adopted(session, people, where, rows):
    save(people[Role.OFFICER], where, "aggregation=median")
    number = scenario(session).id
    assert "cannot be adopted" in browse.words(people[Role.OFFICER].get(f"{base(where)}/bench"))
    assert propose(people, where, scenario=str(number)).status_code == 422
    assert session.scalars(select(Decision)).all() == []
    session.rollback()


def test_a_scenario_of_figures_that_have_changed_is_not_adopted(session, people, where, rows):
    save(people[Role.OFFICER], where, "places=1")
    number = scenario(session).id
    row = session.get_one(Application, rows["D"])
    factories.evaluation(session, row, total="85.00", result=dict(latest(session, row.id), total="85.00", base="85.00"))
    session.commit()
    assert propose(people, where, scenario=str(number)).status_code == 422


def latest(session, number) -> dict:
    return decisions.latest_evaluations(session, [number])[number].result


def test_an_override_takes_a_place_is_looked_at_by_another_person_and_stays_visible(session, people, where, rows):
    fields = {"override_1": str(rows["A"]), "override_result_1": "in", "override_reason_1": WHY}
    answer = propose(people, where, **fields)
    assert answer.status_code == 303
    url = answer.location
    page = browse.words(people[Role.APPROVER].get(url))
    assert WHY in page
    assert "I looked at each override" in page
    refused = approve(people, url, sure="y")
    assert refused.status_code == 422
    assert 'id="overrides_seen-error"' in refused.text
    assert approve(people, url, overrides_seen="y").status_code == 303
    # Two places: A by override, B by its rank; C gives way.
    assert statuses(session, rows) == {
        "A": Status.SELECTED,
        "B": Status.SELECTED,
        "C": Status.UNSELECTED,
        "D": Status.UNSELECTED,
    }
    for address in (base(where), f"/admin/cases/{rows['A']}", url):
        assert WHY in browse.words(people[Role.AUDITOR].get(address)), address
    found = replayed(session, where)
    assert found.differences == ()
    assert [(one.application, one.result, one.reason) for one in found.overrides] == [(rows["A"], "selected", WHY)]


def test_an_override_keeps_somebody_out_and_the_next_one_moves_up(session, people, where, rows):
    fields = {"override_1": str(rows["B"]), "override_result_1": "out", "override_reason_1": WHY}
    url = propose(people, where, **fields).location
    assert approve(people, url, overrides_seen="y").status_code == 303
    assert [name for name, status in statuses(session, rows).items() if status is Status.SELECTED] == ["A", "C"]


@pytest.mark.parametrize(
    ("fields", "at_field"),
    [
        ({"override_reason_1": "短"}, "override_reason_1"),
        ({"override_2": "same", "override_reason_2": WHY}, "override_2"),
        ({"places": "0"}, "override_1"),
    ],
)
def test_an_override_without_a_reason_twice_or_without_a_place_is_refused(people, where, rows, fields, at_field):
    given = {"override_1": str(rows["A"]), "override_result_1": "in", "override_reason_1": WHY, **fields}
    given = {key: str(rows["A"]) if value == "same" else value for key, value in given.items()}
    answer = propose(people, where, **given)
    assert answer.status_code == 422
    assert f'id="{at_field}-error"' in answer.text


def test_reviewers_stand_beside_each_other_with_raw_and_adjusted_totals(people, where, rows):
    page = browse.words(people[Role.APPROVER].get(f"{base(where)}/reviewers"))
    assert "专家丙" in page
    assert "Whether adjusted marks count is a choice that the round fixes before it opens" in page
    # A's marks are 100, 100 and 25 in a hundred: a deviation of 35.4, beyond 15.
    assert "deviation 35.4" in page


def test_nobody_outside_the_office_sees_the_bench(session, client, people, where, rows):
    persons = [factories.persona(session, Role.REVIEWER), factories.user(session)]
    other = factories.persona(session, Role.APPROVER, programme=factories.programme(session))
    session.commit()
    strangers = [client(), *map(client, persons)]
    elsewhere = client(other)
    for path in ("bench", "reviewers"):
        assert elsewhere.get(f"{base(where)}/{path}").status_code == 404
        assert {one.get(f"{base(where)}/{path}").status_code for one in strangers} <= {302, 303, 403}


def test_how_firm_a_long_ranking_is_is_worked_out_as_a_task(database, config, monkeypatch, people, where, rows):
    at_once = browse.words(people[Role.AUDITOR].get(f"{base(where)}/bench?places=1"))
    monkeypatch.setattr(benches, "LONG", 3)
    officer = people[Role.OFFICER]
    before = browse.words(officer.get(f"{base(where)}/bench?places=1"))
    assert "it is worked out as a task" in before
    assert "Near the line" in before
    answer = browse.post(officer, f"{base(where)}/firmness?places=1")
    assert answer.status_code == 303
    assert "It is being worked out." in browse.words(officer.get(f"{base(where)}/bench?places=1"))
    assert work_off(database, config, "a") == 1
    # Whoever may see the ranking sees what was worked out, for this setting and no other.
    found = browse.words(people[Role.AUDITOR].get(f"{base(where)}/bench?places=1"))
    figures = re.compile(r"safe (\d+) on the line (\d+) out (\d+)")
    assert figures.search(found).groups() == figures.search(at_once).groups()
    assert figures.search(browse.words(officer.get(f"{base(where)}/bench"))) is None


@pytest.mark.parametrize(
    ("asked", "at_field"),
    [
        ("lowest=sNaN", "lowest"),
        ("lowest=NaN", "lowest"),
        ("lowest=Infinity", "lowest"),
        ("lowest=1e-99999", "lowest"),
        ("lowest=0e99999", "lowest"),
        ("minimum_water=200%25", "minimum_water"),
        ("minimum_water=100.1+%25", "minimum_water"),
        ("minimum_water=%EF%BC%96%25", "minimum_water"),
    ],
)
def test_a_figure_that_is_none_and_a_share_above_all_are_refused_at_their_field(people, where, rows, asked, at_field):
    page = people[Role.OFFICER].get(f"{base(where)}/bench?{asked}")
    assert moved(page, rows) == ([], [])
    assert f'id="{at_field}-error"' in page.text
    assert save(people[Role.OFFICER], where, asked).status_code == 422


def test_the_whole_of_a_section_can_be_asked_for(people, where, rows):
    # Nobody earns all the points of the answer.
    page = people[Role.OFFICER].get(f"{base(where)}/bench?minimum_water=100%25&lowest=0.5")
    assert moved(page, rows) == ([], ["B", "C"])


@pytest.mark.parametrize("number", ["4711", "99999999999999999999", "-1", "other"])
def test_a_scenario_that_this_ranking_does_not_have_is_refused(session, people, where, rows, number):
    if number == "other":
        round_ = factories.round_(session, closes_at=NOON)
        elsewhere = factories.round_category(session, round_=round_, quota=2)
        session.commit()
        assert save(people[Role.OFFICER], elsewhere.id, "places=1").status_code == 303
        number = str(scenario(session).id)
    answer = propose(people, where, scenario=number)
    assert answer.status_code == 422
    assert "This ranking has no such scenario." in browse.words(answer)
    assert "按总分排序" in answer.text
    assert session.scalars(select(Decision)).all() == []
    session.rollback()
    assert people[Role.OFFICER].get(f"{base(where)}?scenario={number}").status_code == 404


def test_places_that_were_taken_meanwhile_put_a_scenario_out_of_date(session, people, where, rows):
    save(people[Role.OFFICER], where, "lowest=61")
    number = scenario(session).id
    category = session.get_one(RoundCategory, where)
    factories.application(session, round_category=category, kind=Kind.CERTIFICATE, status=Status.SELECTED)
    session.commit()
    answer = propose(people, where, scenario=str(number), places="1")
    assert answer.status_code == 422
    assert "The figures have changed since the scenario was saved." in browse.words(answer)


@pytest.mark.parametrize("rules", [[{"group_by": GroupBy.APPLICANT, "most": 1}]])
def test_places_that_a_group_holds_meanwhile_put_a_scenario_out_of_date(session, people, category, where, rows):
    save(people[Role.OFFICER], where, "lowest=61")
    number = scenario(session).id
    one = session.get_one(Application, rows["B"])
    # Of another category of the same round: the places of this one stay free, its applicant has one already.
    beside = factories.round_category(session, round_=session.get_one(Round, category.round_id))
    factories.application(
        session,
        round_category=beside,
        organisation=session.get_one(Organisation, one.organisation_id),
        kind=Kind.CERTIFICATE,
        status=Status.SELECTED,
        answers={"licensed": True, "reused": "50"},
    )
    session.commit()
    answer = propose(people, where, scenario=str(number))
    assert answer.status_code == 422
    assert "The figures have changed since the scenario was saved." in browse.words(answer)


def test_a_scenario_that_comes_to_another_result_is_not_adopted(session, people, where, rows):
    save(people[Role.OFFICER], where, "lowest=79.5")
    kept = scenario(session)
    columns = {column.key: getattr(kept, column.key) for column in Scenario.__table__.columns if column.key != "id"}
    other = factories.added(session, Scenario(**{**columns, "title": "另一结果", "result_digest": "0" * 64})).id
    session.commit()
    answer = propose(people, where, scenario=str(other))
    assert answer.status_code == 409
    assert "Worked out anew, the scenario comes to another result." in browse.words(answer)
    assert propose(people, where, scenario=str(kept.id)).status_code == 303


def test_a_scenario_without_places_fills_those_that_are_free(session, people, where, rows):
    save(people[Role.OFFICER], where, "lowest=70")
    number = scenario(session).id
    assert propose(people, where, scenario=str(number), places="1").status_code == 303
    content = session.scalars(select(Decision)).one().content
    session.rollback()
    assert (content["quota"], content["least"]) == (2, "70")


@pytest.mark.parametrize("name", ["A", "B", "C", "D"])
def test_whoever_is_ranked_can_be_overridden_wherever_the_cut_is(monkeypatch, people, where, rows, name):
    monkeypatch.setattr(pages, "NEAR", 1)
    page = people[Role.OFFICER].get(f"{base(where)}?places=1&reserve=0").text
    # B is first and C second: those on either side of the cut behind one place.
    assert offered(page) == {rows["B"], rows["C"]}
    fields = {"override_1": str(rows[name]), "override_result_1": "out", "override_reason_1": WHY, "places": "1"}
    refused = propose(people, where, **{**fields, "reason": ""})
    assert refused.status_code == 422
    assert offered(refused.text) == {rows["B"], rows["C"], rows[name]}
    assert f'<option selected value="{rows[name]}"' in refused.text
    assert propose(people, where, **fields).status_code == 303


def test_nobody_without_a_rank_is_overridden(people, where, rows):
    answer = propose(people, where, override_1="4711", override_reason_1=WHY)
    assert answer.status_code == 422
    assert 'id="override_1-error"' in answer.text


def offered(page: str) -> set[int]:
    """Return whom the first line offers to be overridden."""
    choice = re.search(r'<select[^>]*name="override_1".*?</select>', page, re.DOTALL)[0]
    return {int(one) for one in re.findall(r'value="(\d+)"', choice)}


def test_the_bench_opens_on_results_that_were_made_up(session, people, category, where):
    row = factories.application(session, round_category=category, kind=Kind.DELIBERATION)
    factories.evaluation(session, row, total="70.00")
    session.commit()
    assert people[Role.OFFICER].get(f"{base(where)}/bench").status_code == 200
    category = session.get_one(RoundCategory, where)
    bench = benches.of(session, category, at=NOON)
    assert bench.outcome(bench.base).figures[row.id] == 70
