"""The few pictures of the user guides, cut to what they are about and small enough to be kept with the code."""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from registry.config import ROOT
from tests.gallery import visiting, worlds
from tests.gallery.plan import LANGUAGES, Visit
from tests.journeys import browsers

FOLDER = ROOT / "registry" / "web" / "static" / "guide"
SIZE = (1000, 640)
MARGIN = 20
QUALITY = 82
LARGEST = 60_000
# Name of the picture: the page, who looks at it, where it is, and the part at which the picture begins.
PICTURES: dict[str, tuple[str, str, dict[str, str], str]] = {
    "home": ("public.home", "", {}, "main"),
    "finder": ("public.find", "", {"kind": "plant", "region": "zhejiang"}, "main"),
    "form": ("applicant.edit", "xiangtai", {"number": "xiangtai"}, "#autosaved"),
    "score": ("applicant.score", "xiangtai", {"number": "xiangtai"}, "main"),
    "recommendation": ("recommender.show", "zhejiang", {"number": "beiting"}, "#bureau"),
    "desk": ("desk.show", "officer", {}, "main"),
    "ranking": ("admin.decisions.ranking", "sz-officer", {"number": "compared"}, "main"),
    "review": ("reviewer.show", "reviewer2", {"number": "assignment_of_reviewer2"}, "main"),
    "approval": ("admin.decisions.show", "zj-approver", {"number": "selecting"}, "main"),
    "certificate": ("public.verify_number", "", {"number": "award"}, "main"),
    "audit": ("auditor.index", "auditor", {}, "main"),
    "round": ("admin.rounds.show", "officer", {"number": "round"}, "main"),
}


def write(folder: Path = FOLDER) -> list[Path]:
    """Write each picture in both languages and return where they are; the same portal gives the same bytes."""
    worlds.stand_still()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        worlds.make(Path(made), ["full"])
        browser = playwright.chromium.launch(executable_path=browsers.found_browser(), args=list(browsers.FLAGS))
        with worlds.served(Path(made), "full", "pictures") as world:
            for name, (endpoint, person, at, part) in PICTURES.items():
                for language in LANGUAGES:
                    visit = Visit("full", language, person, endpoint, at)
                    with visiting.signed_in(browser, world, visit, SIZE) as context:
                        page = context.new_page()
                        answer = page.goto(visiting.address(world.app, visit, world.places))
                        assert answer is not None
                        assert answer.ok, f"{page.url} is no page"
                        path = folder / f"{name}-{language}.webp"
                        path.write_bytes(_cut(page, part))
                        written.append(path)
        browser.close()
    return written


def _cut(page: Page, part: str) -> bytes:
    """Return the picture of a part of a page, no larger than the size of all."""
    box = page.locator(part).first.bounding_box()
    assert box is not None
    left = max(0, box["x"] - MARGIN)
    clip = {
        "x": left,
        "y": box["y"] - MARGIN,
        "width": min(box["width"] + 2 * MARGIN, SIZE[0] - left),
        "height": min(box["height"] + 2 * MARGIN, SIZE[1]),
    }
    image = Image.open(io.BytesIO(page.screenshot(clip=clip, full_page=True, animations="disabled"))).convert("RGB")
    kept = io.BytesIO()
    image.save(kept, "WEBP", quality=QUALITY, method=6)
    assert kept.tell() < LARGEST, f"{page.url} gives {kept.tell()} bytes"
    return kept.getvalue()
