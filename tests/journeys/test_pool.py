"""Shenzhen assigns a place of its pool: five are free, then six; a meeting deliberates, and the sixth is selected."""

import re

from playwright.sync_api import expect

from tests.journeys import acts


def test_a_place_of_the_pool_lets_one_more_be_selected(person):
    officer, approver = person("sz-officer"), person("sz-approver")
    acts.to_ranking(officer, "Sewage works")
    ranking = officer.url
    # Five places for seven works: by their marks Shiling is the sixth and Shapu the seventh.
    expect(acts.figure(officer, "Free under the quota")).to_have_text("5")
    expect(acts.main(officer)).to_contain_text("Places of the category: 5, from the pool 0, taken 0.")
    expect(acts.row(officer, "Shiling")).to_contain_text("reserve")

    approver.goto("/admin/decisions")
    approver.get_by_role("link", name=re.compile("assignment from the pool")).first.click()
    places = acts.row(approver, "Sewage works").get_by_role("cell")
    expect(places).to_have_text(["5", "1", "6"])
    acts.approve(approver, approver.url)

    officer.goto(ranking)
    expect(acts.figure(officer, "Free under the quota")).to_have_text("6")
    expect(acts.main(officer)).to_contain_text("Places of the category: 5, from the pool 1, taken 0.")
    expect(acts.main(officer)).to_contain_text("Of the round in all: 50, taken 0.")
    # The sixth and the seventh are equal in everything: the earlier application stands first, and it is said.
    expect(acts.main(officer)).to_contain_text("A tie goes through the cut")
    # The portal asks for the meeting before it takes a proposal.
    expect(officer.get_by_role("button", name="Propose", exact=True)).to_have_count(0)
    expect(acts.main(officer)).to_contain_text("Ranked applications of which no meeting has spoken yet: 7.")
    acts.meet(officer, "2026-11-02")
    selection = acts.propose(officer)
    expect(acts.row(officer, "Shiling")).to_contain_text("selected")
    expect(acts.row(officer, "Shapu")).to_contain_text("reserve")
    expect(acts.main(officer)).to_contain_text("You proposed this; another person decides.")
    acts.approve(approver, selection)
    acts.release(officer)

    officer.goto(ranking)
    expect(acts.figure(officer, "Free under the quota")).to_have_text("0")
    # What the category takes of its six places and the round of its fifty stands apart.
    expect(acts.main(officer)).to_contain_text("Places of the category: 5, from the pool 1, taken 6.")
    expect(acts.main(officer)).to_contain_text("Of the round in all: 50, taken 6.")
    for key, site, said in (("works5", "Shiling", "Selected"), ("works6", "Shapu", "In reserve: number 1")):
        applicant = person(key)
        applicant.goto("/applications")
        applicant.get_by_role("link", name=re.compile(site)).first.click()
        expect(acts.main(applicant)).to_contain_text(said)
        expect(applicant.get_by_role("heading", name="Letters")).to_be_visible()
