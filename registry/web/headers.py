"""Headers on every answer: what a browser may load, keep and tell others."""

from flask import Flask, Response, g, request

CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)


def init_app(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_harden)


def _harden(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint != "static":
        headers["Vary"] = "Cookie"
        actor = g.get("actor")
        # What was entered when a session ended stands in the page that asks to sign in.
        private = actor is None or actor.signed_in or response.status_code == 401
        headers["Cache-Control"] = "no-store" if private else "no-cache"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
