"""``cxsim plan`` as typed: what it leaves and its exit code when somebody interrupts it."""

from __future__ import annotations

import pytest

import cxsim.whatif.simulated_plan as lived
from cxsim.cli.main import main

TINY = ["plan", "plan.mode=simulated", "market=subscription", "retention=attention", "n_customers=30",
        "horizon_days=180", "replications=4", "parallel.workers=1", "reference.customers=5000",
        "plan.simulated.spend_multiples=[1,2]", "plan.simulated.retention.levels=[0.5]"]


def test_interrupted_it_tells_what_was_kept_and_exits_130(monkeypatch, tmp_path, capsys) -> None:
    """Four cells; interrupted in the third replication, so two of each are kept."""
    whole = lived.simulate_plan

    def interrupted(*given, progress, **named):
        def tell(text: str, done: int, total: int) -> None:
            if done == 11:
                raise KeyboardInterrupt

        return whole(*given, progress=tell, **named)

    monkeypatch.setattr(lived, "simulate_plan", interrupted)
    assert main([*TINY, f"hydra.run.dir={tmp_path / 'kept'}"]) == 130
    told = " ".join(capsys.readouterr().out.split())
    assert "Interrupted: told from the 2 replications" in told and "Written:" in told
    assert (tmp_path / "kept" / "plan.parquet").is_file()


@pytest.mark.parametrize("words", [[], ["plan=calendar"]])
def test_a_closed_form_that_was_finished_exits_0(words, tmp_path) -> None:
    assert main(["plan", *words, f"hydra.run.dir={tmp_path / 'whole'}"]) == 0
