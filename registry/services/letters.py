"""Letters: what an applicant is told officially, written with the act it tells of; and the wordings of a programme.

A letter that is held goes out when somebody else than who wrote it releases it; see `registry.domain.letters`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from registry.domain import letters as wordings
from registry.domain import policy
from registry.domain.chain import digest_of
from registry.domain.errors import Forbidden, Invalid, NotFound, WrongState
from registry.domain.letters import Value, Wording
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import reasoned
from registry.domain.texts import Names
from registry.domain.vocabulary import Action, LetterKind, LetterState
from registry.models import Application, Decision, Letter, LetterTemplate, Programme
from registry.queries import facts, held_letters, letters
from registry.queries.held_letters import Held
from registry.rendering import fonts
from registry.services import events, messages


@dataclass(frozen=True, slots=True)
class _Draft:
    """A letter as it would read, with what it was told and the number of the one it replaces, None for none."""

    kind: LetterKind
    told: Mapping[str, Value]
    text: Wording
    replaces_id: int | None


def send(
    session: Session,
    actor: Actor,
    application: Application,
    kind: LetterKind,
    values: Mapping[str, Value] | None = None,
    *,
    decision: Decision | None = None,
) -> Letter:
    """Write a letter in both languages and send it to everybody of the applying organisation, or hold it.

    `values` are those that this kind of letter knows; a kind without one of them is a mistake and raises KeyError.
    `decision` is the one that the letter tells of. A letter that still waits is withdrawn where this one overtakes it;
    letters that were sent and that this one contradicts are named in it.
    """
    told: dict[str, Value] = {"date": wordings.day(actor.at), **(values or {})}
    overtaken = held_letters.waiting(session, application) if kind in wordings.OVERTAKING else None
    if overtaken is not None:
        _withdraw(session, actor, overtaken, application, payload={"overtaken_by": kind})
    draft = _draft(session, application, kind, told)
    return _write(
        session, actor, application, draft, decision_id=decision.id if decision else None, instead_of=overtaken
    )


def release(session: Session, actor: Actor, numbers: Collection[int]) -> int:
    """Send letters that wait, each once and to everybody of its organisation; return how many.

    Raises NotFound where one of them is not for the actor, Forbidden where the actor wrote one of them, WrongState
    where one does not wait any more.
    """
    rows = _ready(session, actor, Action.RELEASE_LETTERS, numbers)
    if any(row.letter.written_by_id == actor.user_id for row in rows):
        raise Forbidden("another_person_releases")
    for row in rows:
        row.letter.state, row.letter.settled_by_id, row.letter.settled_at = LetterState.SENT, actor.user_id, actor.at
    session.flush()
    for row in rows:
        events.record(
            session,
            actor,
            Action.RELEASE_LETTERS,
            "letter",
            row.letter.id,
            programme_id=row.programme_id,
            application=row.application,
            before=LetterState.WAITING,
            after=LetterState.SENT,
            payload={"kind": row.letter.kind, "digest": digest_of(_texts(row.letter))},
        )
    _post(session, actor, [row.letter for row in rows])
    return len(rows)


def rewrite(session: Session, actor: Actor, numbers: Collection[int], *, reason: str) -> list[Letter]:
    """Withdraw letters that wait, with a reason, and write each anew in the words that the programme has now.

    One that would read as before waits on as it is. The day stays that of the act. Whoever has letters written anew
    does not release them. Returns the new ones. Raises NotFound and WrongState as `release` does, Invalid without a
    reason, and where every one of them would read as before.
    """
    words = reasoned(reason, "reason")
    rows = _ready(session, actor, Action.MANAGE_LETTERS, numbers)
    drafts = [
        (row, _draft(session, row.application, row.letter.kind, wordings.restored(row.letter.told))) for row in rows
    ]
    changed = [(row, draft) for row, draft in drafts if _texts(draft.text) != _texts(row.letter)]
    if not changed:
        raise Invalid("letter_reads_the_same")
    return [_written_anew(session, actor, row, draft, words) for row, draft in changed]


def _written_anew(session: Session, actor: Actor, row: Held, draft: _Draft, reason: str) -> Letter:
    old = row.letter
    _withdraw(session, actor, old, row.application, reason=reason, payload={"reason": reason})
    return _write(session, actor, row.application, draft, decision_id=old.decision_id, instead_of=old)


def _ready(session: Session, actor: Actor, action: Action, numbers: Collection[int]) -> list[Held]:
    """Return letters that wait, kept as they are until the unit of work ends."""
    rows = held_letters.locked(session, actor, action, numbers)
    if not rows or len(rows) != len(set(numbers)):
        raise NotFound
    for row in rows:
        known = Facts(programme_id=row.programme_id, organisation_id=row.application.organisation_id)
        policy.require(actor, action, known)
    if any(row.letter.state is not LetterState.WAITING for row in rows):
        raise WrongState("letter_settled")
    return rows


def _withdraw(
    session: Session,
    actor: Actor,
    letter: Letter,
    application: Application,
    *,
    payload: Mapping[str, object],
    reason: str = "",
) -> None:
    letter.state, letter.settled_by_id, letter.settled_at = LetterState.WITHDRAWN, actor.user_id, actor.at
    letter.reason = reason
    events.record(
        session,
        actor,
        "withdraw_letter",
        "letter",
        letter.id,
        programme_id=facts.programme_of(session, application),
        application=application,
        before=LetterState.WAITING,
        after=LetterState.WITHDRAWN,
        payload={"kind": letter.kind, **payload},
    )


def _draft(session: Session, application: Application, kind: LetterKind, told: Mapping[str, Value]) -> _Draft:
    """Return a letter in the words that the programme has now; nothing is written yet."""
    programme_id, about = letters.about(session, application)
    values: dict[str, Value] = {**about, **told}
    earlier = held_letters.contradicted(session, application, kind)
    text = wordings.written(
        letters.wording(session, programme_id, kind), {name: values[name] for name in wordings.placeholders(kind)}
    )
    dated = told["date"]
    text = wordings.replacing(
        text,
        [(letters.dated(row), Names(row.subject, row.subject_en)) for row in earlier],
        dated if isinstance(dated, Names) else Names(dated, dated),
    )
    return _Draft(kind, told, text, earlier[-1].id if earlier else None)


def _write(
    session: Session,
    actor: Actor,
    application: Application,
    draft: _Draft,
    *,
    decision_id: int | None,
    instead_of: Letter | None,
) -> Letter:
    text, held = draft.text, draft.kind in wordings.HELD
    letter = Letter(
        application_id=application.id,
        kind=draft.kind,
        subject=text.subject,
        body=text.body,
        subject_en=text.subject_en,
        body_en=text.body_en,
        told=wordings.kept(draft.told),
        written_at=actor.at,
        written_by_id=actor.user_id,
        decision_id=decision_id,
        replaces_id=draft.replaces_id,
        instead_of_id=instead_of.id if instead_of else None,
        state=LetterState.WAITING if held else LetterState.SENT,
        settled_at=None if held else actor.at,
    )
    session.add(letter)
    session.flush()
    if not held:
        _post(session, actor, [letter])
    return letter


def _post(session: Session, actor: Actor, sent: Sequence[Letter]) -> None:
    """Add the messages by which letters reach their readers, each in the reader's language."""
    addressed = held_letters.addressed(session, [letter.application_id for letter in sent])
    for letter in sent:
        site, users = addressed[letter.application_id]
        for user in users:
            english = user.language == "en"
            message = messages.queue(
                session,
                actor,
                user,
                "letter",
                {
                    "subject": letter.subject_en if english else letter.subject,
                    "body": letter.body_en if english else letter.body,
                    "site": {"zh": site.zh, "en": site.en},
                },
                path=f"/applications/{letter.application_id}",
            )
            message.letter_id = letter.id


def _texts(letter: Letter | Wording) -> list[str]:
    return [letter.subject, letter.body, letter.subject_en, letter.body_en]


def save(
    session: Session, actor: Actor, programme: Programme, kind: LetterKind, wording: Wording, *, seen: int
) -> LetterTemplate:
    """Give a kind of letter other words in a programme; those before stay on record.

    `seen` is the number of the wording that the actor had before them, 0 for that of the portal. Raises Invalid at the
    field that is not acceptable or cannot be printed, where nothing is changed, and where somebody saved since.
    """
    policy.require(actor, Action.MANAGE_LETTERS, Facts(programme_id=programme.id))
    checked = wordings.check(wording, kind)
    _refuse_unprintable(checked)
    before = letters.latest(session, programme.id).get(kind)
    if (before.id if before else 0) != seen:
        raise Invalid("wording_changed_meanwhile")
    if checked == letters.wording(session, programme.id, kind):
        raise Invalid("wording_unchanged")
    row = LetterTemplate(
        programme_id=programme.id,
        kind=kind,
        subject=checked.subject,
        body=checked.body,
        subject_en=checked.subject_en,
        body_en=checked.body_en,
        prepared_by_id=actor.user_id,
        prepared_at=actor.at,
    )
    session.add(row)
    session.flush()
    texts = [row.subject, row.body, row.subject_en, row.body_en]
    payload = {"kind": kind, "digest": digest_of(texts)}
    events.record(session, actor, "save_wording", "letter_template", row.id, programme_id=programme.id, payload=payload)
    return row


def _refuse_unprintable(wording: Wording) -> None:
    """Raise Invalid at the field whose words no paper can show, so that no letter of this wording is a surprise."""
    texts = {field: getattr(wording, field).replace("\n", " ") for field in (*wordings.SUBJECTS, *wordings.BODIES)}
    for field, characters in fonts.missing_glyphs(texts).items():
        raise fonts.MissingGlyphs(characters, field)
