"""The reader's language: catalogues compiled when their text is newer, and the choice of language."""

from flask import Flask
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

from registry.translations import compile_catalogues
from registry.web.templating import language_of_reader


def init_app(app: Flask) -> None:
    """Set up the catalogues, and the protection against forged requests for the whole application."""
    folder = compile_catalogues()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    Babel(app, locale_selector=language_of_reader)
    # The token is bound to the session and ends with it: a form that was open for long can still be sent.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    CSRFProtect(app)
