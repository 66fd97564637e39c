"""Serving the portal on this machine, with its worker beside it."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
import waitress

from registry import db, schema
from registry.config import Config, as_environment, from_environment, with_secret
from registry.factory import create_app

HOST = "127.0.0.1"
# Slow clients hold connections, not threads: with the usual limit of 100 they would shut everybody else out.
THREADS, CONNECTIONS = 8, 1000


@click.command()
@click.option("--port", default=8000, show_default=True, help=f"The port on {HOST}.")
@click.option("--worker/--no-worker", "beside", default=True, help="Whether a worker runs beside it.")
def serve(port: int, beside: bool) -> None:
    """Serve the portal; its database must be up to date."""
    config = from_environment()
    _refuse_outdated(config)
    click.echo(f"http://{HOST}:{port}")
    serve_portal(config, port, worker=beside)


def serve_portal(config: Config, port: int, *, worker: bool = True) -> None:
    """Serve the portal until the process is told to stop, and end the worker with it."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s portal: %(message)s")
    signal.signal(signal.SIGTERM, _stop)
    config = with_secret(config)
    app = create_app(config)
    # What proxies tell of a sender is heard where they are trusted, and only there.
    headers_kept = config.trusted_proxies > 0
    if not worker:
        _serve(app, port, headers_kept=headers_kept)
        return
    with _worker(config):
        _serve(app, port, headers_kept=headers_kept)


def _serve(app: object, port: int, *, headers_kept: bool) -> None:
    waitress.serve(
        app,
        host=HOST,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        clear_untrusted_proxy_headers=not headers_kept,
        ident="",
        _quiet=True,
    )


@contextmanager
def _worker(config: Config) -> Iterator[None]:
    """Run a worker with the same settings in a process of its own."""
    process = subprocess.Popen(  # noqa: S603 - our own command, no words from outside
        [sys.executable, "-m", "registry", "worker", "--beside", str(os.getpid())],
        env={**os.environ, **as_environment(config)},
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def _refuse_outdated(config: Config) -> None:
    database = db.connect(config.database_url)
    current = config.data.is_dir() and schema.is_current(database.engine)
    database.engine.dispose()
    if not current:
        raise click.ClickException("the database is not up to date: run `registry database upgrade` first")


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
