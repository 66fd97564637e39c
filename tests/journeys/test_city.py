"""A city of Zhejiang from the proposed selection to a list, a certificate and a letter that its people hold."""

import re

from playwright.sync_api import Page, expect

from tests.journeys import acts

CITIES = ("Huzhou", "Jiaxing")


def test_a_city_is_announced_listed_and_certified(person):
    officer, approver, anyone = person("zj-officer"), person("zj-approver"), person("")
    approver.goto("/admin/decisions")
    waiting = approver.get_by_role("row", name=re.compile("^selection.*Synergy innovation city.*waiting"))
    waiting.get_by_role("link", name=re.compile("^selection")).click()
    selection = approver.url
    for city in CITIES:
        expect(acts.row(approver, city)).to_contain_text("selected")
    acts.approve(approver, selection)
    acts.release(officer)

    officer.goto(selection)
    officer.get_by_role("link", name="Prepare the notice").click()
    proposal = acts.propose(officer)
    approver.goto(proposal)
    expect(acts.main(approver)).to_contain_text(
        "Everybody whom the selection put in is on the notice, by the names of the application."
    )
    expect(approver.get_by_role("table", name="Changed since the selection")).to_have_count(0)
    acts.approve(approver, proposal)
    officer.goto(proposal)
    officer.get_by_role("link", name="The public notice").click()
    _read_notice(anyone)

    acts.publish(officer, approver, "浙江协同创新城市名单", "Synergy innovation cities of Zhejiang")
    published = officer.url
    acts.release(officer)
    officer.goto(published)
    officer.get_by_role("link", name="The published list").click()
    number = re.search(r"/lists/(\d+)$", officer.url)[1]
    acts.issue(officer, "Synergy innovation cities of Zhejiang")
    # The first city of the list has the first number of its programme and year.
    award = "ZJ-CS-2026-0001"
    expect(acts.row(officer, award)).to_contain_text("Huzhou")
    _read_list(anyone, number, award)
    _hold(person("huzhou-gov"), award)
    anyone.goto(f"/verify/{award}")
    expect(anyone.get_by_role("heading", level=1)).to_have_text("Valid")
    expect(acts.main(anyone)).to_contain_text("People's Government of Huzhou")


def _read_notice(anyone: Page) -> None:
    """Somebody finds the notice from the front page."""
    anyone.goto("/notices")
    anyone.get_by_role("link", name=re.compile("Synergy innovation city")).first.click()
    expect(anyone.get_by_role("link", name="Object to an entry")).to_be_visible()
    for city in CITIES:
        expect(acts.row(anyone, city)).to_be_visible()


def _read_list(anyone: Page, number: str, award: str) -> None:
    """The list as a page and in each of its files."""
    anyone.goto(f"/lists/{number}")
    expect(acts.row(anyone, "Huzhou")).to_contain_text(award)
    expect(acts.row(anyone, "Jiaxing")).to_contain_text("ZJ-CS-2026-0002")
    for extension, begins in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", "\ufeff".encode())):
        answer = anyone.request.get(f"/lists/{number}.{extension}")
        assert (answer.status, answer.body()[: len(begins)]) == (200, begins)
    assert "Huzhou" in anyone.request.get(f"/lists/{number}.csv").text()


def _hold(applicant: Page, award: str) -> None:
    """The people of the city take their certificate and read the letter."""
    applicant.goto("/applications")
    applicant.get_by_role("link", name=re.compile("Huzhou")).first.click()
    expect(acts.main(applicant)).to_contain_text(award)
    with applicant.expect_download() as download:
        applicant.get_by_role("link", name="Certificate (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    for told in ("Selected", "Published", "Certificate issued"):
        expect(applicant.get_by_role("link", name=re.compile(f"^{told}: "))).to_be_visible()
    applicant.get_by_role("link", name=re.compile("^Certificate issued: ")).click()
    expect(applicant.get_by_role("heading", level=1)).to_have_text("Official letter")
    english, chinese = acts.main(applicant).get_by_role("article").all_inner_texts()
    assert award in english
    assert "People's Government of Huzhou" in english
    assert award in chinese
    assert "湖州市人民政府" in chinese
