"""Who comes by themselves and who is won with money: arrivals a day, and the layers of candidates behind them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.effects import BIN_DAYS
from cxsim.behaviour.pool import BY_CONTACT, BY_ITSELF, N_ROUTES
from cxsim.behaviour.reputation import MOST_STARS
from cxsim.behaviour.state import NO_ROUTE, R_PAID, STREAM
from cxsim.errors import CxsimError
from cxsim.journal.words import CONTACT, ORGANIC, PAID
from cxsim.settings.acquisition_rows import paid_names, paid_per_day
from cxsim.settings.demand import make_season
from cxsim.settings.names import channel_names
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config


def stream_id(source: str, layer: int) -> int:
    """The 63-bit number of a layer of arrivals, from its published name.

    Examples
    --------
    >>> stream_id("organic", 0) != stream_id("organic", 1)
    True
    """
    digest = hashlib.blake2b(f"{source}/{layer}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def make_arrivals(
    configs: Sequence[Config], day_row: np.ndarray, reference: Reference, effects: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Newcomers a day by source, and the layers of candidates they come from."""
    base = configs[0]
    if base.market.kind == "contact_centre":
        return _contacts(configs, day_row)
    # So many come that as many are won as history says; of them, the share that is simulated.
    share = base.simulated_share
    paid = paid_per_day(configs, day_row) / base.prospects.eventual * share
    organic = _organic(base, reference) / base.prospects.eventual * share
    if effects:  # What talk and ratings did to arrivals in the baseline is in the history already.
        organic = organic / reference.arrival_pull[_bins(base, len(reference.arrival_pull))]
    if base.market.size is not None and base.market.size > base.n_customers:
        free = base.market.size / (base.market.size - base.n_customers)  # So many candidates for one who is free.
        paid, organic = paid * free, organic * free
    highest = max(c.reputation.arrivals.value if c.reputation.p_rating > 0 else 0.0 for c in configs)
    room = math.exp(MOST_STARS * highest) if effects else 1.0
    streams = [_layers("organic", ORGANIC, 0, organic * room, base)]
    for k, name in enumerate(paid_names(configs)):
        layers = _layers(name_of_stream(name), PAID, 1 + k, paid[:, k], base)
        layers["won_by"] = R_PAID + k
        streams.append(layers)
    return np.concatenate([organic[None], paid.T]), np.concatenate([*streams, _routes(base)])


def name_of_stream(route: str) -> str:
    """The published name of a paid route's layers of arrivals; media's is the oldest.

    Examples
    --------
    >>> name_of_stream("media"), name_of_stream("search")
    ('paid', 'paid/search')
    """
    return "paid" if route == "media" else f"paid/{route}"


def _bins(base: Config, n: int) -> np.ndarray:
    """Which 28 days of the calendar a day belongs to, the last of n open."""
    return np.minimum(np.arange(base.horizon_days) // BIN_DAYS, n - 1)


def _routes(base: Config) -> np.ndarray:
    """The two routes of diffusion, where the market is finite and they are open."""
    bass = base.market.bass
    if bass.p == 0 and bass.q == 0:
        return np.zeros(0, STREAM)
    streams = np.zeros(N_ROUTES, STREAM)
    streams["id"] = [stream_id("diffusion", route) for route in range(N_ROUTES)]
    streams["source"], streams["channel"], streams["member"] = ORGANIC, -1, -1
    streams["route"], streams["won_by"] = (BY_ITSELF, BY_CONTACT), NO_ROUTE
    return streams


def _organic(base: Config, reference: Reference) -> np.ndarray:
    """Those who come by themselves: observed entrants less the baseline's paid and referred."""
    entrants = base.market.entrants_per_day
    if base.market.bass.p > 0 or base.market.bass.q > 0:
        return np.zeros(base.horizon_days)  # Diffusion brings them.
    if entrants is None:
        if base.population.start == "new":
            return np.zeros(base.horizon_days)
        entrants = base.n_customers / base.market.history_days
    paid = float(paid_per_day([base], np.zeros(1, np.int64)).sum())
    referred = reference.referred_per_day[_bins(base, len(reference.referred_per_day))] * base.prospects.eventual
    organic = entrants - paid - referred
    if organic.min() < -1e-9:
        raise CxsimError(
            f"market.entrants_per_day={entrants:.4g}: the baseline already brings {paid:.4g} paid and "
            f"{referred.max():.4g} referred customers a day, so fewer than none come by themselves; "
            "raise market.entrants_per_day, or lower acquisition.*.spend_per_day or "
            "referral.invitations_per_journey")
    until = base.market.entrants_until_day or base.horizon_days
    if base.season.arrivals:
        organic = organic * np.exp(make_season(base)[:-1])
    return np.where(np.arange(base.horizon_days) < until, np.maximum(organic, 0.0), 0.0)


def _contacts(configs: Sequence[Config], day_row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Anonymous contacts: one keyed Poisson stream a channel."""
    rates, streams = [], []
    for k, name in enumerate(channel_names(configs)):
        per_hour = [c.channels[name].contacts_per_hour if name in c.channels else 0.0 for c in configs]
        rates.append(np.array(per_hour)[day_row] * 24.0 * configs[0].simulated_share)
        layers = _layers(f"contact/{name}", CONTACT, len(rates) - 1, rates[-1], configs[0])
        layers["channel"] = k
        streams.append(layers)
    return np.stack(rates), np.concatenate(streams)


def _layers(name: str, source: int, row: int, rate: np.ndarray, base: Config) -> np.ndarray:
    layer_rate = base.market.layer_rate_per_day
    n_layers = max(0, math.ceil(rate.max(initial=0.0) / layer_rate))
    streams = np.zeros(n_layers, STREAM)
    streams["id"] = [stream_id(name, k) for k in range(n_layers)]
    streams["rate"], streams["source"], streams["arrivals"] = layer_rate, source, row
    streams["layer"], streams["channel"], streams["won_by"] = np.arange(n_layers), -1, NO_ROUTE
    return streams
