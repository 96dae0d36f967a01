"""Who comes: Poisson streams of the stated rates, split over channels by the stated shares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY, HOUR
from cxsim.journal.words import CHOICE_CHANNEL, NEED_NOTICED, ORGANIC, PAID, QUEUE_JOINED
from cxsim.settings.schema import Config
from lived_worlds import NEUTRAL, changed, judge, live_many, plan, world

# By Blattberg & Deighton's curve: with anchor 4 of ceiling 10 at a spend of 8, a spend of 16 wins 6.4.
MEDIA = {"spend_per_day": 16, "anchor_spend_per_day": 8, "anchor_entrants_per_day": 4,
         "ceiling_entrants_per_day": 10}
PAID_PER_DAY = 10.0 * (1.0 - 0.6**2)
ORGANIC_PER_DAY = 12.0 - PAID_PER_DAY
DAYS = 120


def _open_door(layer_rate: float = 5.0, **media: float) -> Config:
    keys = [f"acquisition.media.{name}={value}" for name, value in (MEDIA | media).items()]
    return world("satisfaction=none", "upsell=none", "referral=none", "population=new", "n_customers=1000",
                 f"horizon_days={DAYS}", "market.entrants_per_day=12", f"market.layer_rate_per_day={layer_rate}",
                 "segments.shoppers.purchase.r=0.01", *keys)


def _entries(outcome: Outcome) -> list[np.ndarray]:
    c = outcome.customers
    return [np.sort(c["entry"][c["source"] == source]) for source in (ORGANIC, PAID)]


@pytest.fixture(scope="module", params=[5.0, 0.7, 50.0], ids=lambda rate: f"layers of {rate:g} a day")
def entries(request: pytest.FixtureRequest) -> list[list[np.ndarray]]:
    """Ticks at which organic and paid newcomers entered, by replication."""
    return live_many(plan(_open_door(request.param), log=False), 24, _entries)


def test_arrivals_have_the_stated_rates(entries) -> None:
    judge([len(organic) for organic, _ in entries], ORGANIC_PER_DAY * DAYS, within=0.02)
    judge([len(paid) for _, paid in entries], PAID_PER_DAY * DAYS, within=0.02)


@pytest.mark.parametrize("source", [0, 1], ids=["organic", "paid"])
def test_arrivals_are_poisson(entries, source: int) -> None:
    """Daily counts have their mean as variance, and gaps are exponential."""
    rate = (ORGANIC_PER_DAY, PAID_PER_DAY)[source]
    days = np.concatenate([np.bincount(e[source] // DAY, minlength=DAYS) for e in entries])
    dispersion = ((days - rate) ** 2 / rate).sum()
    assert abs(dispersion - len(days)) < 4 * np.sqrt(len(days) * (2 + 1 / rate))
    gaps = np.concatenate([np.diff(e[source]) for e in entries]) / DAY
    assert stats.kstest(gaps, "expon", args=(0, 1 / rate)).pvalue > 1e-3
    within_day = np.concatenate([e[source] % DAY for e in entries]) / DAY
    assert stats.kstest(within_day, "uniform").pvalue > 1e-3


def test_organic_and_paid_newcomers_are_independent(entries) -> None:
    days = np.array([[np.bincount(e % DAY // HOUR + 24 * (e // DAY), minlength=24 * DAYS) for e in pair]
                     for pair in entries])
    organic, paid = days[:, 0].ravel(), days[:, 1].ravel()
    assert abs(np.corrcoef(organic, paid)[0, 1]) < 4 / np.sqrt(len(organic))


def test_thinning_splits_into_independent_poisson_streams() -> None:
    """Those whom a higher spend adds are a Poisson stream apart from those who came anyway."""
    low, high = plan(_open_door(spend_per_day=8), log=False), plan(_open_door(), log=False)

    def ids(outcome: Outcome) -> dict[int, int]:
        c = outcome.customers[outcome.customers["source"] == PAID]
        return dict(zip(c["id"].tolist(), c["entry"].tolist(), strict=True))

    few, many = live_many(low, 24, ids), live_many(high, 24, ids)
    old, new = [], []
    for less, more in zip(few, many, strict=True):
        assert less.items() <= more.items(), "more media removed or moved somebody"
        old.append(np.bincount(np.array(list(less.values())) // DAY, minlength=DAYS))
        extra = [entry for who, entry in more.items() if who not in less]
        new.append(np.bincount(np.array(extra) // DAY, minlength=DAYS))
    judge([n.sum() for n in old], 4.0 * DAYS, within=0.03)
    judge([n.sum() for n in new], (PAID_PER_DAY - 4.0) * DAYS, within=0.04)
    olds, news = np.concatenate(old), np.concatenate(new)
    assert abs(np.corrcoef(olds, news)[0, 1]) < 4 / np.sqrt(len(olds))
    rate = PAID_PER_DAY - 4.0
    assert abs(((news - rate) ** 2 / rate).sum() - len(news)) < 4 * np.sqrt(len(news) * (2 + 1 / rate))


def test_contacts_of_a_centre_are_poisson() -> None:
    config = world("market=contact_centre", "horizon_days=20", "channels.phone.contacts_per_hour=40",
                   "channels.phone.employees=20")
    by_hour = np.concatenate(live_many(plan(config), 6, lambda o: np.bincount(
        o.events["tick"][o.events["word"] == QUEUE_JOINED] // HOUR, minlength=480)))
    judge(by_hour.reshape(6, -1).mean(axis=1), 40.0, within=0.02)
    dispersion = ((by_hour - 40.0) ** 2 / 40.0).sum()
    assert abs(dispersion - len(by_hour)) < 4 * np.sqrt(len(by_hour) * (2 + 1 / 40))


def _first_choices(outcome: Outcome) -> np.ndarray:
    """Channels chosen first in each journey, counted."""
    log = outcome.events[np.lexsort((outcome.events["sequence"], outcome.events["customer"]))]
    first = np.flatnonzero(log["word"] == NEED_NOTICED) + 1
    first = first[first < len(log)]
    first = first[log["word"][first] == CHOICE_CHANNEL]
    return np.bincount(log["channel"][first], minlength=len(outcome.channels))


@pytest.mark.parametrize("shares", [(0.5, 0.25, 0.25, 0.0), (3.0, 1.0, 0.5, 0.5), (0.0, 0.02, 0.98, 0.0)])
def test_channels_are_chosen_by_their_shares(shares: tuple[float, ...]) -> None:
    """With waits and efforts of no weight, choices are multinomial in the shares."""
    names = ("web", "app", "phone", "chat")
    keys = [f"channels.{name}.share={share}" for name, share in zip(names, shares, strict=True)]
    config = world(*NEUTRAL, "choice=fixed_shares", "population=new", "n_customers=20000", "horizon_days=60",
                   "channels.chat.employees=2", *keys)
    counts = np.sum(live_many(plan(config), 4, _first_choices), axis=0)
    expected = counts.sum() * np.array(shares) / sum(shares)
    assert counts.sum() > 15_000 and (counts[expected == 0] == 0).all()
    offered = expected > 0
    assert stats.chisquare(counts[offered], expected[offered]).pvalue > 1e-3


def test_channels_are_chosen_by_logit_of_their_effort() -> None:
    """Guadagni & Little (1983): odds are share times exp(-weight x minutes)."""
    config = world(*NEUTRAL, "choice=fixed_shares", "choice.effort_weight_per_minute=0.2", "population=new",
                   "n_customers=20000", "horizon_days=60", "channels.phone.share=0")
    counts = np.sum(live_many(plan(config), 4, _first_choices), axis=0)[:2]
    weights = np.array([0.5 * np.exp(-0.2 * 8), 0.25 * np.exp(-0.2 * 5)])
    assert stats.chisquare(counts, counts.sum() * weights / weights.sum()).pvalue > 1e-3


def test_hours_of_contact_follow_the_profile_of_the_channel() -> None:
    config = world(*NEUTRAL, "choice=fixed_shares", "population=new", "n_customers=20000", "horizon_days=60",
                   "channels.web.share=0", "channels.app.share=0", "channels.phone.employees=500")
    config = changed(config, channels__phone__open_hour=8, channels__phone__close_hour=20)
    hours = np.sum(live_many(plan(config), 3, lambda o: np.bincount(
        o.events["tick"][o.events["word"] == QUEUE_JOINED] % DAY // HOUR, minlength=24)), axis=0)
    profile = np.zeros(24)
    profile[8:20] = config.channels["phone"].hourly_weights[8:20]
    assert (hours[profile == 0] == 0).all() and hours.sum() > 10_000
    inside = profile > 0
    # A need of the first half hour of a run has no yesterday; the profile holds from the first day.
    assert stats.chisquare(hours[inside], hours.sum() * profile[inside] / profile.sum()).pvalue > 1e-3
