"""The worker: it does what falls due, turn after turn, until it is told to stop."""

import logging
import os
import signal
import threading
import time

import click

from registry import db, jobs
from registry.config import from_environment

BETWEEN_SWEEPS = 3600

log = logging.getLogger(__name__)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@click.option("--pause", default=2.0, show_default=True, help="Seconds between two turns.")
@click.option("--beside", type=int, help="Stop when the process with this number, which started this one, is gone.")
def worker(once: bool, pause: float, beside: int | None) -> None:
    """Send waiting messages, let lapse what is overdue, end places in reserve and take away files that no row names."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s worker: %(message)s")
    config = from_environment()
    database = db.connect(config.database_url)
    stop, sweep_at = threading.Event(), 0.0
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    while not stop.is_set():
        try:
            done = jobs.turn(database, config)
            if done.sent or done.lapsed or done.expired:
                log.info(
                    "%s messages sent, %s applications lapsed, %s places in reserve ended",
                    done.sent,
                    done.lapsed,
                    done.expired,
                )
            if time.monotonic() >= sweep_at:
                sweep_at = time.monotonic() + BETWEEN_SWEEPS
                if swept := jobs.sweep(database, config):
                    log.info("%s files without a row taken away", swept)
        except Exception:
            # A database that is away for a while must not end the worker.
            log.exception("this turn failed")
        if once or (beside is not None and os.getppid() != beside):
            break
        stop.wait(pause)
    database.engine.dispose()
