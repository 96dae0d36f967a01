"""cxsim: a customer-experience simulator and what-if modeler.

>>> import cxsim
>>> config = cxsim.load(["market=contact_centre", "horizon_days=2", "replications=2"])
>>> run = cxsim.simulate(config)
>>> run.engine
'compiled'
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cxsim.errors import CxsimError

__version__ = "0.1.0"
__all__ = [
    "Comparison", "Config", "CxsimError", "Depth", "Estimate", "Optimum", "Run", "ScenarioSpec", "Sensitivity",
    "compare", "estimate", "load", "load_scenario", "optimize", "sensitivity", "simulate"]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    # Names load on first use, so that `cxsim --help` does not wait for the simulator.
    if name in __all__:
        return getattr(import_module("cxsim.api"), name)
    raise AttributeError(f"module 'cxsim' has no attribute {name!r}")
