"""Arrays that grow while a world runs leave every life as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cxsim
from cxsim.behaviour.state import CUSTOMER_RECORD
from cxsim.engines import compiled_engine as machine
from cxsim.engines import replication as running
from cxsim.engines.blueprint import Blueprint, build_world
from cxsim.journal.events import EVENT
from cxsim.journal.ticks import DAY
from lived_worlds import live, plan, total, world
from same_life import assert_same_life

GROWING = ("n_customers=60", "horizon_days=300", "population=new", "segments.shoppers.purchase.r=3",
           "referral.invitations_per_journey=0.5", "referral.delay_days=2", "market.entrants_per_day=1",
           "channels.phone.handle_minutes=45")


def _tight(blueprint: Blueprint, number: int, **keys: object):
    """A world with hardly more room than its first customers need."""
    _, arrays = build_world(blueprint, number, **keys)
    room = blueprint.config.n_customers + machine.ROOM_FOR_CUSTOMERS
    arrays["customers"] = np.zeros(room, CUSTOMER_RECORD)
    arrays["events"] = np.zeros(400, EVENT)
    from cxsim.behaviour.world import make_world

    return make_world(arrays), arrays


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_growing_arrays_change_nothing(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    blueprint = plan(world(*GROWING))
    roomy = live(blueprint, 0, engine)
    assert len(roomy.customers) > 3 * 60 and len(roomy.events) > 4000
    monkeypatch.setattr(running, "build_world", _tight)
    tight = live(blueprint, 0, engine)
    assert_same_life(roomy, tight)


def test_referral_that_outgrows_its_room_is_lived_alike_by_both_engines() -> None:
    """Three times as many customers as the arrays were made for."""
    blueprint = plan(world(*GROWING, "market.entrants_per_day=0.01", "acquisition=none", "horizon_days=250",
                           "referral.invitations_per_journey=0.7"))
    outcome = live(blueprint)
    assert 3 * (60 + 256) < len(outcome.customers) < 5000
    assert_same_life(outcome, live(blueprint, 0, "simpy"))


def test_pending_events_that_outgrow_their_heap_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    blueprint = plan(world(*GROWING, "channels.web.share=0", "channels.app.share=0",
                           "channels.phone.handle_minutes=300", "channels.phone.patience_minutes=30000"))
    roomy = live(blueprint)
    monkeypatch.setattr(running, "build_world", _tight)
    assert_same_life(roomy, live(blueprint))


def _crowd_sent_away() -> None:
    """A long queue before a door that closes: many leave within one event of the door."""
    config = world("market=contact_centre", "horizon_days=1", "channels.phone.employees=1",
                   "channels.phone.contacts_per_hour=9000", "channels.phone.close_hour=8",
                   "channels.phone.at_close=send_away", "market.layer_rate_per_day=300000")
    outcome = live(plan(config))
    words = np.bincount(outcome.events["word"], minlength=30)
    n = len(outcome.customers)
    assert n > 65_000 and words[2] == n  # everybody joined
    assert words[3] + words[5] == n  # and was served or sent away, each in the log
    assert outcome.n_events == len(outcome.events)


def _crowd_called_at_once() -> None:
    """Enough employees on the second day for a whole crowd: all are served within one event."""
    config = world("market=contact_centre", "horizon_days=2", "channels.phone.contacts_per_hour=2700",
                   "market.layer_rate_per_day=100000", "channels.phone.handle_minutes=0.001")
    blueprint = plan(config)
    shifts = np.array([[0, 0, 1, 0], [DAY, 0, 1, 100_000]])
    outcome = live(replace(blueprint, plan=shifts))
    words = np.bincount(outcome.events["word"], minlength=30)
    assert words[3] == words[2] == len(outcome.customers) > 120_000


def _crowd_sent_away_every_day() -> None:
    """Long patience leaves overtaken events in the heap until it is full, then a door closes."""
    config = world("population=new", "n_customers=800", "horizon_days=25", "channels.web.share=0",
                   "channels.app.share=0", "channels.phone.employees=1", "channels.phone.handle_minutes=400",
                   "channels.phone.patience_minutes=20000", "segments.shoppers.purchase.r=50",
                   "segments.shoppers.purchase.alpha_weeks=2")
    blueprint = plan(config, log=False)
    outcome = live(blueprint)
    assert total(outcome, "closed") > 15 * 700
    assert_same_life(outcome, live(blueprint, 0, "simpy"))


CROWDS: dict[str, Callable[[], None]] = {
    "sent_away": _crowd_sent_away, "called_at_once": _crowd_called_at_once,
    "sent_away_every_day": _crowd_sent_away_every_day,
}


@pytest.mark.parametrize("crowd", CROWDS)
def test_a_crowd_moved_by_one_event_fits_into_the_arrays(crowd: str) -> None:
    """In a process of its own: what does not fit would be written past the end of an array."""
    folders = [str(Path(cxsim.__file__).parents[1]), str(Path(__file__).parent),
               str(Path(__file__).parents[1] / "judges")]
    code = f"import test_growth; test_growth.CROWDS[{crowd!r}]()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(folders), "MALLOC_PERTURB_": "165"})
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr[-600:]}"
