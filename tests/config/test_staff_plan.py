"""Doors, shifts, paid hours and training against cases worked by hand. Day 0 is a Thursday."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.journal.ticks import DAY, HOUR
from cxsim.settings.schedule import make_plan, make_staff, make_touch_fixed, make_training_cost
from cxsim.settings.schema import Config
from cxsim.settings.staffing import at_desk_by_hour, paid_by_hour
from plain_worlds import changed, plain

WEEK = ["mon", "tue", "wed", "thu", "fri"]
PHONE, CHAT = 2, 3
THURSDAY, FRIDAY, SATURDAY, SUNDAY, MONDAY = range(5)
EARLY = {"from_hour": 9, "to_hour": 13, "employees": 3}
LATE = {"from_hour": 12, "to_hour": 18, "employees": 2}
SHIFTS = {
    "channels.phone.open_hour": 10, "channels.phone.close_hour": 18, "channels.phone.wage_per_hour": 15,
    "channels.phone.shifts": {"early": EARLY, "late": LATE}, "channels.phone.extra_employees": 1,
}


@pytest.fixture(scope="module")
def shop() -> Config:
    """Phone with two employees from 10 to 16 on weekdays, at 15 an hour; a chat that nobody staffs."""
    return plain(channels__phone__employees=2)


def hours_of(plan: np.ndarray, channel: int) -> list[tuple[int, int, int, int]]:
    """A channel's steps as day, hour, is open, at the desk."""
    own = plan[plan[:, 1] == channel]
    assert (own[:, 0] % HOUR == 0).all()
    return [(tick // DAY, tick % DAY // HOUR, is_open, n) for tick, _, is_open, n in own.tolist()]


def test_plan_opens_and_shuts_on_opening_days_with_all_employees(shop: Config) -> None:
    plan = make_plan([shop], np.zeros(5, np.int64))
    assert hours_of(plan, PHONE) == [
        (THURSDAY, 0, 0, 0), (THURSDAY, 10, 1, 2), (THURSDAY, 16, 0, 0),
        (FRIDAY, 10, 1, 2), (FRIDAY, 16, 0, 0), (MONDAY, 10, 1, 2), (MONDAY, 16, 0, 0)]
    assert hours_of(plan, CHAT)[:2] == [(THURSDAY, 0, 0, 0), (THURSDAY, 10, 1, 0)]
    assert sorted(map(tuple, plan.tolist())) == list(map(tuple, plan.tolist()))
    assert set(plan[:, 1]) == {PHONE, CHAT}


def test_doors_that_never_shut_make_one_step_and_days_without_a_night_are_joined(shop: Config) -> None:
    always = changed(shop, {"channels.phone.open_hour": 0, "channels.phone.close_hour": 24,
                            "channels.phone.open_days": [*WEEK, "sat", "sun"]})
    assert hours_of(make_plan([always], np.zeros(30, np.int64)), PHONE) == [(0, 0, 1, 2)]
    weekdays = changed(always, {"channels.phone.open_days": WEEK})
    assert hours_of(make_plan([weekdays], np.zeros(6, np.int64)), PHONE) == [
        (THURSDAY, 0, 1, 2), (SATURDAY, 0, 0, 0), (MONDAY, 0, 1, 2)]


def test_shifts_add_up_hour_by_hour_and_shrinkage_keeps_some_from_the_desk(shop: Config) -> None:
    """Paid: 3 + 1 from 10 to 12, 3 + 2 + 1 to 13, 2 + 1 to 18. At 50% shrinkage: 2, 2, 3, then 1.5 are there."""
    config = changed(shop, {**SHIFTS, "channels.phone.shrinkage": 0.5})
    assert config.n_employees("phone") == 6
    # Fifteen hours of 1.5 from Monday to Wednesday were rounded to one half too many: 13 to 14 has it back.
    assert hours_of(make_plan([config], np.zeros(1, np.int64)), PHONE) == [
        (0, 0, 0, 0), (0, 10, 1, 2), (0, 12, 1, 3), (0, 13, 1, 1), (0, 14, 1, 2), (0, 15, 1, 1), (0, 16, 1, 2),
        (0, 17, 1, 1), (0, 18, 0, 0)]
    hours, cost = make_staff([config], np.zeros(5, np.int64))
    paid = 2 * 4 + 1 * 6 + 5 * 3
    assert (hours[:, PHONE] / HOUR).tolist() == [paid, paid, 0, 0, paid]
    assert cost[:, PHONE].tolist() == [paid * 15 * 10_000, paid * 15 * 10_000, 0, 0, paid * 15 * 10_000]


def test_shift_holds_on_its_own_days_only(shop: Config) -> None:
    short = {"early": EARLY, "late": {**LATE, "days": ["thu"]}, "rest": {**LATE, "employees": 1, "days": ["fri"]}}
    config = changed(shop, {**SHIFTS, "channels.phone.open_days": ["thu", "fri"], "channels.phone.shifts": short,
                            "channels.phone.extra_employees": 0})
    steps = hours_of(make_plan([config], np.zeros(2, np.int64)), PHONE)
    assert [step[2:] for step in steps if step[0] == THURSDAY] == [(0, 0), (1, 3), (1, 5), (1, 2), (0, 0)]
    assert [step[2:] for step in steps if step[0] == FRIDAY] == [(1, 3), (1, 4), (1, 1), (0, 0)]


def test_somebody_is_at_the_desk_however_large_shrinkage_is(shop: Config) -> None:
    config = changed(shop, {"channels.phone.shrinkage": 0.9})
    assert hours_of(make_plan([config], np.zeros(1, np.int64)), PHONE)[1] == (0, 10, 1, 1)
    assert make_staff([config], np.zeros(1, np.int64))[0][0, PHONE] == 2 * 6 * HOUR


@pytest.mark.parametrize(("employees", "shrinkage"), [(2, 0.3), (3, 0.3), (5, 0.45), (7, 0.5), (2, 0.49)])
def test_over_a_week_shrinkage_of_the_paid_hours_is_away(shop: Config, employees: int, shrinkage: float) -> None:
    """In any hour the share is rounded up or down, and a week's rounding adds up to half an hour at most."""
    config = changed(shop, {"channels.phone.employees": employees, "channels.phone.shrinkage": shrinkage})
    week = np.array([at_desk_by_hour(config, "phone", weekday) for weekday in range(7)])
    paid = np.array([paid_by_hour(config, "phone", weekday) for weekday in range(7)])
    share = 1.0 - shrinkage
    assert abs(week.sum() - share * paid.sum()) <= 0.5 + 1e-9
    assert set(week[paid > 0]) <= {np.floor(share * employees), np.ceil(share * employees)}
    assert not week[paid == 0].any() and (week <= paid).all()


def test_one_more_employee_is_at_the_desk_for_what_shrinkage_leaves_of_him(shop: Config) -> None:
    """30 paid hours a week at 30% shrinkage: 21 at the desk, wherever the others stood."""
    counts = [sum(sum(at_desk_by_hour(
        changed(shop, {"channels.phone.employees": n, "channels.phone.shrinkage": 0.3}), "phone", weekday))
        for weekday in range(5)) for n in (2, 3, 4, 5)]
    assert np.abs(np.diff(counts) - 21).max() <= 1


def test_plan_follows_the_row_of_the_day(shop: Config) -> None:
    always = {"channels.phone.open_hour": 0, "channels.phone.close_hour": 24,
              "channels.phone.open_days": [*WEEK, "sat", "sun"]}
    base = changed(shop, always)
    more = changed(base, {"channels.phone.extra_employees": 3, "channels.chat.employees": 1})
    day_row = np.array([0, 1, 1, 0])
    plan = make_plan([base, more], day_row)
    assert hours_of(plan, PHONE) == [(0, 0, 1, 2), (1, 0, 1, 5), (3, 0, 1, 2)]
    assert [n for *_, n in hours_of(plan, CHAT)] == [0, 0, 0, 1, 0]
    hours, cost = make_staff([base, more], day_row)
    assert (hours[:, PHONE] // HOUR).tolist() == [48, 120, 120, 48]
    assert (cost[:, PHONE] == hours[:, PHONE] // HOUR * 15 * 10_000).all()
    assert (hours[:, CHAT] // HOUR).tolist() == [0, 6, 0, 0]


def test_plain_employees_cost_employees_times_open_hours_times_wage(shop: Config) -> None:
    hours, cost = make_staff([shop], np.zeros(14, np.int64))
    open_days = np.array([1, 1, 0, 0, 1, 1, 1] * 2)
    assert cost[:, PHONE].tolist() == (open_days * 2 * 6 * 15 * 10_000).tolist()
    assert not cost[:, [0, 1, CHAT]].any() and not hours[:, [0, 1, CHAT]].any()
    per_customers = plain(n_customers=12_400, channels__phone__wage_per_hour=16.7)
    assert make_staff([per_customers], np.zeros(1, np.int64))[1][0, PHONE] == round(2 * 6 * 16.7 * 10_000)


def test_training_is_paid_for_the_most_employees_of_the_day_at_wage_and_fee(shop: Config) -> None:
    """36.5 hours a year are 0.1 a day; 6 people at 15 + 10 an hour make 15 a day, and on each of five
    days of work a week 7/5 of that, so that a year holds all hours."""
    training = {"hours_per_year": 36.5, "cost_per_hour": 10}
    config = changed(shop, {**SHIFTS, "employees.training": training})
    cost = make_training_cost([shop, config], np.array([1, 0, 1, 1, 1]))
    assert cost[:, PHONE].tolist() == [210_000, 0, 0, 0, 210_000]
    assert cost.shape == (5, 4) and not cost[:, :PHONE].any()


def test_touchpoint_costs_run_only_while_it_reaches_anybody(shop: Config) -> None:
    bell = {"owner": "retail", "stage": "request", "cost_per_day": 12.5}
    idle = changed(shop, {"touchpoints.bell": bell})
    used = changed(idle, {"touchpoints.bell.reach": 0.1, "touchpoints.horn": {**bell, "reach": 1}})
    assert make_touch_fixed([idle, used], np.array([0, 1, 0])).tolist() == [[0, 0], [125_000, 125_000], [0, 0]]
    assert make_touch_fixed([shop], np.zeros(3, np.int64)).shape == (3, 0)
