"""The override table of the working days, kept in step with its file, and what deadlines make of it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import workdays
from registry.domain.calendar import load_calendar
from registry.domain.policy import Actor
from registry.models import CalendarDay, Correction
from registry.services import events


def sync(session: Session, actor: Actor, content: str) -> None:
    """Bring the table in step with the text of its file: days that it no longer has are taken away.

    Deadlines that are set already stay as they are. Raises CriteriaFaulty with all that is wrong with the file.
    """
    wanted = {
        day.date: {"worked": day.worked, "source": day.source, "note": day.note.zh, "note_en": day.note.en}
        for day in load_calendar(content, source="calendar")
    }
    known = {row.day: row for row in session.scalars(select(CalendarDay))}
    changed = []
    for day, values in sorted(wanted.items()):
        row = known.get(day)
        if row is None:
            session.add(CalendarDay(day=day, **values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
        else:
            continue
        changed.append(day)
    gone = sorted(known.keys() - wanted.keys())
    for day in gone:
        session.delete(known[day])
    if changed or gone:
        session.flush()
        payload = {
            "worked": [day.isoformat() for day in changed if wanted[day]["worked"]],
            "off": [day.isoformat() for day in changed if not wanted[day]["worked"]],
            "removed": [day.isoformat() for day in gone],
        }
        events.record(session, actor, "sync_calendar", "calendar", "", payload=payload)


def overrides(session: Session) -> dict[date, bool]:
    """Return whether the days of the override table are worked."""
    rows = session.execute(select(CalendarDay.day, CalendarDay.worked))
    return {row.day: row.worked for row in rows}


def deadline(session: Session, start: datetime, working_days: int, *, count_start: bool) -> datetime:
    """Return the first instant that is too late, by the library and the override table."""
    return workdays.deadline(start, working_days, count_start, overrides(session))


def unannounced(session: Session, start: datetime, end: datetime) -> int | None:
    """Return the year still to be announced that a deadline rests on, or None."""
    return workdays.unannounced(start, end, overrides(session))


def of_correction(session: Session, correction: Correction | None) -> int | None:
    """Return the year still to be announced that the date of an open correction rests on, or None."""
    if correction is None or correction.closed_at is not None:
        return None
    return unannounced(session, correction.returned_at, correction.due_at)
