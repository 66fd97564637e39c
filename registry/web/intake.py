"""What may come in at all: numbers that the database can hold, signs that a text can hold, the sender's own address."""

from typing import Any

from flask import Flask, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from registry.config import Config

LARGEST = 2**31 - 1


class Number(IntegerConverter):
    """A number in an address; beyond what the database holds there is nothing to be found."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST, **options})


def init_app(app: Flask, config: Config) -> None:
    """Set up what is asked of every request; to be called before addresses are registered."""
    app.url_map.converters["int"] = Number
    app.before_request(_refuse_broken_signs)
    if config.trusted_proxies:
        n = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=0)  # type: ignore[method-assign]


def _refuse_broken_signs() -> None:
    """Refuse what neither database keeps as text: a zero byte, and half of a pair."""
    sent = [request.path, *_texts(request.args)]
    if request.method == "POST":
        sent += _texts(request.form)
        sent += [
            name for _field, file in request.files.items(multi=True) for name in (file.name, file.filename) if name
        ]
    if any(_broken(text) for text in sent):
        abort(400)


def _texts(values: Any) -> list[str]:
    return [text for pair in values.items(multi=True) for text in pair]


def _broken(text: str) -> bool:
    return "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)
