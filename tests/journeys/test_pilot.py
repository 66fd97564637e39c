"""A named pilot of Shenzhen: its acceptance, asked for after years, is filed, judged, visited and stands in deliberation."""

import re

from playwright.sync_api import Page, expect

from tests.journeys import acts


def test_a_pilot_hands_in_its_acceptance_and_is_visited(person, tmp_path):
    applicant = person("yantian-gov")
    applicant.goto("/applications")
    print(acts.main(applicant).inner_text())
    applicant.get_by_role("link", name=re.compile("Yantian")).first.click()
    print(acts.main(applicant).inner_text())
    applicant.get_by_role("link", name="Fill in").click()
    print(acts.main(applicant).inner_text())
    assert 0
