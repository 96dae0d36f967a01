"""The owner's journeys: how many, of how many contacts, and what is lost between channels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.behaviour.state import BY_HANDOFF, CAUSES
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import (
    CHOICE_CHANNEL, HANDOFF_KEPT, HANDOFF_LOST, JUDGE, NEED_NOTICED, ORDER_PAID, SERVICE_RESOLVED,
    SERVICE_UNRESOLVED)
from lived_worlds import changed, judge, live, live_many, plan, spec, total, world
from still_worlds import PHONE_ONLY, RENEWERS, assert_same_but, needing_help, owners, said, touchpoint

SMALL = ("n_customers=300", "horizon_days=365")
TWO_WEBS = ("channels.web.share=0.5", "channels.app.share=0.5")
KINDS = ("upgrade", "move")
SECOND = 0.99  # chance of a second contact where all but all journeys have one


def _key(kind: str) -> str:
    return f"journeys__{kind}__needs_per_year"


@pytest.mark.parametrize("kind", KINDS)
def test_needs_of_a_kind_are_a_poisson_process_of_its_rate(kind: str) -> None:
    config = owners("n_customers=1500", "horizon_days=365", **{_key(kind): 4.0})

    def counts(outcome: Outcome) -> np.ndarray:
        people = np.sort(outcome.customers["id"])
        needs = said(outcome, NEED_NOTICED)
        return np.bincount(np.searchsorted(people, needs["customer"]), minlength=len(people))

    found = np.stack(live_many(plan(config), 8, counts))
    judge(found.mean(axis=1), 4.0, within=0.02)
    judge(found.var(axis=1, ddof=1), 4.0, within=0.1)


def test_kinds_and_the_clock_add_up() -> None:
    config = owners("n_customers=2000", "horizon_days=365", *needing_help(3.0),
                    **{_key("move"): 2.0, _key("upgrade"): 1.0})
    judge(live_many(plan(config, log=False), 8, lambda o: total(o, "needs") / 2000), 6.0, within=0.01)


def test_one_kind_more_moves_no_need_of_another_kind_and_nobody_without_it() -> None:
    config = owners(*SMALL, *needing_help(3.0), **{_key("upgrade"): 1.0})
    part = spec("moving", {"journeys.move.needs_per_year": 0.5})
    one, other = live(plan(config)), live(plan(config, [part]))
    before, after = (set(zip(log["customer"].tolist(), log["need_tick"].tolist(), strict=True))
                     for log in (said(o, NEED_NOTICED) for o in (one, other)))
    # Where a clock is read more often, a tick may be rounded.
    assert all(any((who, tick + k) in after for k in range(-2, 3)) for who, tick in before)
    assert 100 < len(after) - len(before) < 220
    movers = {who for who, _ in after - before}
    still = [o.events[~np.isin(o.events["customer"], list(movers))] for o in (one, other)]
    assert still[0].tobytes() == still[1].tobytes() and len(still[0]) > 5000


def test_needs_of_a_kind_start_and_end_with_their_scenario_and_share_its_stream() -> None:
    config = owners(*SMALL)
    change = {"journeys.move.needs_per_year": 6.0}
    parts = [spec("moving", change, start_day=100, ramp_days=60, end_day=250), spec("moving", change)]
    some, whole = (said(live(plan(config, [part])), NEED_NOTICED)["need_tick"] for part in parts)
    assert set(some.tolist()) < set(whole.tolist())
    assert some.min() >= 100 * DAY and some.max() < 250 * DAY
    theory = 300 * 6 / 365 * (60 / 2 + 90)
    assert abs(len(some) - theory) < 4 * math.sqrt(theory + 300 * (6 / 365) ** 2 * 60**2 / 12)


@pytest.mark.parametrize("support", [0.0, 3.0], ids=["nothing else", "other needs too"])
def test_share_of_renewals_with_a_contact_is_as_stated_whatever_else_is_needed(support: float) -> None:
    share, periods = 0.5, 12
    keys = ("n_customers=1500", f"horizon_days={periods * 30 + 10}")
    config = owners(*RENEWERS, *keys, *needing_help(support), journeys__renew__share_of_renewals=share)
    # The clock's own needs are the same with and without; the thirteenth renewal's notice is past the horizon.
    without = changed(config, journeys__renew__share_of_renewals=0.0)
    found = np.array(live_many(plan(config, log=False), 6, lambda o: total(o, "needs")))
    own = np.array(live_many(plan(without, log=False), 6, lambda o: total(o, "needs")))
    judge((found - own) / (1500 * periods), share, within=0.02)


def test_contact_about_a_renewal_comes_on_its_notice_day() -> None:
    config = owners(*RENEWERS, *SMALL, journeys__renew__share_of_renewals=1.0, journeys__renew__notice_days=10.0)
    outcome = live(plan(config))
    needs = said(outcome, NEED_NOTICED)
    assert len(needs) == 300 * 12
    assert set((needs["need_tick"] % (30 * DAY)).tolist()) == {20 * DAY}
    assert set((said(outcome, ORDER_PAID)["tick"] % (30 * DAY)).tolist()) == {0}


def _contacts(outcome: Outcome) -> np.ndarray:
    """Answered contacts of each journey that was judged."""
    log = said(outcome, SERVICE_RESOLVED, SERVICE_UNRESOLVED, JUDGE)
    keys = np.stack([log["customer"], log["journey"]], axis=1)
    _, which = np.unique(keys, axis=0, return_inverse=True)
    done = np.bincount(which, log["word"] == JUDGE) > 0
    return np.bincount(which, log["word"] != JUDGE)[done]


@pytest.mark.parametrize("p", [0.4, 0.8])
def test_contacts_of_a_journey_are_geometric(p: float) -> None:
    config = owners("n_customers=1500", "horizon_days=730", *needing_help(2.0), "channels.web.return_days=0.5",
                    channels__web__p_resolved=p)

    def figures(outcome: Outcome) -> tuple[float, float, float]:
        n = _contacts(outcome)
        assert total(outcome, "first_contacts") >= len(n)
        return n.mean(), (n == 1).mean(), (n > 2).mean()

    found = np.array(live_many(plan(config), 8, figures))
    judge(found[:, 0], 1 / p, within=0.02)
    judge(found[:, 1], p, within=0.03)
    judge(found[:, 2], (1 - p) ** 2, within=0.1)


def test_first_contact_resolution_and_failure_demand_follow_from_p_resolved() -> None:
    """First contacts resolved: p. Contacts because of failure: (1 - p) of all contacts."""
    p = 0.7
    config = owners("n_customers=1500", "horizon_days=730", *needing_help(2.0), channels__web__p_resolved=p)
    found = np.array(live_many(plan(config, log=False), 8, lambda o: [
        total(o, "first_resolved") / total(o, "first_contacts"),
        total(o, "failure_contacts") / total(o, "contacts_made")]))
    judge(found[:, 0], p, within=0.01)
    judge(found[:, 1], 1 - p, within=0.03)


def test_touchpoints_lift_resolution_on_the_logit() -> None:
    p, gain, reach = 0.6, 1.0, 0.5
    lifted = 1 / (1 + math.exp(-(math.log(p / (1 - p)) + gain)))
    config = owners("n_customers=3000", "horizon_days=730", *needing_help(2.0), channels__web__p_resolved=p,
                    touchpoints=touchpoint(reach=reach, resolution=gain))
    found = live_many(plan(config, log=False), 8,
                      lambda o: total(o, "first_resolved") / total(o, "first_contacts"))
    judge(found, reach * lifted + (1 - reach) * p, within=0.015)


@pytest.mark.parametrize(("p", "further"), [(1.0, 0.3), (0.6, 0.5)])
def test_a_further_contact_doubles_the_share_of_journeys_that_need_one(p: float, further: float) -> None:
    """Contacts a journey: (1 + further) / p, each stage geometric on its own."""
    config = owners("n_customers=1500", "horizon_days=730", *needing_help(2.0), channels__web__p_resolved=p,
                    journeys__troubleshoot__p_further_contact=further)
    found = live_many(plan(config), 8, lambda o: _contacts(o).mean())
    judge(found, (1 + further) / p, within=0.02)


def test_a_further_contact_belongs_to_its_kind() -> None:
    config = owners(*SMALL, *needing_help(3.0), journeys__move__p_further_contact=0.9)
    one, other = live(plan(config)), live(plan(changed(config, journeys__move__p_further_contact=0.0)))
    assert_same_but(one, other)
    assert total(one, "contacts_made") == total(one, "needs") > 500


def fragmented(*overrides: str, integration: float = 0.3, **changes: object):
    """Two equal web channels between which journeys of two contacts wander."""
    return owners(*TWO_WEBS, "channels.app.session_minutes=8", *needing_help(4.0), "perception=none",
                  "perception.quality_weight=1", "perception.weights.failure=0", *overrides,
                  journeys__troubleshoot__p_further_contact=SECOND, handoff__integration=integration, **changes)


def test_half_the_second_contacts_are_handed_off_and_context_is_lost_as_stated() -> None:
    config = fragmented("n_customers=1500", "horizon_days=365")
    found = np.array(live_many(plan(config, log=False), 8, lambda o: [
        total(o, "handoffs") / (total(o, "contacts_made") - total(o, "first_contacts")),
        total(o, "contexts_lost") / total(o, "handoffs")]))
    judge(found[:, 0], 0.5, within=0.02)
    judge(found[:, 1], 0.7, within=0.02)


def test_touchpoints_that_carry_context_lose_what_neither_keeps() -> None:
    """Kept with 1 - (1 - I)(1 - i) for those it reaches."""
    integration, carried, reach = 0.4, 0.5, 0.5
    config = fragmented("n_customers=2500", "horizon_days=365", integration=integration,
                        touchpoints=touchpoint(reach=reach, integration=carried))
    found = live_many(plan(config, log=False), 8, lambda o: total(o, "contexts_lost") / total(o, "handoffs"))
    judge(found, (1 - integration) * (1 - reach * carried), within=0.03)


def test_lost_context_costs_its_minutes_and_its_quality() -> None:
    minutes, weight = 6.0, 0.5
    config = fragmented("n_customers=1500", "horizon_days=365", handoff__repeat_minutes=minutes,
                        handoff__weight=weight)

    def figures(outcome: Outcome) -> tuple[float, int]:
        pains = int(outcome.pains[:, :, BY_HANDOFF, 0].sum())
        # Contacts under way at the horizon have lost context, and have not been felt yet.
        unfelt = total(outcome, "contexts_lost") - pains / 2**32 / weight
        assert 0 <= unfelt < 8 and outcome.pains[..., 1].sum() == 0
        assert outcome.pains.sum() == pains and len(CAUSES) == outcome.pains.shape[2]
        return total(outcome, "effort_ticks") / MINUTE / total(outcome, "judged"), 0

    effort = [value for value, _ in live_many(plan(config, log=False), 8, figures)]
    judge(effort, 8.0 + SECOND * (8.0 + 0.5 * 0.7 * minutes), within=0.02)


def _quality_by_reach(outcome: Outcome) -> tuple[float, float]:
    """Mean perceived quality of judged journeys on one channel, and on two."""
    log = said(outcome, CHOICE_CHANNEL, JUDGE)
    keys = np.stack([log["customer"], log["journey"]], axis=1)
    _, which = np.unique(keys, axis=0, return_inverse=True)
    chosen = log["word"] == CHOICE_CHANNEL
    channel = np.where(chosen, log["channel"], 0)
    n, first, square = (np.bincount(which, chosen * x) for x in (1.0, channel, channel**2))
    judged = np.zeros(len(n))
    quality = np.full(len(n), np.nan)
    judged[which[~chosen]], quality[which[~chosen]] = 1, log["quality"][~chosen]
    several = n * square > first**2
    done = (judged > 0) & (n == 2)
    return float(quality[done & ~several].mean()), float(quality[done & several].mean())


def test_a_journey_over_several_channels_is_worse_until_they_are_integrated() -> None:
    """Three episodes (two contacts and the solution), one of which loses w with chance 1 - I."""
    weight = 0.6
    for integration in (0.0, 0.5, 1.0):
        config = fragmented("n_customers=1000", "horizon_days=365", integration=integration,
                            handoff__weight=weight)
        found = np.array(live_many(plan(config), 6, _quality_by_reach))
        assert (found[:, 0] == 0.0).all()
        if integration == 1.0:
            assert (found[:, 1] == 0.0).all()
        else:
            judge(found[:, 1], -weight * (1 - integration) / 3, within=0.03)


def test_hand_offs_in_the_log_are_those_counted_and_come_with_another_channel() -> None:
    outcome = live(plan(fragmented(*SMALL)))
    words = outcome.events["word"]
    assert (words == HANDOFF_LOST).sum() == total(outcome, "contexts_lost") > 300
    assert np.isin(words, (HANDOFF_LOST, HANDOFF_KEPT)).sum() == total(outcome, "handoffs")
    single = live(plan(changed(fragmented(*SMALL), channels__app__share=0.0)))
    assert total(single, "handoffs") == 0 < total(single, "contacts_made")


def test_channel_weights_of_a_kind_move_its_requests_alone() -> None:
    """Share of a channel for a kind: s w / sum s w; a weight of 0 keeps the kind away."""
    base = owners(*TWO_WEBS, "n_customers=1500", "horizon_days=365", **{_key("move"): 4.0})
    for weight, theory in ((3.0, 0.75), (0.0, 0.0)):
        config = changed(base, journeys__move__channel_weights={"app": weight})
        found = live_many(plan(config), 6, lambda o: (said(o, CHOICE_CHANNEL)["channel"] == 1).mean())
        assert theory > 0 or found == [0.0] * 6
        if theory:
            judge(found, theory, within=0.02)
    helped = changed(base, **{_key("move"): 0.0}, segments__regular__support_needs_per_year=3.0)
    weighted = changed(helped, journeys__move__channel_weights={"app": 3.0})
    assert_same_but(live(plan(helped)), live(plan(weighted)))


NOTHING = {
    "no further contact": {"journeys.troubleshoot.further_days": 9.0},
    "everything is settled": {"channels.web.return_days": 9.0},
    "one channel has no hand-offs": {
        "handoff.integration": 0.0, "handoff.repeat_minutes": 9.0,
        "handoff.weight": {"value": 1.0, "low": 0.0, "high": 1.0}},
    "no move without needs": {"journeys.move.p_further_contact": 0.5, "journeys.move.response_days": 9.0},
    "notice of nothing": {"journeys.renew.notice_days": 3.0},
    "a weight of one": {"journeys.troubleshoot.channel_weights": {"web": 1.0}},
}


@pytest.mark.parametrize("name", NOTHING)
def test_neutral_values_leave_every_life_as_it_was(name: str) -> None:
    config = owners(*SMALL, *needing_help(4.0))
    assert_same_but(live(plan(config)), live(plan(config, [spec("idle", NOTHING[name])])))


def test_kept_context_costs_nothing() -> None:
    """Full integration: several channels, and whatever a loss would cost."""
    config = fragmented(*SMALL, integration=1.0)
    dear = changed(config, handoff__repeat_minutes=30.0, handoff__weight=1.0)
    assert_same_but(live(plan(config)), live(plan(dear)))


def test_unresolved_calls_return_to_the_telephone_as_well() -> None:
    """Failure demand at a desk: contacts answered a journey 1 / p, and as many minutes more."""
    p = 0.5
    keys = ("n_customers=1000", "horizon_days=365", *needing_help(3.0), *PHONE_ONLY,
            "channels.phone.employees=200", "channels.phone.return_days=0.5")
    found = live_many(plan(owners(*keys, channels__phone__p_resolved=p)), 6, lambda o: _contacts(o).mean())
    judge(found, 1 / p, within=0.03)
    assert world("market=subscription").channels["phone"].p_resolved < 1.0
