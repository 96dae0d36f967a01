"""The sub-model of docs/bench.md as a world of cxsim, and its figures read off an outcome.

Four channels (two digital, two staffed, always open, with patience), satisfaction that is remembered,
needs at a rate it moves, leaving by a hazard after an order, friends who are brought. Everything else is off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxsim.engines.blueprint import Blueprint
    from cxsim.engines.outcome import Outcome

_ALWAYS = "open_hour: 0, close_hour: 24, open_days: [mon, tue, wed, thu, fri, sat, sun], at_close: serve_all"
_FLAT = ", ".join(["1.0"] * 24)

OVERRIDES = (
    "market=online_retail",
    "population=new",
    "needs=always_noticed",
    "delivery=none",
    "recovery=none",
    "upsell=none",
    "acquisition=none",
    "choice=fixed_shares",
    "market.entrants_per_day=0",
    "survey.share_asked=1e-9",  # A share of 0 is refused: nobody is asked, all the same.
    # Who they are: ten needs a year, one in twenty leaves after an order.
    "segments.shoppers.purchase={r: 2.0, alpha_weeks: 10.4, a: 1.0, b: 19.0}",
    # Where they go.
    f"channels.web={{share: 0.4, session_minutes: 8.0, p_failure: 0.03, hourly_weights: [{_FLAT}]}}",
    f"channels.app={{share: 0.2, session_minutes: 5.0, p_failure: 0.02, hourly_weights: [{_FLAT}]}}",
    f"channels.phone={{share: 0.25, handle_minutes: 8.0, patience_minutes: 6.0, employees: null, "
    f"customers_per_employee: 20000, hourly_weights: [{_FLAT}], {_ALWAYS}}}",
    f"channels.chat={{share: 0.15, handle_minutes: 6.0, patience_minutes: 6.0, employees: null, "
    f"customers_per_employee: 40000, hourly_weights: [{_FLAT}], {_ALWAYS}}}",
    # What they feel: waits and lost contacts in a mood; no gap to expectation, no peak, no fit.
    "perception.weights={effort: 0.0, wait: 0.5, failure: 1.0, fit: 0.0, use: 0.0}",
    "perception.noise_sd=0.5",
    "perception.fit_spread=0.0",
    "perception.quality_weight=1.0",
    "perception.loss_aversion=1.0",
    "perception.mean_weight=1.0",
    # What it does: half of it to the rate, half to leaving. Nothing is forgotten.
    "satisfaction.total_effect=0.5",
    "satisfaction.memory_weeks=1e18",
    # Whom they bring.
    "referral.invitations_per_journey=0.1",
    "referral.p_convert=0.42",
    "referral.delay_days=14.0",
)

MODELS = {"sub_model": OVERRIDES, "online_retail": ("market=online_retail",)}

# Event: a need arises, a contact begins or ends, an order, a judgement, an invitation, an entry, an exit.
EVENTS_EACH = {"needs": 1, "visits": 2, "calls": 2, "orders": 1, "judged": 1, "invitations": 1, "entered": 1,
               "exits": 1}


def n_events(figures: dict[str, float]) -> int:
    """Events of the sub-model behind its figures, counted alike whoever ran it.

    Examples
    --------
    >>> n_events({"needs": 10, "visits": 8, "calls": 3, "orders": 9, "judged": 9, "invitations": 1,
    ...           "entered": 0, "exits": 1, "revenue": 300.0})
    52
    """
    return round(sum(figures[name] * each for name, each in EVENTS_EACH.items()))


def make_world(model: str, customers: int, days: int, seed: int, replications: int = 1) -> Blueprint:
    """The blueprint of a model, held against no reference: intercepts 0, satisfaction in its own units.

    Finding the reference experience is work of its own, done once for all replications, and left out here.

    Parameters
    ----------
    model : str
        ``sub_model`` or ``online_retail`` (the demo market as shipped).
    customers, days, seed, replications : int
        Starting customers, days simulated, seed, replications at a time.

    Raises
    ------
    CxsimError
        Where it does not fit into memory, with what would.

    Examples
    --------
    >>> make_world("sub_model", 100, 30, 1).channels
    ('web', 'app', 'phone', 'chat')
    """
    from cxsim.config.loading import load
    from cxsim.engines.blueprint import make_blueprint
    from cxsim.engines.memory import refuse_what_cannot_fit
    from cxsim.settings.reference import blank_reference

    config = load([*MODELS[model], f"n_customers={customers}", f"horizon_days={days}", f"seed={seed}",
                   f"replications={replications}"])
    refuse_what_cannot_fit(config)
    return make_blueprint([config], [], blank_reference(config))


def figures_of(outcome: Outcome) -> dict[str, float]:
    """The figures of the sub-model, whole run, by the names its twins use.

    A call counts once its wait has ended.
    """
    from cxsim.journal import tallies
    from cxsim.journal.ticks import MINUTE
    from cxsim.journal.words import C_ORDER

    totals = outcome.tally[:, :-1].sum(axis=(0, 1))
    places = {"needs": tallies.N_NEEDS, "visits": tallies.N_VISITS, "failed": tallies.N_FAILED_VISITS,
              "calls": tallies.N_CONTACTS, "abandoned": tallies.N_ABANDONED, "orders": tallies.N_PURCHASES,
              "judged": tallies.N_JUDGED, "invitations": tallies.N_INVITATIONS, "entered": tallies.N_ENTERED,
              "exits": tallies.N_EXITS}
    found = {name: float(totals[place]) for name, place in places.items()}
    found["revenue"] = float(outcome.ledger[..., C_ORDER, 1].sum()) / tallies.MONEY
    found["wait_minutes"] = float(totals[tallies.WAIT_TICKS]) / MINUTE
    return found
