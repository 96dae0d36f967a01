"""From a company's own transaction file to a market the simulator can run on.

Read in this order: `transactions` (the file), `summary` (one line per customer), `bg_nbd` and
`gamma_gamma` (maximum likelihood), `holdout` (the second half as judge), `overlay` (the market
file), `calibration` (all of it in one call).
"""

from __future__ import annotations

from cxsim.calibrate.calibration import Calibration, calibrate

__all__ = ["Calibration", "calibrate"]
