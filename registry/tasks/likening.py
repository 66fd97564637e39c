"""A comparison of all that was handed in within a programme, for one of its rounds: texts, files and figures.

What is read is read at once, what is compared is compared with no hold on the database, and what was found is kept at
the end in one unit of work, so that a comparison that is broken off has left nothing.
"""

import json
from collections.abc import Iterator
from io import BytesIO

from sqlalchemy.orm import Session

from registry import db, files, jobs
from registry.domain.chain import digest_of
from registry.domain.errors import NotFound
from registry.domain.filetypes import StoredFile
from registry.domain.likeness.copies import compared
from registry.domain.likeness.figures import same_figures
from registry.domain.likeness.files import recycled
from registry.domain.likeness.values import TextKind
from registry.domain.vocabulary import LikenessKind
from registry.models import Round, Task
from registry.queries import likeness
from registry.queries.likeness import Material
from registry.services import likeness as keeping
from registry.services import tasks
from registry.services.likeness import Found
from registry.tasks.bench import Bench


def compare(bench: Bench, task: Task) -> StoredFile:
    """Compare, keep what was found, and return the list of it as a file."""
    with bench.database.reading() as session:
        round_ = session.get(Round, task.subject_id)
        if round_ is None:
            raise NotFound
        material = likeness.material(session, round_)
    found: list[Found] = []
    for done, unit in enumerate((_texts, _files, _figures), start=1):
        found += [one for one in unit(material) if material.here & set(one.applications)]
        bench.advance(done)

    def work(session: Session) -> None:
        held = tasks.held(session, bench.lease)
        actor = jobs.worker_at(session)
        keeping.keep(session, actor, session.get_one(Round, task.subject_id), found, actor.at)
        held.attempts = 0
        session.commit()

    db.run(bench.database, work)
    listed = [
        {"kind": one.kind, "why": one.why, "measure": one.measure, "applications": one.applications} for one in found
    ]
    content = json.dumps(listed, ensure_ascii=False, indent=1).encode()
    return files.keep(bench.folder, BytesIO(content), media_type="application/json")


def _texts(material: Material) -> Iterator[Found]:
    by_key = {text.key: text for text in material.texts}
    for pair in compared(material.texts, handed_out=material.handed_out).pairs:
        one, other = by_key[pair.one], by_key[pair.other]
        sides = [_side(text.key, text.owner.application, text.owner.reviewer, text.text) for text in (one, other)]
        kind = LikenessKind.REVIEW if one.kind is TextKind.REVIEW else LikenessKind.TEXT
        passages = [[row.start, row.end, row.other_start, row.other_end] for row in pair.passages]
        yield Found(
            _fingerprint(kind, *sorted((side["application"], side["key"], side["text"]) for side in sides)),
            kind,
            tuple(sorted(pair.why)),
            {"jaccard": f"{pair.jaccard:.2f}", "containment": f"{pair.containment:.2f}", "longest": pair.longest},
            {"sides": sides, "passages": passages},
            tuple(sorted({one.owner.application, other.owner.application})),
        )


def _files(material: Material) -> Iterator[Found]:
    for row in recycled(material.files).recycled:
        sides = [{"application": one.owner.application, "name": one.key.split(":", 2)[2]} for one in row.files]
        applications = tuple(sorted({one.owner.application for one in row.files}))
        yield Found(
            _fingerprint(LikenessKind.FILE, row.sha256, *applications),
            LikenessKind.FILE,
            tuple(sorted(row.why)),
            {"applications": len(applications)},
            {"sides": sides, "sha256": row.sha256, "size": row.size},
            applications,
        )


def _figures(material: Material) -> Iterator[Found]:
    report = same_figures(material.figures, constants=material.constants)
    for pair in report.pairs:
        numbers = [int(key.removeprefix("figures:")) for key in (pair.one, pair.other)]
        shared = [{"value": str(row.value), "questions": row.questions, "others": row.others} for row in pair.shared]
        yield Found(
            _fingerprint(LikenessKind.FIGURES, sorted(numbers), sorted(str(row.value) for row in pair.shared)),
            LikenessKind.FIGURES,
            tuple(sorted(pair.why)),
            {"figures": len(shared), "bits": f"{pair.bits:.1f}", "needed": f"{report.needed:.1f}"},
            {"sides": [{"application": number} for number in numbers], "shared": shared},
            tuple(sorted(numbers)),
        )


def _side(key: str, application: int, reviewer: int | None, text: str) -> dict[str, object]:
    kind, _colon, rest = key.partition(":")
    question = rest.partition(":")[2] if kind == "answer" else ""
    return {"key": key, "application": application, "question": question, "reviewer": reviewer, "text": text}


def _fingerprint(kind: LikenessKind, *parts: object) -> str:
    return digest_of([str(kind), *parts])
