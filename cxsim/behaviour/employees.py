"""The persons who serve: who takes whom, how fast and how well, and what that does to them.

Skill: time falls with the number served by the power law of practice until experienced. Work pressure:
under load less time is given per contact, and less time means less care; where standards erode, what is
usual becomes the standard (Oliva & Sterman 2001, Management Science 47:894). Fatigue follows the hours
worked, turnover follows fatigue and morale, and who leaves is replaced by a rookie.
"""

from __future__ import annotations

import math

import numpy as np

from cxsim.behaviour.draws import (
    LIFE, T_NORMAL_TABLE, block, decision, exponential, quantile, two_uniforms, uniform)
from cxsim.behaviour.state import GHOST, STAFFED
from cxsim.journal.compiling import compiled
from cxsim.journal.tallies import (
    EMPLOYEE_DAYS, FATIGUE_SUM, FRACTION, MORALE_SUM, N_EMPLOYEES_LEFT, N_PRESSURE, PRESSURE_SUM, STANDARD_SUM,
    TEAM_DAYS, book_shared, fraction, money)
from cxsim.journal.ticks import DAY, HOUR
from cxsim.journal.words import C_HIRING, SHARED

D_PERSON = decision("employee/person")
D_TRAITS = decision("employee/traits")
D_STAY = decision("employee/stay")
WORKDAY_HOURS = 8.0


@compiled
def practice_of(world, now):
    """How staff work on the day of `now`."""
    return world.practice[world.day_row[min(now // DAY, world.day_row.shape[0] - 1)]]


@compiled
def hire(world, k, number, experience):
    """Fill a place in a team with a person: keyed traits, a keyed time he will stay.

    Reads: the place. Writes: an EMPLOYEE record. Returns: nothing. Draws: "employee/person",
    "employee/traits", "employee/stay".
    """
    employee = world.employees[k, number]
    place = (world.channels[0, k].salt << 20) | number
    key = world.keys[LIFE]
    employee.id = np.int64(block(key, place, employee.generation, D_PERSON)[0] >> np.uint64(1))
    quality, speed = two_uniforms(key, employee.id, 0, D_TRAITS)
    employee.quality = quantile(world.quantiles, T_NORMAL_TABLE, quality)
    employee.speed = quantile(world.quantiles, T_NORMAL_TABLE, speed)
    employee.stay_left = exponential(uniform(key, employee.id, 0, D_STAY))
    employee.n_served = experience
    employee.fatigue = 0.0
    employee.worked = 0


@compiled
def staff_teams(world):
    """Fill every place of every team on day 0 with experienced people."""
    for k in range(world.employees.shape[0]):
        world.teams[k].standard = 1.0
        if world.channels[world.channels.shape[0] - 1, k].kind == STAFFED:
            for number in range(world.employees.shape[1]):
                hire(world, k, number, int(math.ceil(world.practice[0].experienced_after)))


@compiled
def take_employee(world, c):
    """The free employee who has been idle longest takes him (tie: the lowest number).

    Beyond the planned places (capacity set by a process) an average person helps out: -1.

    Reads: team. Writes: his employee, busy, team counts. Returns: nothing. Draws: nothing.
    """
    team = world.teams[c.channel]
    team.busy += 1
    best, since = -1, 0
    for number in range(min(team.on_duty, world.employees.shape[1])):
        employee = world.employees[c.channel, number]
        if employee.is_busy == 0 and (best < 0 or employee.idle_since < since):
            best, since = number, employee.idle_since
    c.employee = best
    if best >= 0:
        world.employees[c.channel, best].is_busy = 1


@compiled
def wait_looks_long(team, channel):
    """Whether the expected wait is beyond the channel's limit, so that a call-back is offered.

    Expected wait: customers in the desk's care, himself included, beyond its employees, at the mean
    handling time.
    """
    ahead = team.waiting + team.busy - team.on_duty
    return ahead > 0 and ahead * channel.handle_days > channel.call_back_days * max(1, team.on_duty)


@compiled
def release(world, i, now):
    """A contact at a desk ends: the employee is free again.

    Reads: his employee. Writes: experience, hours worked, team counts. Returns: nothing.
    Draws: nothing.
    """
    c = world.customers[i]
    world.teams[c.channel].busy -= 1
    if c.employee >= 0:
        employee = world.employees[c.channel, c.employee]
        employee.is_busy = 0
        employee.idle_since = now
        employee.n_served += 1
        employee.worked += now - c.joined


@compiled
def practice_factor(n_served, experienced_after, learning):
    """Handling time of one who served n, against an experienced one: (n / n_0)^-l below n_0, else 1.

    Power law of practice: Newell & Rosenbloom (1981).

    Examples
    --------
    >>> practice_factor(125, 500.0, 0.5)
    2.0
    """
    if learning == 0.0 or n_served >= experienced_after:
        return 1.0
    return (max(1, n_served) / experienced_after) ** -learning


@compiled
def overtired(practice, employee):
    """By how much an employee's fatigue exceeds what does no harm."""
    return max(0.0, employee.fatigue - practice.fatigue_from)


@compiled
def time_given(world, c, now):
    """Handling time of this contact against the usual: pressure, standard, skill, fatigue, training.

    Under work pressure w > 1 (customers in the desk's care per employee) the time is standard w^-haste.

    Reads: practice, team, employee. Writes: his pressure, sums of the day. Returns: a factor.
    Draws: nothing.
    """
    practice = practice_of(world, now)
    team = world.teams[c.channel]
    load = (team.waiting + team.busy) / max(1, team.on_duty)
    if c.status != GHOST:
        shared = world.tally[world.tally.shape[0] - 1, world.month_of_day[now // DAY]]
        shared[N_PRESSURE] += 1
        shared[PRESSURE_SUM] += fraction(load)
        shared[STANDARD_SUM] += fraction(team.standard)
    given = team.standard
    if practice.haste != 0.0 and load > 1.0:
        given *= load**-practice.haste
    c.pressure = math.log(given) if given != 1.0 else 0.0
    team.n_served += 1
    team.time_sum += fraction(given)
    factor = given * practice.training_rel_time
    if c.employee >= 0:
        employee = world.employees[c.channel, c.employee]
        factor *= practice_factor(employee.n_served, practice.experienced_after, practice.learning)
        if practice.speed_sd != 0.0:
            factor *= math.exp(-practice.speed_sd * employee.speed)
        if practice.fatigue_time != 0.0:
            factor *= math.exp(practice.fatigue_time * overtired(practice, employee))
    return factor


@compiled
def service_quality(world, c, now):
    """What the person who serves adds to the quality of the contact, in s.d.

    Reads: practice, team, employee. Writes: nothing. Returns: s.d. of quality. Draws: nothing.
    """
    practice = practice_of(world, now)
    quality = practice.training_quality + practice.care * c.pressure
    quality += practice.morale_quality * world.teams[c.channel].morale
    if c.employee >= 0:
        employee = world.employees[c.channel, c.employee]
        quality += practice.quality_sd * practice.training_rel_sd * employee.quality
        quality -= practice.fatigue_quality * overtired(practice, employee)
    return quality


@compiled
def hear_customer(world, c, felt):
    """The team hears how a contact felt."""
    team = world.teams[c.channel]
    team.felt_sum += fraction(felt)
    team.n_felt += 1


@compiled
def end_day(world, day):
    """At midnight: standards, fatigue, morale and turnover of every team, from what happened before.

    Reads: practice of yesterday. Writes: teams, employees, ledger, tallies. Returns: nothing.
    Draws: those of `hire`.
    """
    practice = world.practice[world.day_row[day - 1]]
    shared = world.tally[world.tally.shape[0] - 1, world.month_of_day[day - 1]]
    for k in range(world.teams.shape[0]):
        places = _places(world, day - 1, k)
        if places == 0:
            continue
        team = world.teams[k]
        _move_standard(practice, team)
        _move_morale(world, practice, k, places)
        for number in range(places):
            _end_shift(world, practice, shared, k, number, day * DAY)
        shared[TEAM_DAYS] += 1
        shared[MORALE_SUM] += fraction(team.morale)


@compiled
def _places(world, day, k):
    """Places of a team that are filled on a day."""
    return min(world.places[day, k], world.employees.shape[1])


@compiled
def _move_standard(practice, team):
    """What was usual under pressure becomes the standard; it may be restored, slowly, or never."""
    if team.n_served > 0:
        usual = team.time_sum / FRACTION / team.n_served
        change = 0.0
        if practice.erosion_days > 0.0 and usual < team.standard:
            change = (usual - team.standard) / max(1.0, practice.erosion_days)
        if practice.restoring_days > 0.0:
            change += (1.0 - team.standard) / max(1.0, practice.restoring_days)
        team.standard += change
    team.n_served = 0
    team.time_sum = 0


@compiled
def _move_morale(world, practice, k, places):
    """Morale moves towards how contacts felt, less how tired the team is."""
    team = world.teams[k]
    felt = team.felt_sum / FRACTION / team.n_felt if team.n_felt > 0 else 0.0
    tired = 0.0
    for number in range(places):
        tired += overtired(practice, world.employees[k, number])
    target = practice.morale_satisfaction * felt - practice.morale_fatigue * tired / places
    team.morale += (target - team.morale) / max(1.0, practice.morale_days)
    team.felt_sum = 0
    team.n_felt = 0


@compiled
def _end_shift(world, practice, shared, k, number, tick):
    """An employee's day ends: fatigue follows the hours worked; perhaps he leaves and a rookie comes."""
    employee = world.employees[k, number]
    worked = employee.worked / HOUR / WORKDAY_HOURS
    employee.fatigue += (worked - employee.fatigue) / max(1.0, practice.fatigue_days)
    employee.worked = 0
    shared[EMPLOYEE_DAYS] += 1
    shared[FATIGUE_SUM] += fraction(employee.fatigue)
    if practice.turnover_per_day == 0.0:
        return
    log_rate = practice.turnover_fatigue * overtired(practice, employee)
    log_rate -= practice.turnover_morale * world.teams[k].morale
    employee.stay_left -= practice.turnover_per_day * math.exp(log_rate)
    if employee.stay_left <= 0.0 and employee.is_busy == 0:
        shared[N_EMPLOYEES_LEFT] += 1
        employee.generation += 1
        hire(world, k, number, 0)
        book_shared(world, tick, SHARED, k, C_HIRING, 1, money(practice.hiring_cost))
