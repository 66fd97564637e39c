"""How firmly each application of a long ranking is in: worked out setting by setting, kept as a file for its page."""

import json
from io import BytesIO
from typing import Any

from registry import clock, files
from registry.domain.errors import WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.whatif.scenarios import setting_of
from registry.domain.whatif.stability import stability
from registry.models import Task
from registry.queries import benches, dossiers
from registry.services.tasks import STABILITY_UNITS
from registry.tasks.bench import Bench


def work_out(bench: Bench, task: Task) -> StoredFile:
    """Work out the stability under the setting that was asked for, and return it as a file.

    Raises WrongState where the figures have changed since it was asked for.
    """
    with bench.database.reading() as session:
        where = dossiers.whole(session, task.parameters["ranking"])
        found = benches.of(session, where, at=clock.read(session))
    if found.digest != task.parameters["digest"]:
        raise WrongState("stability_out_of_date")
    done = 0

    def progress(number: int, steps: int) -> None:
        nonlocal done
        now = number * STABILITY_UNITS // (steps + 1)
        if now > done:
            done = now
            bench.advance(done)

    result = stability(found.bench, setting_of(found.base, task.parameters["changes"]), progress)
    content: dict[str, Any] = {
        "digest": found.digest,
        "changes": task.parameters["changes"],
        "common": [one.key for one in result.common],
        "standings": [[one.key, one.inside, one.settings, one.otherwise] for one in result.standings.values()],
    }
    whole = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return files.keep(bench.folder, BytesIO(whole), media_type="application/json")
