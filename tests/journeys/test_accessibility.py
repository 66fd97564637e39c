"""Every page as a machine judges it: axe finds nothing, and nothing has to be scrolled sideways at four times the size.

Each page is seen once here, half of them in Chinese on a wide screen, half in English on a narrow one; `make gallery`
sees all of them in both, for every role and in every state.
"""

from collections import defaultdict

import pytest
from flask import Flask
from playwright.sync_api import Browser

from registry.db import Database
from tests.gallery import plan, visiting, worlds

# 1280 pixels at 400 %.
ENLARGED = 320


@pytest.mark.parametrize(("language", "width", "half"), [("zh", 1280, 0), ("en", 390, 1)])
def test_axe_finds_nothing_and_every_page_reflows(
    browser: Browser, world: Flask, world_database: Database, served: str, language: str, width: int, half: int
) -> None:
    with world_database.writing() as session:
        places = worlds.all_places(session)
        session.commit()
    seen = worlds.World(world, world_database, served, places)
    pages = {visit.name: visit for visit in reversed(list(plan.visits(states=["full"], languages=[language])))}
    by_person = defaultdict(list)
    for visit in sorted(pages.values(), key=lambda visit: visit.name)[half::2]:
        by_person[visit.person].append(visit)
    found = {}
    for person, visits in by_person.items():
        context = browser.new_context(base_url=served, viewport={"width": width, "height": 900})
        context.add_cookies([{"name": "session", "value": seen.cookie(person, language), "url": served}])
        page = context.new_page()
        for visit in visits:
            page.set_viewport_size({"width": width, "height": 900})
            answer = visiting.opened(page, visiting.address(world, visit, places))
            if answer is None:
                continue
            faults = visiting.violations(page) + [{"status": answer.status}] * (answer.status >= 500)
            page.set_viewport_size({"width": ENLARGED, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > ENLARGED:
                faults.append({"rule": "reflow", "nodes": [page.url]})
            if faults:
                found[visit.name] = faults
        context.close()
    assert found == {}
