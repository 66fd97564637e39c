"""The worker: it does what falls due, turn after turn, and long work beside it, until it is told to stop."""

import logging
import os
import signal
import threading
import time
import uuid

import click

from registry import db, jobs, tasks
from registry.config import Config, from_environment

BETWEEN_SWEEPS = 3600
# A unit of long work is done in less; one that is cut off all the same is taken up again when its lease has run out.
SECONDS_TO_STOP = 20
# Between two units others can write to a database that lets in one writer at a time.
BREATH = 0.02

log = logging.getLogger(__name__)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@click.option("--pause", default=2.0, show_default=True, help="Seconds between two turns.")
@click.option("--beside", type=int, help="Stop when the process with this number, which started this one, is gone.")
def worker(once: bool, pause: float, beside: int | None) -> None:
    """Do what falls due and the long work that people asked for.

    Each turn sends waiting messages, lets lapse what is overdue and ends places in reserve; once an hour results whose
    time is over and files that no row names are taken away. Long work (lists as PDFs, exports, the issue of
    certificates) is done beside the turns, unit by unit: several workers share it without doing anything twice, and
    what one leaves half done, because it was stopped or died, another goes on with.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s worker: %(message)s")
    config = from_environment()
    database = db.connect(config.database_url)
    stop, sweep_at = threading.Event(), 0.0
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    hands = threading.Thread(target=_work_off, args=(database, config, stop, None if once else pause), daemon=True)
    hands.start()
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
    if not once:
        stop.set()
    hands.join(None if once else SECONDS_TO_STOP)
    database.engine.dispose()


def _work_off(database: db.Database, config: Config, stop: threading.Event, pause: float | None) -> None:
    """Do the long work that waits, once or again and again until this worker stops."""
    owner = uuid.uuid4().hex

    def go_on() -> bool:
        return not stop.wait(BREATH)

    while go_on():
        try:
            if done := tasks.work_off(database, config, owner, go_on):
                log.info("%s pieces of long work taken up", done)
        except Exception:
            log.exception("long work was interrupted")
        if pause is None or stop.wait(pause):
            break
