"""The table of acts and mistakes has no empty cell."""

import pytest

from tests.web.mistakes import (
    test_apply,
    test_decide,
    test_issue,
    test_notice,
    test_publish,
    test_recommend,
    test_review,
    test_revoke,
    test_screen,
)

ACTS = {
    "apply": test_apply,
    "recommend": test_recommend,
    "screen": test_screen,
    "review": test_review,
    "decide": test_decide,
    "notice": test_notice,
    "publish": test_publish,
    "issue": test_issue,
    "revoke": test_revoke,
}
MISTAKES = ("late", "twice", "two_tabs", "wrong_value", "without_right", "moved_on")


@pytest.mark.parametrize("act", ACTS)
def test_every_act_is_done_wrong_in_every_way(act):
    written = {name for name, thing in vars(ACTS[act]).items() if callable(thing)}
    assert {f"test_{act}_{mistake}" for mistake in MISTAKES} <= written


def test_there_are_fifty_four_cells():
    assert len(ACTS) * len(MISTAKES) == 54
