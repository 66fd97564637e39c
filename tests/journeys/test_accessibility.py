"""Pages as a machine judges their accessibility: axe finds nothing at either width, in either language."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from registry.demo import DOMAIN, PASSWORD

PAGES = {
    "": ("/", "/rounds/3", "/criteria/wwtp", "/projects", "/notices/1", "/lists/1", "/verify/GJ-WWTP-2026-0003"),
    "xiangtai": ("/applications/7", "/applications/7/edit", "/applications/7/score", "/applications/7/submit"),
    "zhejiang": ("/recommendations", "/recommendations/5"),
    "officer": ("/admin", "/admin/cases", "/admin/cases/6", "/admin/decisions/rankings/2", "/admin/awards/1"),
    "reviewer2": ("/reviews", "/reviews/14"),
    "approver": ("/admin/decisions/1", "/admin/criteria/1"),
    "auditor": ("/audit", "/audit/programmes/1"),
    "admin": ("/admin/people", "/admin/people/1"),
    "sz-officer": ("/admin/rounds/13/pool", "/admin/decisions/rankings/14", "/admin/meetings/record/14"),
    "sz-approver": ("/admin/decisions/23",),
    "zj-officer": ("/admin/visits/34", "/admin/library"),
    "yantian-gov": ("/applications/14", "/applications/14/edit"),
}


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 390)])
def test_axe_finds_nothing(browser: Browser, served: str, language: str, width: int) -> None:
    found = {}
    for person, paths in PAGES.items():
        context = browser.new_context(base_url=served, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto("/sign-in")
        page.locator(f"button[name=language][value={language}]").click()
        if person:
            page.fill("#email", f"{person}@{DOMAIN}")
            page.fill("#password", PASSWORD)
            page.locator("main form button").click()
        for path in paths:
            assert page.goto(path).status == 200, path
            for violation in Axe().run(page).response["violations"]:
                found.setdefault(path, []).append((violation["id"], violation["nodes"][0]["html"][:120]))
        context.close()
    assert found == {}
