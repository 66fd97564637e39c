"""A person without a mouse: Tab, the arrows, Space, Enter and typing; the focus must be seen at every stop."""

from playwright.sync_api import Locator, Page, expect

STOPS = 250
# What is wrong with the stop at which the focus stands, nothing where it is right.
LOOK = """() => {
  const stop = document.activeElement;
  if (!stop || stop === document.body) return "";
  const style = getComputedStyle(stop);
  const box = stop.getBoundingClientRect();
  const name = stop.outerHTML.slice(0, 120);
  if (stop.tabIndex > 0) return "out of order: " + name;
  if (!box.width || !box.height || style.visibility !== "visible") return "not to be seen: " + name;
  if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) return "out of sight: " + name;
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return ring || stop.id === "main" ? "" : "no ring: " + name;
}"""
# Each stop of a round of Tab stands after the one before it on the page.
AFTER = """before => {
  const stop = document.activeElement;
  if (!before || !before.isConnected) return true;
  return Boolean(before.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""


class Hands:
    """The keyboard on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # What is scrolled to is there at once.
        page.emulate_media(reduced_motion="reduce")

    def skip(self) -> None:
        """Leave the frame by the link that is the first stop of a page."""
        self.page.keyboard.press("Tab")
        expect(self.page.locator("a.skip")).to_be_focused()
        expect(self.page.locator("a.skip")).to_be_in_viewport()
        self._judge()
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#main")).to_be_focused()

    def to(self, target: Locator) -> None:
        """Go on with Tab until the target has the focus, and look at every stop."""
        target = target.first
        expect(target).to_be_attached()
        wanted = target.element_handle()
        for _ in range(STOPS):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            before = self.page.evaluate_handle("() => document.activeElement")
            self.page.keyboard.press("Tab")
            self._judge()
            assert self.page.evaluate(AFTER, before), "the stops of the page are out of order"
        raise AssertionError(f"no stop of the page is {target}")

    def press(self, target: Locator) -> None:
        """Go to a link or button and press it; wait for the page it leads to."""
        self.to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        """Go to a field and write into it in place of what stands there."""
        self.to(target)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        expect(target.first).to_have_value(text)

    def tick(self, target: Locator) -> None:
        """Go to a box and tick it."""
        self.to(target)
        self.page.keyboard.press("Space")
        expect(target.first).to_be_checked()

    def choose(self, target: Locator) -> None:
        """Go to the group of a radio button, which is one stop, and move to the button with the arrows."""
        target = target.first
        name = target.get_attribute("name")
        group = self.page.locator(f'input[type=radio][name="{name}"]')
        checked = self.page.locator(f'input[type=radio][name="{name}"]:checked')
        self.to(checked if checked.count() else group)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if target.is_checked():
                self._judge()
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not lead to {target}")

    def pick(self, target: Locator, text: str) -> None:
        """Go to a list and pick what begins with the text, by typing it."""
        self.to(target)
        self.page.keyboard.type(text)
        chosen = target.first.evaluate("list => list.selectedOptions[0].textContent.trim()")
        assert chosen.startswith(text), chosen

    def _judge(self) -> None:
        fault = self.page.evaluate(LOOK)
        assert not fault, fault
