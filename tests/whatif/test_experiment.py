"""An experiment is judged within its bounds, and to the last digit on the platform of its record."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.measure.table import Table
from cxsim.whatif.experiment import Experiment, judge, platform_here, run_experiment

WORLD = ["market=contact_centre", "horizon_days=1", "replications=2"]


def experiment(recorded: float, **more) -> Experiment:
    return Experiment.model_validate({
        "question": "how many?", "command": "cxsim experiment x", "source": "none", "worlds": {"w": WORLD},
        "answers": [{"name": "contacts", "world": "w", "figure": {"add": ["contacts"]}, "recorded": recorded,
                     "within": 5.0}], **more})


def verdict(found: Experiment) -> str:
    return run_experiment(found, {"w": cxsim.load(WORLD)})[0].verdict


def test_bounds_hold_elsewhere_and_every_digit_on_the_platform_of_the_record() -> None:
    exact = run_experiment(experiment(0.0), {"w": cxsim.load(WORLD)})[0].value
    assert verdict(experiment(exact + 4.0)) == "reproduced"
    assert verdict(experiment(exact + 6.0)).startswith("off the record by -6")
    here, other = platform_here(), {**platform_here(), "maths": "another"}
    assert verdict(experiment(exact, recorded_on=here)) == "exactly"
    told = verdict(experiment(float(np.nextafter(exact, 0)), recorded_on=here))
    assert told.startswith("not the recorded digits")
    assert verdict(experiment(float(np.nextafter(exact, 0)), recorded_on=other)) == "reproduced"


def test_a_figure_is_a_ratio_of_sums_and_its_error_that_of_a_ratio() -> None:
    kpis = Table({"segment": ["all"] * 6, "period": ["total"] * 6, "metric": ["a", "b"] * 3,
                  "replication": [0, 0, 1, 1, 2, 2], "value": [1.0, 2.0, 3.0, 4.0, 2.0, 3.0]})
    answer = Experiment.model_validate({
        "question": "?", "command": "c", "source": "s", "worlds": {"w": []},
        "answers": [{"name": "ratio", "world": "w", "figure": {"add": ["a"]}, "divide_by": {"add": ["b"]},
                     "recorded": 2 / 3, "within": 1e-12}]}).answers[0]
    found = judge(answer, kpis)
    residuals = (np.array([1, 3, 2]) - 2 / 3 * np.array([2, 4, 3])) / 3
    assert found.value == pytest.approx(2 / 3) and found.error == pytest.approx(
        residuals.std(ddof=1) / np.sqrt(3))
