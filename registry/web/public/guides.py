"""The guides: what each reader does in the portal, in files of `docs/guides/`."""

import re
from functools import cache

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from registry.config import ROOT
from registry.domain.errors import NotFound
from registry.domain.guides import Guide, load_guide
from registry.domain.shapes import Texts
from registry.web.public.blueprint import bp
from registry.web.templating import language_of_reader, picked

FOLDER = ROOT / "docs" / "guides"
# In the order of the way of an application, the visitors first and who sets the portal up last.
KEYS = ("visitor", "applicant", "recommender", "officer", "reviewer", "approver", "auditor", "administrator")

# What a guide quotes is a word of the portal, such as that on a button.
QUOTED = re.compile("“([^”]+)”")
# English has no marks beside the letters: where the Chinese face stands in, they are as wide as a character.
SET_APART = {"zh": r"“<b>\1</b>”", "en": r"<b>\1</b>"}


@cache
def read(key: str) -> Guide:
    """Return a guide as its file has it; raises CriteriaFaulty for a file that cannot be used."""
    path = FOLDER / f"{key}.yaml"
    return load_guide(path.read_text(encoding="utf-8"), source=path.name)


def said(text: Texts) -> Markup:
    """Return a text of a guide in the reader's language, with the words of the portal set apart."""
    return Markup(QUOTED.sub(SET_APART[language_of_reader()], str(escape(picked(text)))))  # noqa: S704 - escaped here


@bp.get("/guides")
def guides() -> ResponseReturnValue:
    return render_template("public/guides.html", guides={key: read(key) for key in KEYS})


@bp.get("/guides/<string:key>")
def guide(key: str) -> ResponseReturnValue:
    if key not in KEYS:
        raise NotFound
    found = read(key)
    ways = {way.to: url_for(way.to) for chapter in found.chapters for way in chapter.ways}
    return render_template("public/guide.html", guide=found, key=key, urls=ways, said=said)
