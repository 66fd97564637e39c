"""Site visits: the record, the photographs, and the end of the stage; `services.screening` establishes the values."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.attending import Person
from registry.domain.errors import Invalid, NotFound, Stale, WrongState
from registry.domain.filetypes import StoredFile, extension, kept_name
from registry.domain.policy import Actor
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import Action, Kind, Status
from registry.domain.workdays import SHANGHAI
from registry.models import Application, SiteVisit, User, VisitPhoto
from registry.queries import facts, visits
from registry.services import evaluations, events

MOST_TEAM = MOST_MET = 12
MOST_PHOTOS = 30
LONGEST_CAPTION = 200
# Pictures that every browser shows; a HEIC file would be one that most readers cannot open.
PHOTOGRAPHS = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}


def record(
    session: Session,
    actor: Actor,
    application: Application,
    *,
    version: int,
    visited_on: date,
    team: Sequence[Person],
    met: Sequence[Person],
    findings: str,
) -> SiteVisit:
    """Keep what was seen at a visit; until it is concluded it can be written again.

    `version` is the one that was read, 0 where nothing was recorded yet. Raises Stale where somebody saved since,
    Invalid for a day in the future or before the submission, for nobody or too many people, and for findings that say
    nothing.
    """
    _waiting(session, actor, application, Action.VISIT)
    _check(actor, application, visited_on, team, met)
    words = reasoned(findings, "findings")
    visit = visits.here(session, application)
    if version != (visit.version if visit else 0):
        raise Stale
    recorder = session.get_one(User, actor.user_id)
    if visit is None:
        visit = SiteVisit(application_id=application.id, position=application.position)
        session.add(visit)
    visit.visited_on, visit.findings = visited_on, words
    visit.team, visit.met = [person.as_dict() for person in team], [person.as_dict() for person in met]
    visit.recorded_by_id, visit.recorded_at = recorder.id, actor.at
    session.flush()
    people = {f"team_{place}": person.name for place, person in enumerate(team, start=1)}
    people |= {f"met_{place}": person.name for place, person in enumerate(met, start=1)}
    payload = {"visit": visit.id, "visited_on": visited_on.isoformat(), "findings": words}
    _note(session, actor, application, "record_visit", visit, payload, personal=people)
    return visit


def expect_photo(session: Session, actor: Actor, application: Application, *, name: str) -> SiteVisit:
    """Return the visit where a photograph would be taken now; to be asked before one is stored.

    Raises WrongState where nothing is recorded yet or there are as many as may be, Invalid for a file of another type.
    """
    visit = _recorded(session, actor, application, Action.VISIT)
    if extension(name) not in PHOTOGRAPHS:
        raise Invalid("photo_type", field="file")
    if len(_standing(visit)) >= MOST_PHOTOS:
        raise WrongState("photos_full", most=MOST_PHOTOS)
    return visit


def add_photo(
    session: Session, actor: Actor, application: Application, stored: StoredFile, *, name: str, caption: str
) -> VisitPhoto:
    """Put a stored picture to the visit. Raises Invalid for one without a caption, or that stands there already."""
    visit = expect_photo(session, actor, application, name=name)
    if stored.media_type != PHOTOGRAPHS[extension(name)]:
        raise Invalid("photo_type", field="file")
    words = caption.strip()
    if not words or len(words) > LONGEST_CAPTION:
        raise Invalid("caption_needed", field="caption", most=LONGEST_CAPTION)
    if any(photo.sha256 == stored.sha256 for photo in _standing(visit)):
        raise Invalid("photo_added_before", field="file")
    photo = VisitPhoto(
        visit_id=visit.id,
        name=kept_name(name),
        caption=words,
        sha256=stored.sha256,
        size=stored.size,
        media_type=stored.media_type,
        added_by_id=actor.user_id,
        added_at=actor.at,
    )
    session.add(photo)
    session.flush()
    payload = {"photo": photo.id, "sha256": photo.sha256, "size": photo.size}
    _note(session, actor, application, "add_photo", visit, payload)
    return photo


def remove_photo(session: Session, actor: Actor, application: Application, photo: VisitPhoto) -> None:
    """Take a photograph away; its row and file stay on record. Raises NotFound for another visit's."""
    visit = _recorded(session, actor, application, Action.VISIT)
    if photo.id not in {one.id for one in _standing(visit)}:
        raise NotFound
    photo.removed_at = actor.at
    _note(session, actor, application, "remove_photo", visit, {"photo": photo.id, "sha256": photo.sha256})


def conclude(session: Session, actor: Actor, application: Application) -> None:
    """End the visit: nothing of it changes any more, and the application goes on.

    The score is worked out anew with what the visit established and kept; an application that fails a requirement by it
    ends here. Raises WrongState where nothing is recorded yet.
    """
    visit = _recorded(session, actor, application, Action.CONCLUDE_VISIT)
    visit.concluded_at = actor.at
    session.flush()
    evaluations.settle(session, actor, application, Action.CONCLUDE_VISIT)


def _check(
    actor: Actor, application: Application, visited_on: date, team: Sequence[Person], met: Sequence[Person]
) -> None:
    submitted = application.filing.submitted_at or application.submitted_at
    if visited_on > actor.at.astimezone(SHANGHAI).date():
        raise Invalid("day_in_future", field="visited_on")
    if submitted is not None and visited_on < submitted.astimezone(SHANGHAI).date():
        raise Invalid("day_before_submission", field="visited_on", day=submitted.astimezone(SHANGHAI).date())
    for field, people, least, most in (("team", team, 1, MOST_TEAM), ("met", met, 0, MOST_MET)):
        if not least <= len(people) <= most:
            raise Invalid("people_outside", field=field, least=least, most=most, count=len(people))


def _recorded(session: Session, actor: Actor, application: Application, action: Action) -> SiteVisit:
    _waiting(session, actor, application, action)
    visit = visits.here(session, application)
    if visit is None:
        raise WrongState("visit_not_recorded")
    return visit


def _standing(visit: SiteVisit) -> list[VisitPhoto]:
    return [photo for photo in visit.photos if photo.removed_at is None]


def _waiting(session: Session, actor: Actor, application: Application, action: Action) -> None:
    policy.require(actor, action, facts.of_application(session, application))
    if application.kind is not Kind.SITE_VISIT or application.status is not Status.WAITING:
        raise WrongState("moved_on", action=action, kind=application.kind, status=application.status)


def _note(
    session: Session,
    actor: Actor,
    application: Application,
    action: str,
    visit: SiteVisit,
    payload: Mapping[str, object],
    *,
    personal: Mapping[str, str] | None = None,
) -> None:
    events.record(
        session,
        actor,
        action,
        "site_visit",
        visit.id,
        programme_id=facts.programme_of(session, application),
        application=application,
        payload=payload,
        personal=personal,
    )
