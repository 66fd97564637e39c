"""The chain of events: whatever is done to it is found, and where."""

import random
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from registry.domain.chain import GENESIS, Break, Link, breaks, canonical, digest_of, digest_of_link, salted

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LENGTH = 12
# Another value for each column of an event.
OTHERS = {
    "seq": 99,
    "at": NOON - timedelta(microseconds=1),
    "clock_moved": True,
    "actor_id": None,
    "role": "approver",
    "action": "select",
    "subject": "award",
    "subject_id": "8",
    "programme_id": 4,
    "application_id": None,
    "before": None,
    "after": "scoring.waiting",
    "payload_digest": digest_of({"note": "nothing"}),
    "previous": "f" * 64,
}


def chain(length=LENGTH):
    """Rows of a sound chain, and its head."""
    rows, previous = [], GENESIS
    for seq in range(1, length + 1):
        payload = {"note": f"step {seq}"}
        link = Link(
            seq=seq,
            at=NOON + timedelta(minutes=seq),
            clock_moved=False,
            actor_id=5,
            role="officer",
            action="accept",
            subject="application",
            subject_id="7",
            programme_id=3,
            application_id=7,
            before="screening.waiting",
            after="review.waiting",
            payload_digest=digest_of(payload),
            previous=previous,
        )
        previous = digest_of_link(link)
        rows.append((link, payload, previous))
    return rows, (length, previous)


def rehashed(rows, start):
    """The same rows with every digest from a place on worked out again, as a forger would."""
    found = rows[:start]
    for link, payload, _digest in rows[start:]:
        previous = found[-1][2] if found else GENESIS
        link = replace(link, seq=len(found) + 1, previous=previous, payload_digest=digest_of(payload))
        found.append((link, payload, digest_of_link(link)))
    return found


def test_a_sound_chain_has_no_breaks():
    assert breaks(*chain()) == []
    assert breaks([], (0, GENESIS)) == []


@pytest.mark.parametrize("place", [0, 5, LENGTH - 1])
@pytest.mark.parametrize("column", [field.name for field in fields(Link)])
def test_an_edit_of_any_column_is_found_where_it_is(column, place):
    rows, head = chain()
    link, payload, digest = rows[place]
    rows[place] = (replace(link, **{column: OTHERS[column]}), payload, digest)
    found = breaks(rows, head)
    changed = 99 if column == "seq" else place + 1
    assert Break(changed, "event_changed") in found
    assert min(found, key=lambda item: item.seq).seq == place + 1


def test_an_edited_payload_is_found():
    rows, head = chain()
    rows[3] = (rows[3][0], {"note": "step 5"}, rows[3][2])
    assert breaks(rows, head) == [Break(4, "payload_changed")]


def test_an_edited_digest_is_found():
    rows, head = chain()
    rows[3] = (*rows[3][:2], "e" * 64)
    assert breaks(rows, head) == [Break(4, "event_changed"), Break(5, "event_not_linked")]


def test_a_deleted_event_is_found():
    rows, head = chain()
    del rows[3]
    assert breaks(rows, head) == [Break(4, "event_missing"), Break(5, "event_not_linked")]


def test_a_deleted_first_event_is_found():
    rows, head = chain()
    del rows[0]
    assert breaks(rows, head) == [Break(1, "event_missing"), Break(2, "event_not_linked")]


def test_an_inserted_event_is_found():
    rows, head = chain()
    rows.insert(3, rows[3])
    # The copy stands where the fifth should, is not linked to its twin, and the fifth comes as expected after it.
    assert breaks(rows, head) == [Break(5, "event_missing"), Break(4, "event_not_linked")]


def test_swapped_events_are_found():
    rows, head = chain()
    rows[3], rows[4] = rows[4], rows[3]
    assert breaks(rows, head)[0] == Break(4, "event_missing")


def test_events_whose_contents_were_swapped_are_found():
    rows, head = chain()
    first, second = rows[3], rows[4]
    rows[3] = (replace(second[0], seq=4, previous=first[0].previous), second[1], first[2])
    rows[4] = (replace(first[0], seq=5, previous=second[0].previous), first[1], second[2])
    assert breaks(rows, head) == [Break(4, "event_changed"), Break(5, "event_changed")]


def test_a_cut_off_end_is_found():
    rows, head = chain()
    assert breaks(rows[:-2], head) == [Break(LENGTH - 1, "chain_cut_short")]
    assert breaks([], head) == [Break(1, "chain_cut_short")]


def test_a_tail_that_was_worked_out_again_does_not_meet_the_head():
    rows, head = chain()
    link, _payload, digest = rows[6]
    rows[6] = (link, {"note": "forged"}, digest)
    assert breaks(rehashed(rows, 6), head) == [Break(LENGTH + 1, "chain_cut_short")]


def test_an_added_end_does_not_meet_the_head():
    rows, _head = chain()
    _rows, head = chain(LENGTH - 1)
    assert breaks(rows, head) == [Break(LENGTH + 1, "chain_cut_short")]


def tampered(rows, chance):
    """One random act on a chain."""
    rows = list(rows)
    place, other = chance.sample(range(len(rows)), 2)
    link, payload, digest = rows[place]
    match chance.choice(("edit", "payload", "delete", "insert", "swap", "shuffle", "cut", "rehash", "rehash_deletion")):
        case "edit":
            column = chance.choice(list(OTHERS))
            rows[place] = (replace(link, **{column: OTHERS[column]}), payload, digest)
        case "payload":
            rows[place] = (link, {"note": "forged"}, digest)
        case "delete":
            del rows[place]
        case "insert":
            rows.insert(other, rows[place])
        case "swap":
            rows[place], rows[other] = rows[other], rows[place]
        case "shuffle":
            rows = rows[1:] + rows[:1]
        case "cut":
            rows = rows[:place]
        case "rehash":
            rows[place] = (replace(link, action="forged"), payload, digest)
            rows = rehashed(rows, place)
        case "rehash_deletion":
            del rows[place]
            rows = rehashed(rows, place)
    return rows


def test_a_thousand_random_forgeries_are_all_found():
    chance = random.Random(20260302)  # noqa: S311
    rows, head = chain()
    unnoticed = [number for number in range(1000) if not breaks(tampered(rows, chance), head)]
    assert unnoticed == []


def test_the_canonical_text_does_not_depend_on_order_zone_or_spelling():
    beijing = timezone(timedelta(hours=8))
    one = {"b": Decimal("1.50"), "a": [NOON, "水"]}
    other = {"a": [NOON.astimezone(beijing), "水"], "b": Decimal("1.50")}
    assert canonical(one) == canonical(other)
    assert canonical(one).decode() == '{"a":["2026-03-02T04:00:00.000000+00:00","水"],"b":"1.50"}'


def test_what_has_no_canonical_text_is_refused():
    with pytest.raises(TypeError, match="object has no canonical text"):
        canonical(object())


def test_known_digests():
    # As given by `printf '{}' | sha256sum` and `printf 'salt:a@b.cn' | sha256sum`.
    assert digest_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert salted("a@b.cn", "salt") == "9a3a8939c01fa4e084aab0fdb38c0be6edc0abdd51df651e7a074720f9d7f2f4"
