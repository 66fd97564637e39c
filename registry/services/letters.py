"""Letters: what an applicant is told officially, written with the act it tells of; and the wordings of a programme."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from registry.domain import letters as wordings
from registry.domain import policy
from registry.domain.chain import digest_of
from registry.domain.errors import Invalid
from registry.domain.letters import Value, Wording
from registry.domain.policy import Actor, Facts
from registry.domain.vocabulary import Action, LetterKind
from registry.models import Application, Letter, LetterTemplate, Programme
from registry.queries import letters
from registry.rendering import fonts
from registry.services import events, messages


def send(
    session: Session,
    actor: Actor,
    application: Application,
    kind: LetterKind,
    values: Mapping[str, Value] | None = None,
) -> Letter:
    """Write a letter in both languages, keep it as it is, and send it to everybody of the applying organisation.

    `values` are those that this kind of letter knows; a kind without one of them is a mistake and raises KeyError.
    """
    programme_id, about = letters.about(session, application)
    told: dict[str, Value] = {**about, "date": wordings.day(actor.at), **(values or {})}
    wording = letters.wording(session, programme_id, kind)
    text = wordings.written(wording, {name: told[name] for name in wordings.placeholders(kind)})
    letter = Letter(
        application_id=application.id,
        kind=kind,
        subject=text.subject,
        body=text.body,
        subject_en=text.subject_en,
        body_en=text.body_en,
        written_at=actor.at,
    )
    session.add(letter)
    session.flush()
    for user in letters.readers(session, application):
        subject, body = (text.subject_en, text.body_en) if user.language == "en" else (text.subject, text.body)
        message = messages.queue(
            session,
            actor,
            user,
            "letter",
            {"subject": subject, "body": body, "site": {"zh": about["site"].zh, "en": about["site"].en}},
            path=f"/applications/{application.id}",
        )
        message.letter_id = letter.id
    return letter


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
