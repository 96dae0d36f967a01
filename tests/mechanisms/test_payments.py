"""Payments that fail: who is lost, who is recovered, and what a history with failed payments still says."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.engines.anchoring import find_reference
from cxsim.engines.outcome import Outcome
from cxsim.errors import CxsimError
from cxsim.journal.tallies import COUNTERS, MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import C_PAYMENT_RECOVERY, EXIT_PAYMENT_FAILED, PAYMENT_FAILED, PAYMENT_RECOVERED
from cxsim.settings.schema import Config
from cxsim.theory.sbg import survival
from lived_worlds import judge, live, live_many, plan, spec, total, world
from still_worlds import assert_same_but, owners, said

LAWS = ((0.668, 3.806), (0.704, 1.182))
MONTHS = (1, 4, 6)


def paying(*overrides: str, **changes: object) -> Config:
    """Subscribers who renew every 30 days and leave as their law says, for half a year."""
    return owners("market.renewal_days=30", "n_customers=5000", "horizon_days=182", *overrides, **changes)


def _kept(outcome: Outcome) -> np.ndarray:
    c = outcome.customers
    return np.array([[(c["left"] > n * 30 * DAY)[c["segment"] == s].mean() for n in MONTHS] for s in range(2)])


def test_survival_is_that_of_the_law_times_the_payments_that_succeed() -> None:
    """S(n) = S_sBG(n) (1 - p (1 - r))^n."""
    p, recovered = 0.1, 0.4
    config = paying(payment__p_failure=p, payment__p_recovered=recovered)
    found = np.stack(live_many(plan(config, log=False), 8, _kept))
    for s, law in enumerate(LAWS):
        for k, n in enumerate(MONTHS):
            judge(found[:, s, k], survival(n, *law) * (1 - p * (1 - recovered)) ** n, within=0.03)


def test_shares_that_fail_and_are_recovered_are_as_stated_and_each_attempt_is_paid() -> None:
    p, recovered, cost = 0.1, 0.4, 0.3
    config = paying(payment__p_failure=p, payment__p_recovered=recovered, payment__recovery_cost=cost)

    def shares(outcome: Outcome) -> tuple[float, float]:
        failed, back = total(outcome, "payments_failed"), total(outcome, "payments_recovered")
        booked = outcome.ledger.sum(axis=(0, 1, 2, 3))[C_PAYMENT_RECOVERY]
        assert booked.tolist() == [failed, failed * round(cost * MONEY)]
        assert total(outcome, "left_by_payment") == failed - back
        # First payments are made as he subscribes: those of renewals alone can fail.
        renewals = total(outcome, "purchases") + failed - back
        return failed / renewals, back / failed

    found = np.array(live_many(plan(config, log=False), 8, shares))
    judge(found[:, 0], p, within=0.03)
    judge(found[:, 1], recovered, within=0.05)


def test_better_recovery_loses_nobody_whom_worse_recovery_kept() -> None:
    low = live(plan(paying(payment__p_failure=0.2, payment__p_recovered=0.3)))
    high = live(plan(paying(payment__p_failure=0.2, payment__p_recovered=0.8)))
    lost = [set(said(o, EXIT_PAYMENT_FAILED)["customer"]) for o in (low, high)]
    assert lost[1] < lost[0] and len(lost[1]) < 0.5 * len(lost[0])
    log = said(high, PAYMENT_FAILED, PAYMENT_RECOVERED, EXIT_PAYMENT_FAILED)["word"]
    first = np.flatnonzero(log == PAYMENT_FAILED)
    assert np.isin(log[first + 1], (PAYMENT_RECOVERED, EXIT_PAYMENT_FAILED)).all()


def test_recovered_payments_change_nothing_but_what_recovery_costs() -> None:
    one = live(plan(paying()))
    other = live(plan(paying(payment__p_failure=0.2, payment__p_recovered=1.0, payment__recovery_cost=0.5)))
    assert total(other, "payments_recovered") > 100
    assert_same_but(one, other, words=(PAYMENT_FAILED, PAYMENT_RECOVERED),
                    counters=("payments_failed", "payments_recovered"), categories=(C_PAYMENT_RECOVERY,),
                    fields=("margin", "margin_discounted", "residual"))


def test_where_no_payment_fails_recovery_changes_nothing() -> None:
    config = paying()
    part = spec("cards", {"payment.p_recovered": 0.9, "payment.recovery_cost": 2.0})
    assert_same_but(live(plan(config)), live(plan(config, [part])))


def test_a_history_that_holds_failed_payments_is_kept() -> None:
    """With payments failing the baseline loses as many as its law says, and fewer of them by choice."""
    config = world("market=subscription", "satisfaction=none", "upsell=none", "referral=none",
                   "payment.p_failure=0.03", "n_customers=2000", "horizon_days=240", "reference.customers=20000")
    reference = find_reference(config)
    assert all(row["passed"] for row in reference.check)

    def ends(outcome: Outcome) -> tuple[int, int, int]:
        return tuple(outcome.tally[:-1, :-1, COUNTERS.index(name)].sum()
                     for name in ("end", "exits", "left_by_payment"))

    with_failures = np.array(live_many(plan(config, (), reference, log=False), 8, ends), float)
    plain = world("market=subscription", "satisfaction=none", "upsell=none", "referral=none", "payment=none",
                  "n_customers=2000", "horizon_days=240")
    without = np.array(live_many(plan(plain, log=False), 8, ends), float)
    judge(with_failures[:, 0] / without[:, 0], 1.0, within=0.02)
    judge(with_failures[:, 1] / without[:, 1], 1.0, within=0.06)
    share = with_failures[:, 2].sum() / with_failures[:, 1].sum()
    assert 0.1 < share < 0.5 and without[:, 2].sum() == 0


def test_a_history_with_no_room_for_failed_payments_is_refused() -> None:
    config = world("market=subscription", "payment.p_failure=0.5", "payment.p_recovered=0.5", "n_customers=100")
    with pytest.raises(CxsimError, match=r"payment.p_failure=0.5: with payment.p_recovered=0.5 failed payments "
                                         r"alone end 25.00% of subscriptions at each renewal"):
        find_reference(config)


@pytest.mark.parametrize(("overrides", "told"), [
    (("payment.p_failure=0.1",), "payment.p_failure=0.1: must be 0 here, because only a subscription"),
    (("market=subscription", "payment.p_failure=1"), "payment.p_failure=1: must be"),
    (("market=contact_centre", "payment.p_recovered=0.5"), "a contact centre has anonymous contacts"),
])
def test_impossible_payments_are_refused(overrides: tuple[str, ...], told: str) -> None:
    with pytest.raises(CxsimError) as refused:
        world(*overrides)
    assert told in str(refused.value)
