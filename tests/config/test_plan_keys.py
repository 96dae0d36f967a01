"""Mistakes in the keys of ``cxsim plan``: one sentence each, about the key as it is typed."""

from __future__ import annotations

import pytest

from cxsim.config.loading import load_request
from cxsim.errors import CxsimError

CENTRE = ["plan.mode=simulated", "market=contact_centre"]


@pytest.mark.parametrize(("words", "told"), [
    (["plan=calendar", "plan.calendar.cash=-5"], "plan.calendar.cash=-5: must be at least 0, or a list of such"),
    (["plan=calendar", "plan.calendar.cash=[1,-5]"], "plan.calendar.cash.1=-5: must be at least 0"),
    (["plan=calendar", "plan.calendar.cash=abc"],
     "plan.calendar.cash=abc: must be a number, at least 0, or a list of such"),
    ([*CENTRE, "n_customers=400"], "a contact centre has no customers to acquire; choose another market"),
    ([*CENTRE, "acquisition=media"], "a contact centre has no customers to acquire; choose another market"),
])
def test_each_mistake_is_told_by_its_key_and_no_other(words: list[str], told: str) -> None:
    with pytest.raises(CxsimError) as refused:
        load_request("plan", words)
    assert told in str(refused.value) and "more to mend" not in str(refused.value)


def test_two_wrong_keys_of_several_kinds_count_as_two() -> None:
    with pytest.raises(CxsimError, match=r"\(and 1 more to mend after it\)"):
        load_request("plan", ["plan=calendar", "plan.calendar.cash=-5", "plan.calendar.prospects=-1"])
