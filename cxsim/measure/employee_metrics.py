"""The people who serve: morale, turnover, pressure, standard, fatigue. They belong to no segment."""

from __future__ import annotations

import numpy as np

from cxsim.journal.tallies import FRACTION
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio

METRICS = (
    Metric("employee_morale", "s.d.", 1,
           "Morale of the teams at midnight, 0 = as in a neutral world, in the unit of how contacts felt; "
           "mean over staffed channels and days.",
           "sum of morale / team days"),
    Metric("employee_turnover", "share", -1,
           "Employees who left per employee-year; more than 100% means that places were filled more than "
           "once a year.",
           "employees_left / (employee days / 365)"),
    Metric("work_pressure", "customers per employee", -1,
           "Customers waiting or being served per employee on duty, as a served contact begins.",
           "sum of pressure / contacts served"),
    Metric("service_standard", "ratio", 1,
           "Time that teams are used to give a contact, 1 = what it takes; below 1 the standard has "
           "eroded under pressure. Mean over served contacts.",
           "sum of standard / contacts served"),
    Metric("employee_fatigue", "working days", -1,
           "Share of an 8-hour day spent handling, smoothed over the days behind; mean over employees "
           "and days.",
           "sum of fatigue / employee days"),
)


def employee_metrics(sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1); only 'all' (last) has any.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.sums import make_sums
    >>> employee_metrics(make_sums(make_blank_outcome()))["employee_morale"][-1].tolist()
    [nan, nan, nan]
    """
    counter = sums.counter
    team_days, employee_days = counter("team_days"), counter("employee_days")
    return {
        "employee_morale": ratio(counter("morale_sum") / FRACTION, team_days),
        "employee_turnover": ratio(counter("employees_left"), employee_days / 365.0),
        "work_pressure": ratio(counter("pressure_sum") / FRACTION, counter("n_pressure")),
        "service_standard": ratio(counter("standard_sum") / FRACTION, counter("n_pressure")),
        "employee_fatigue": ratio(counter("fatigue_sum") / FRACTION, employee_days),
    }
