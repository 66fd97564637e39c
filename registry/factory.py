"""The application, as a table of contents."""

from flask import Flask

from registry import db
from registry.config import ROOT, Config, from_environment, with_secret
from registry.web import (
    account,
    admin,
    applicant,
    auditor,
    bench_words,
    demo,
    desk,
    errors,
    evidence,
    headers,
    intake,
    own_background,
    pictures,
    plots,
    public,
    recommender,
    reviewer,
    rule_words,
    tasks,
    templating,
    translating,
    ways,
    work,
    workings,
)


def create_app(config: Config | None = None) -> Flask:
    """Return the portal for these settings, those of the environment by default."""
    config = with_secret(config or from_environment())
    app = Flask("registry", root_path=str(ROOT), static_folder="registry/web/static", static_url_path="/static")
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=config.upload_bytes + 1024 * 1024,
        TESTING=config.testing,
    )
    intake.init_app(app, config)
    for blueprint in (
        public.bp,
        demo.bp,
        account.bp,
        desk.bp,
        applicant.bp,
        evidence.bp,
        admin.bp,
        recommender.bp,
        reviewer.bp,
        own_background.bp,
        auditor.bp,
        tasks.bp,
    ):
        app.register_blueprint(blueprint)
    translating.init_app(app)
    templating.init_app(app)
    pictures.init_app(app)
    plots.init_app(app)
    rule_words.init_app(app)
    bench_words.init_app(app)
    workings.init_app(app)
    ways.init_app(app)
    account.init_app(app, config)
    headers.init_app(app)
    errors.init_app(app)
    work.init_app(app, db.connect(config.database_url, busy_seconds=config.busy_seconds))
    return app
