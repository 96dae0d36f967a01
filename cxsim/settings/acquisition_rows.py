"""Parameter rows of the routes by which customers come, and what paid routes cost and bring a day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import ROUTE
from cxsim.behaviour.state import R_PAID, ROUTES
from cxsim.journal.tallies import MONEY
from cxsim.settings.schema import Config


def paid_names(configs: Sequence[Config]) -> tuple[str, ...]:
    """Names of every paid route that exists in any row, in order of first mention.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> paid_names([load()])
    ('media',)
    """
    return tuple(dict.fromkeys(name for config in configs for name in config.acquisition))


def route_names(configs: Sequence[Config]) -> tuple[str, ...]:
    """Names of all routes by which newcomers come, in the order in which records number them."""
    return (*ROUTES, *paid_names(configs))


def make_routes(configs: Sequence[Config], *, effects: bool = True) -> np.ndarray:
    """What each route costs a customer won, and whom it wins, of shape (rows, routes).

    Parameters
    ----------
    effects : bool
        False lets every route win people like everybody (the neutral twin).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> make_routes([load()])["rel_exit"].tolist()
    [[1.0, 1.0, 1.0]]
    """
    names = paid_names(configs)
    routes = np.zeros((len(configs), R_PAID + len(names)), ROUTE)
    routes["rel_rate"], routes["rel_exit"] = 1.0, 1.0
    for r, config in enumerate(configs):
        for k, name in enumerate(names):
            if name in config.acquisition:
                record, spec = routes[r, R_PAID + k], config.acquisition[name]
                record["commission"], record["welcome_gift"] = spec.commission_per_customer, spec.welcome_gift
                if effects:
                    record["rel_rate"], record["rel_exit"] = spec.rel_rate.value, spec.rel_exit.value
    return routes


def _by_row(configs: Sequence[Config], value: str) -> np.ndarray:
    """Spend or customers won a day of each row and paid route, as figures of the whole population."""
    names = paid_names(configs)
    figures = np.zeros((len(configs), len(names)))
    for r, config in enumerate(configs):
        for k, name in enumerate(names):
            spec = config.acquisition.get(name)
            if spec is not None:
                spend = spec.spend_per_day
                figure = spend if value == "spend" else spec.entrants(spend)
                figures[r, k] = figure * config.n_customers / 1000.0
    return figures


def paid_per_day(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Customers that paid routes win a day, of shape (days, paid routes)."""
    return _by_row(configs, "won")[day_row]


def make_media_cost(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Spend of every day (1/10,000), of shape (days, paid routes)."""
    return np.rint(_by_row(configs, "spend") * MONEY).astype(np.int64)[day_row]
