"""Ctrl-C in a comparison: what every side had lived is told, as if no more had been asked for."""

import pytest

import cxsim
from cxsim.measure.digests import digest

WORLD = ["market=contact_centre", "horizon_days=2", "parallel.workers=1"]
MORE = cxsim.ScenarioSpec(name="one_more", changes={"channels": {"phone": {"employees": 29}}})


def stopped_after(n_cells):
    """Progress that presses Ctrl-C once so many cells are lived."""
    def tell(text, done, total):
        if done == n_cells:
            raise KeyboardInterrupt
    return tell


def test_interrupted_comparison_is_that_of_the_replications_both_sides_have_lived():
    cut = cxsim.compare(cxsim.load([*WORLD, "replications=9"]), [MORE], progress=stopped_after(7))
    asked = cxsim.compare(cxsim.load([*WORLD, "replications=3"]), [MORE])
    assert cut.is_interrupted and not asked.is_interrupted
    assert cut.replications == cut.config.replications == 3
    for name in ("kpis", "ledger", "twins", "touchpoints"):
        assert digest(getattr(cut.tables, name)) == digest(getattr(asked.tables, name)), name
    assert digest(cut.comparison) == digest(asked.comparison)
    assert {name: digest(table) for name, table in cut.further.items()} == {
        name: digest(table) for name, table in asked.further.items()}


def test_interruption_before_two_replications_leaves_nothing_to_tell():
    with pytest.raises(KeyboardInterrupt):
        cxsim.compare(cxsim.load([*WORLD, "replications=9"]), [MORE], progress=stopped_after(3))


def test_interrupted_analyses_leave_the_comparison_without_them():
    def tell(text, done, total):
        if total not in (0, 6):
            raise KeyboardInterrupt
    config = cxsim.load([*WORLD, "replications=3"])
    made = cxsim.compare(config, [MORE], progress=tell, depth={"congestion": True})
    assert made.is_interrupted and "congestion" not in made.further and "decision" in made.further
    assert made.replications == 3 and not made.depth.congestion
