"""Erlang-B, -C and -A against computed tables, their invariants, and the Markov chain itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from cxsim.errors import CxsimError
from cxsim.theory.erlang import erlang_a, erlang_b, erlang_c

ERLANG_C_TABLE = [
    (0.8, 1, 1, ".444444", ".800000", "4.000000", "3.200000"),
    (1.5, 1, 2, ".310345", ".642857", "1.285714", "1.928571"),
    (3, 1, 4, ".206107", ".509434", ".509434", "1.528302"),
    (8, 1, 10, ".121661", ".409180", ".204590", "1.636721"),
    (48, 1, 50, None, ".694456", ".347228", "16.666935"),
    (90, 1, 100, ".026957", ".216940", ".021694", "1.952464"),
    (360 / 3600, 1 / 240, 28, ".066612", ".333139", "19.988", "1.99883"),
    (400 / 3600, 1 / 180, 24, ".066097", ".298072", "13.413", "1.49036"),
]

ERLANG_A_TABLE = [
    (8, 1, 0.5, 8, ".623531", ".116014", ".232029", "1.856230", ".883986"),
    (8, 1, 0.5, 9, ".462182", ".068921", ".137842", "1.102739", ".827626"),
    (8, 1, 0.5, 10, ".317434", ".038821", ".077643", ".621142", ".768943"),
    (8, 1, 0.5, 12, ".121534", ".010642", ".021285", ".170277", ".659572"),
    (8, 1, 1, 10, ".283376", ".053233", ".053233", ".425864", ".757414"),
    (12, 1, 0.5, 10, ".850385", ".195656", ".391312", "4.695743", ".965213"),
    (12, 1, 1, 10, ".757608", ".213632", ".213632", "2.563588", ".943641"),
    (48, 1, 0.5, 50, ".467774", ".030912", ".061824", "2.967576", ".930324"),
    (100, 1, 0.5, 100, ".596703", ".033030", ".066060", "6.606031", ".966970"),
]


@pytest.mark.parametrize(
    ("arrivals", "service", "employees", "blocked", "p_wait", "wait", "queue"), ERLANG_C_TABLE
)
def test_erlang_b_and_c_agree_with_the_computed_table(
    printed, arrivals, service, employees, blocked, p_wait, wait, queue
):
    centre = erlang_c(arrivals, service, employees)
    if blocked is not None:
        printed(erlang_b(arrivals / service, employees), blocked)
    printed(centre.p_wait, p_wait)
    printed(centre.expected_wait, wait)
    printed(centre.expected_queue_length, queue)
    assert centre.utilisation == pytest.approx(arrivals / service / employees)


@pytest.mark.parametrize(
    ("arrivals", "service", "leaving", "employees", "p_wait", "p_abandon", "wait", "queue", "busy"),
    ERLANG_A_TABLE,
)
def test_erlang_a_agrees_with_the_computed_table(
    printed, arrivals, service, leaving, employees, p_wait, p_abandon, wait, queue, busy
):
    centre = erlang_a(arrivals, service, leaving, employees)
    printed(centre.p_wait, p_wait)
    printed(centre.p_abandon, p_abandon)
    printed(centre.expected_wait, wait)
    printed(centre.expected_queue_length, queue)
    printed(centre.utilisation, busy)


def test_fifty_employees_agree_with_the_computed_comparison(printed):
    endless = erlang_c(48, 1, 50)
    printed(60 * endless.expected_wait, "20.83")
    printed(60 * endless.wait_quantile(0.9), "58.14")
    printed(endless.expected_queue_length, "16.67")
    printed(100 * endless.utilisation, "96")
    impatient = erlang_a(48, 1, 0.5, 50)
    printed(100 * impatient.p_abandon, "3.09")
    printed(60 * impatient.expected_wait, "3.71")
    printed(60 * impatient.wait_quantile(0.9), "12.44")
    printed(impatient.expected_queue_length, "2.97")
    printed(100 * impatient.utilisation, "93.0")


RANDOM_CENTRES = [
    (employees * load, 1.0, leaving, employees)
    for employees in (1, 3, 20, 130, 600)
    for load in (0.3, 0.9, 1.0, 1.3)
    for leaving in (0.03, 0.5, 1.0, 20.0)
]


@pytest.mark.parametrize("rates", RANDOM_CENTRES)
def test_erlang_a_is_the_birth_and_death_chain(rates):
    centre = erlang_a(*rates)
    p_wait, p_abandon, wait, queue, busy = _chain(*rates)
    assert centre.p_wait == pytest.approx(p_wait, rel=1e-10)
    assert centre.p_abandon == pytest.approx(p_abandon, rel=1e-10)
    assert centre.expected_wait == pytest.approx(wait, rel=1e-10)
    assert centre.expected_queue_length == pytest.approx(queue, rel=1e-10)
    assert centre.utilisation == pytest.approx(busy, rel=1e-10)


@pytest.mark.parametrize("rates", RANDOM_CENTRES[::7])
def test_erlang_a_keeps_its_invariants(rates):
    arrivals, _, leaving, _ = rates
    centre = erlang_a(*rates)
    assert centre.p_abandon == pytest.approx(leaving * centre.expected_wait, rel=1e-14)
    assert centre.expected_queue_length == pytest.approx(arrivals * centre.expected_wait, rel=1e-14)


def test_erlang_a_with_endless_patience_is_erlang_c():
    endless = erlang_c(8, 1, 10)
    assert erlang_a(8, 1, 1e-9, 10).p_wait == pytest.approx(0.4091801503, abs=5e-11)
    assert endless.p_wait == pytest.approx(0.4091801508, abs=5e-11)
    limit = erlang_a(8, 1, 0, 10)
    assert limit.p_wait == pytest.approx(endless.p_wait, rel=1e-12)
    assert limit.expected_wait == pytest.approx(endless.expected_wait, rel=1e-12)
    assert limit.wait_quantile(0.9) == pytest.approx(endless.wait_quantile(0.9), rel=1e-10)
    assert limit.p_abandon == 0


def test_erlang_a_with_patience_as_long_as_service_counts_a_poisson_crowd(printed):
    printed(erlang_a(12, 1, 1, 10).p_wait, ".757608")
    assert erlang_a(12, 1, 1, 10).p_wait == pytest.approx(poisson.sf(9, 12), rel=1e-12)
    assert erlang_a(300, 1, 1, 320).p_wait == pytest.approx(poisson.sf(319, 300), rel=1e-10)


def test_erlang_a_stays_sound_at_the_edges():
    tiny_patience = erlang_a(8, 1, 1e6, 10)
    assert tiny_patience.p_abandon == pytest.approx(erlang_b(8, 10), rel=1e-4)
    overloaded = erlang_a(12, 1, 1e-9, 10)
    assert overloaded.p_wait == 1
    assert overloaded.p_abandon == pytest.approx(1 / 6, rel=1e-9)
    idle = erlang_a(1, 1, 0.5, 400)
    assert 0 <= idle.p_wait < 1e-300
    assert math.isfinite(idle.expected_wait)


@pytest.mark.parametrize("rates", [(8, 1, 0.5, 10), (12, 1, 0.5, 10), (48, 1, 0.5, 50)])
def test_erlang_a_wait_tail_integrates_to_the_expected_wait(rates):
    centre = erlang_a(*rates)
    times = np.linspace(0, 12, 2401)
    tail = [centre.p_wait_longer(t) for t in times]
    assert np.trapezoid(tail, times) == pytest.approx(centre.expected_wait, rel=1e-3)
    assert tail[0] == pytest.approx(centre.p_wait, rel=1e-12)
    assert centre.p_wait_longer(centre.wait_quantile(0.97)) == pytest.approx(0.03, rel=1e-9)
    assert centre.wait_quantile(0.05) == 0


def test_erlang_c_wait_quantile_inverts_the_tail():
    centre = erlang_c(8, 1, 10)
    assert centre.p_wait_longer(centre.wait_quantile(0.9)) == pytest.approx(0.1, rel=1e-12)
    assert centre.wait_quantile(0.5) == 0


def test_erlang_c_wait_agrees_with_simulated_callers():
    rng = np.random.default_rng(1917)
    arrivals, service, employees = 3.0, 1.0, 4
    means = [_mean_simulated_wait(rng, arrivals, service, employees, 10_000) for _ in range(16)]
    error = np.std(means, ddof=1) / np.sqrt(len(means))
    assert abs(np.mean(means) - erlang_c(arrivals, service, employees).expected_wait) < 4 * error


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: erlang_c(12, 1, 10), "n_employees=10: cannot serve.*at least 13 employees"),
        (lambda: erlang_a(12, 1, 0, 10), "n_employees=10: cannot serve"),
        (lambda: erlang_a(12, 1, -1, 10), "abandonment_rate=-1"),
        (lambda: erlang_a(12, 0, 1, 10), "service_rate=0"),
        (lambda: erlang_c(12, 1, 12.5), "n_employees=12.5"),
        (lambda: erlang_c(8, 1, 10).wait_quantile(90), "share=90"),
    ],
)
def test_erlang_refuses_the_impossible_by_name(call, words):
    with pytest.raises(CxsimError, match=words):
        call()


def _chain(arrivals, service, leaving, employees):
    """Stationary distribution of the number present, summed term by term."""
    excess = max(0.0, arrivals - employees * service) / leaving
    most = int(employees + excess + 80 * math.sqrt(arrivals / leaving + employees) + 200)
    n = np.arange(most + 1)
    departures = np.minimum(n, employees) * service + np.maximum(n - employees, 0) * leaving
    logs = np.r_[0.0, np.cumsum(np.log(arrivals) - np.log(departures[1:]))]
    p = np.exp(logs - logs.max())
    p /= p.sum()
    queue = float(np.maximum(n - employees, 0) @ p)
    busy = float(np.minimum(n, employees) @ p) / employees
    return p[employees:].sum(), leaving * queue / arrivals, queue / arrivals, queue, busy


def _mean_simulated_wait(rng, arrivals, service, employees, n):
    moments = np.cumsum(rng.exponential(1 / arrivals, n))
    lengths = rng.exponential(1 / service, n)
    free = np.zeros(employees)
    waits = np.zeros(n)
    for caller in range(n):
        first = int(free.argmin())
        start = max(moments[caller], free[first])
        waits[caller] = start - moments[caller]
        free[first] = start + lengths[caller]
    return waits[500:].mean()
