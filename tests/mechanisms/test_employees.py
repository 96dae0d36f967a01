"""The persons who serve: how they differ, learn, hurry, tire, leave, and what becomes the standard."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit, logit

from cxsim.behaviour.employees import (
    end_day,
    hire,
    practice_factor,
    service_quality,
    take_employee,
    time_given,
)
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import COUNTERS, FRACTION, MONEY
from cxsim.journal.ticks import DAY, HOUR, MINUTE
from cxsim.journal.words import (
    C_HIRING,
    C_STAFF,
    C_TRAINING,
    SERVICE_RESOLVED,
)
from lived_worlds import changed, judge, live, live_many, plan, total, world
from lone_worlds import (
    BY_PHONE,
    CALLS,
    NUMB,
    PHONE,
    alone,
    at_desk,
    run,
    said,
    services,
    shared,
    sized,
    standing_world,
    with_people,
)
from same_life import assert_same_life


# Persons.

def test_quality_and_speed_of_persons_are_standard_normal() -> None:
    blueprint = plan(alone(*BY_PHONE, "channels.phone.employees=150"))
    traits = [standing_world(blueprint, r)[1]["employees"][PHONE] for r in range(10)]
    for name in ("quality", "speed"):
        judge([np.mean(one[name] ** 2) for one in traits], 1.0, within=0.15)
        assert abs(np.concatenate([one[name] for one in traits]).mean()) < 4.0 / math.sqrt(1500)
    assert len({int(who) for one in traits for who in one["id"]}) == 1500


def test_spread_of_quality_shows_between_persons_and_never_within_one() -> None:
    """With nothing else felt, the quality of a contact is that of who served: one figure for each person."""
    config = alone(*BY_PHONE, *NUMB, "channels.phone.employees=6", "horizon_days=30")
    blueprint = plan(with_people(config, quality_sd=0.4))

    def figures(outcome: Outcome) -> np.ndarray:
        found = np.unique(said(outcome, SERVICE_RESOLVED)["quality"])
        assert len(found) == 6
        return found

    judge(live_many(blueprint, 40, lambda o: np.mean(figures(o) ** 2)), 0.4**2, within=0.25)
    ours = np.sort(0.4 * standing_world(blueprint)[1]["employees"][PHONE]["quality"])
    np.testing.assert_allclose(figures(live(blueprint)), ours, rtol=1e-12)


def test_speed_scales_the_time_of_each_person() -> None:
    world_now, arrays, c, _, person = at_desk(with_people(alone(*BY_PHONE), speed_sd=0.3))
    for number in range(3):
        c["employee"] = number
        speed = float(arrays["employees"][PHONE, number]["speed"])
        assert time_given(world_now, c, 0) == pytest.approx(math.exp(-0.3 * speed), rel=1e-13)
    c["employee"] = -1
    assert time_given(world_now, c, 0) == 1.0, "beyond the planned places an average person helps out"


def test_the_one_idle_longest_serves_so_light_load_goes_round() -> None:
    config = alone(*BY_PHONE, *NUMB, "channels.phone.employees=4", "channels.phone.handle_minutes=0.1")
    outcome = run(with_people(config, quality_sd=1.0))
    assert total(outcome, "waited") == 0
    served = said(outcome, SERVICE_RESOLVED)
    quality = served["quality"][np.argsort(served["tick"])]
    assert len(quality) > 3000 and len(set(quality[:4].tolist())) == 4
    np.testing.assert_array_equal(quality[4:], quality[:-4])


def test_free_person_idle_longest_is_taken_and_ties_go_to_the_lowest_number() -> None:
    world_now, arrays, c, team, _ = at_desk(alone(*BY_PHONE, "channels.phone.employees=4"))
    people = arrays["employees"][PHONE]
    team["on_duty"] = 4
    people["idle_since"] = [30, 10, 20, 10]
    taken = []
    for _ in range(5):
        take_employee(world_now, c)
        taken.append(int(c["employee"]))
    assert taken == [1, 3, 2, 0, -1] and team["busy"] == 5


# Practice and training.

def test_time_falls_with_contacts_served_by_the_power_law_until_experienced() -> None:
    config = alone(*BY_PHONE, "employees.experienced_after=200")
    world_now, _, c, _, person = at_desk(with_people(config, learning=0.3))
    assert time_given(world_now, c, 0) == 1.0, "who is there on day 0 is experienced"
    for n in (1, 10, 100, 199):
        person["n_served"] = n
        assert time_given(world_now, c, 0) == pytest.approx((n / 200.0) ** -0.3, rel=1e-13)
        assert practice_factor(n, 200.0, 0.3) == pytest.approx((n / 200.0) ** -0.3, rel=1e-13)
    person["n_served"] = 0
    assert time_given(world_now, c, 0) == pytest.approx(200.0**0.3, rel=1e-13), "the first contact as the second"


def test_rookies_take_the_time_of_their_contacts_so_far() -> None:
    """Whoever is not on a call leaves every night, so the n-th call of a day takes 4 (n / 20)^-l minutes."""
    config = with_people(world(*CALLS, "channels.phone.employees=1", "channels.phone.contacts_per_hour=1",
                           "employees.turnover_per_year=36500", "employees.experienced_after=20"), learning=0.4)
    begin, end = services(run(config))
    n, lengths = -1, []
    for k in range(1, len(begin)):
        if begin[k] // DAY > end[k - 1] // DAY:
            n = 0
        elif n >= 0:
            n += 1
        if n >= 0:
            lengths.append(((end[k] - begin[k]) / MINUTE, 4.0 * (max(1, n) / 20.0) ** -0.4 if n < 20 else 4.0))
    took, expected = np.array(lengths).T
    np.testing.assert_allclose(took, expected, rtol=0, atol=1e-6)
    assert len(took) > 150 and expected.min() < 0.5 * expected.max()


def test_training_brings_hours_over_hours_plus_half_of_each_effect() -> None:
    config = with_people(alone(*BY_PHONE, "channels.phone.p_resolved=0.7", "employees.training.hours_per_year=30",
                           "employees.training.half_hours=60"), quality_sd=0.5)
    config = changed(config, **{f"employees__training__{name}": sized(value) for name, value in (
        ("quality", 0.9), ("narrowing", 0.6), ("speed", 0.3), ("resolution", 1.2))})
    share = 30.0 / 90.0
    world_now, _, c, _, person = at_desk(config)
    assert time_given(world_now, c, 0) == pytest.approx(1.0 - 0.3 * share, rel=1e-14)
    expected = 0.9 * share + 0.5 * (1.0 - 0.6 * share) * float(person["quality"])
    assert service_quality(world_now, c, 0) == pytest.approx(expected, rel=1e-13)
    first = live_many(plan(changed(config, horizon_days=120)), 8, lambda o: total(o, "first_resolved")
                      / total(o, "first_contacts"))
    judge(first, expit(logit(0.7) + 1.2 * share), within=0.03)


def test_training_costs_everybodys_yearly_hours() -> None:
    """Six people, 36.5 hours a year each at 15 + 25, spread evenly over five days of work a week."""
    config = alone("channels.phone.employees=6", "channels.phone.wage_per_hour=15", "horizon_days=364",
                   "employees.training.hours_per_year=36.5", "employees.training.cost_per_hour=25",
                   "n_customers=10")
    outcome = run(config)
    booked = outcome.ledger[..., C_TRAINING, 1].sum(axis=(1, 2))
    of_phone = booked[:, PHONE]
    works = outcome.ledger[:, :, :, PHONE, C_STAFF, 1].sum(axis=(1, 2)) > 0
    assert works.sum() == 52 * 5 and booked.sum() == of_phone.sum()
    assert len(set(of_phone[works].tolist())) == 1 and not of_phone[~works].any()
    assert of_phone.sum() == pytest.approx(6 * 36.5 * (15 + 25) * MONEY * 364 / 365, abs=260)


# Fatigue, morale, turnover.

def test_fatigue_follows_the_hours_worked() -> None:
    config = alone(*BY_PHONE, "employees.fatigue_days=4", "employees.fatigue_from=0.5")
    config = with_people(config, fatigue_time=0.8, fatigue_quality=0.6)
    world_now, _, c, _, person = at_desk(config)
    fatigue = 0.0
    for day, hours in enumerate((8, 6, 10, 0, 12), start=1):
        person["worked"] = hours * HOUR
        end_day(world_now, day)
        fatigue += (hours / 8.0 - fatigue) / 4.0
        assert person["fatigue"] == pytest.approx(fatigue, rel=1e-13) and person["worked"] == 0
        above = max(0.0, fatigue - 0.5)
        assert time_given(world_now, c, day * DAY) == pytest.approx(math.exp(0.8 * above), rel=1e-12)
        assert service_quality(world_now, c, day * DAY) == pytest.approx(-0.6 * above, abs=1e-12)
    assert fatigue > 0.5


def test_fatigue_of_one_day_is_the_hours_handled_in_the_log() -> None:
    outcome = run(world(*CALLS, "employees.fatigue_days=1"))
    begin, end = services(outcome)
    handled = (end - begin)[end < 11 * DAY].sum() / HOUR / 8.0
    assert shared(outcome, "fatigue_sum") / FRACTION == pytest.approx(handled, rel=1e-9)
    assert shared(outcome, "employee_days") == 8 * 11 and shared(outcome, "team_days") == 11


def test_morale_follows_how_contacts_felt_and_how_tired_people_are() -> None:
    config = alone(*BY_PHONE, "employees.morale_days=5", "employees.fatigue_days=1", "employees.fatigue_from=0.5")
    config = with_people(config, morale_satisfaction=0.8, morale_fatigue=0.3, morale_quality=0.26)
    world_now, arrays, c, team, _ = at_desk(config)
    people, morale, tired = arrays["employees"][PHONE], 0.0, 0.0
    for day, (felt, hours) in enumerate(((0.5, 8), (-1.0, 2), (-1.0, 12), (0.0, 0)), start=1):
        team["n_felt"], team["felt_sum"] = 10, int(10 * felt * FRACTION)
        people["worked"] = hours * HOUR
        end_day(world_now, day)
        morale += (0.8 * felt - 0.3 * tired - morale) / 5.0
        tired = max(0.0, hours / 8.0 - 0.5)  # felt by morale from the next night on
        assert team["morale"] == pytest.approx(morale, abs=1e-9)
        assert service_quality(world_now, c, day * DAY) == pytest.approx(0.26 * morale, abs=1e-9)
        assert team["n_felt"] == team["felt_sum"] == 0
    assert morale < -0.1


def test_people_leave_at_a_hazard_and_rookies_take_their_places() -> None:
    """In a year 1 - exp(-hazard) of those there on day 0 leave; nights count one by one."""
    hazard = 0.7
    config = alone(*BY_PHONE, "channels.phone.employees=100", f"employees.turnover_per_year={hazard}",
                   "employees.hiring_cost=3000", "horizon_days=366")
    blueprint = plan(changed(config, n_customers=10))

    def left(replication: int) -> float:
        world_now, arrays = standing_world(blueprint, replication)
        before = arrays["employees"][PHONE].copy()
        for day in range(1, 366):
            end_day(world_now, day)
        after = arrays["employees"][PHONE]
        gone = after["generation"] > 0
        assert (after["n_served"][gone] == 0).all() and (after["n_served"][~gone] == 500).all()
        np.testing.assert_array_equal(after["id"] != before["id"], gone)
        shared = arrays["tally"][-1, :, COUNTERS.index("employees_left")].sum()
        hiring = arrays["ledger"][..., C_HIRING, :].sum(axis=(0, 1, 2, 3))
        assert shared == after["generation"].sum() == hiring[0] and hiring[1] == shared * 3000 * MONEY
        return float(gone.mean())

    judge([left(r) for r in range(16)], 1.0 - math.exp(-hazard), within=0.12)


def test_turnover_of_a_run_is_its_hazard_a_night() -> None:
    config = world(*CALLS, "channels.phone.employees=60", "channels.phone.contacts_per_hour=1",
                   "employees.turnover_per_year=6", "horizon_days=60")
    blueprint = plan(config, log=False)
    rates = live_many(blueprint, 12, lambda o: shared(o, "employees_left") / shared(o, "employee_days"))
    judge(rates, 1.0 - math.exp(-6.0 / 365.0), within=0.15)


@pytest.mark.parametrize(("effect", "fatigue", "morale"), [("turnover_fatigue", 1.25, 0.0),
                                                            ("turnover_morale", 0.0, -0.5)])
def test_tired_and_dispirited_people_leave_sooner(effect: str, fatigue: float, morale: float) -> None:
    """The budget of staying is spent at h exp(b over - c morale) a night."""
    config = with_people(alone(*BY_PHONE, "employees.turnover_per_year=3.65", "employees.fatigue_days=1e9",
                           "employees.morale_days=1e9"), **{effect: 2.0})
    world_now, _, _, team, person = at_desk(config)
    person["stay_left"], person["fatigue"], team["morale"] = 5.0, fatigue, morale
    end_day(world_now, 1)
    over = max(0.0, fatigue - 0.75)
    assert 5.0 - person["stay_left"] == pytest.approx(0.01 * math.exp(2.0 * over - 2.0 * morale), rel=1e-6)


def test_a_place_is_filled_by_another_person_each_time() -> None:
    world_now, arrays, _, _, person = at_desk(alone(*BY_PHONE))
    seen = set()
    for generation in range(50):
        person["generation"], person["fatigue"], person["worked"] = generation, 2.0, 7
        hire(world_now, PHONE, 0, 0)
        seen.add((int(person["id"]), float(person["quality"])))
        assert person["fatigue"] == 0.0 and person["worked"] == 0 and person["stay_left"] > 0.0
    assert len(seen) == 50


# Nothing of it.

NUMBERS = {"erosion_days", "restoring_days", "experienced_after", "fatigue_days", "fatigue_from", "morale_days",
           "hiring_cost", "training.half_hours", "training.cost_per_hour"}


@pytest.mark.parametrize("keys", [
    {"care": 0.9, "restoring_days": 3.0},
    {"erosion_days": 1.0, "restoring_days": 9.0},
    {"experienced_after": 9.0},
    {"fatigue_days": 1.0, "fatigue_from": 0.0},
    {"morale_satisfaction": 1.0, "morale_fatigue": 1.0, "morale_days": 1.0},
    {"hiring_cost": 999.0, "turnover_fatigue": 3.0, "turnover_morale": 2.0},
    {"training.half_hours": 1.0, "training.cost_per_hour": 99.0, "training.quality": 2.0, "training.speed": 0.5,
     "training.narrowing": 1.0, "training.resolution": 3.0},
], ids=lambda keys: next(iter(keys)))
def test_what_is_switched_off_is_exactly_nothing(keys) -> None:
    """Without its own coefficient a mechanism's other keys move no bit, but for the figures that tell of it."""
    busy = alone(*BY_PHONE, "channels.phone.employees=1", "channels.phone.handle_minutes=20", "employees.haste=0",
                 "channels.phone.p_resolved=0.8", "horizon_days=120")
    changes = {f"employees__{key.replace('.', '__')}": value if key in NUMBERS else sized(value)
               for key, value in keys.items()}
    plain, other = run(busy), run(changed(busy, **changes))
    for outcome in (plain, other):
        for name in ("fatigue_sum", "morale_sum"):
            outcome.tally[..., COUNTERS.index(name)] = 0
    assert total(plain, "waited") > 100
    assert_same_life(plain, other)
