"""How long commands take from start to end, as somebody at a terminal waits for them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from cxsim.bench.measuring import Budget, Progress
from cxsim.bench.subjects import environment

N_HELP = 5
KINDS = ("help", "cold", "warm")


def time_commands(
    kinds: Sequence[str], budget: Budget, progress: Progress = lambda text, done, total: None,
) -> tuple[dict[str, float], dict[str, str]]:
    """Seconds of ``cxsim --help`` (median of five) and of the demo comparison, cold and warm; and reasons.

    Cold is a first run after installation: an empty cache, so that everything is compiled and the reference
    experience is found. Warm is the same once more.
    """
    found: dict[str, float] = {}
    reasons: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            if kind not in kinds and not (kind == "cold" and "warm" in kinds):
                continue
            progress({"help": "cxsim --help"}.get(kind, f"demo comparison, {kind}"), 0, 0)
            words = ["--help"] if kind == "help" else ["compare", f"hydra.run.dir={folder}/{kind}"]
            seconds = [_seconds(words, Path(folder), budget) for _ in range(N_HELP if kind == "help" else 1)]
            stopped = [one for one in seconds if isinstance(one, str)]
            if stopped:
                reasons[kind] = stopped[0]
            else:
                found[kind] = median(one for one in seconds if isinstance(one, float))
    return found, reasons


def _seconds(words: Sequence[str], folder: Path, budget: Budget) -> float | str:
    if budget.left <= 0:
        return "left out: the budget was used up"
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cxsim", *words], cwd=folder, capture_output=True, text=True, check=False,
            env={**environment(), "XDG_CACHE_HOME": str(folder / "cache")}, timeout=max(1.0, budget.left))
    except subprocess.TimeoutExpired:
        return f"stopped after {time.perf_counter() - start:,.0f} s, when the budget was used up"
    if done.returncode != 0:
        return f"ended with code {done.returncode}: {(done.stderr.strip().splitlines() or [''])[-1]}"
    return time.perf_counter() - start
