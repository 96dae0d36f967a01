"""Every mistake gets one sentence: the key as typed, its value, what is allowed, the nearest name."""

from __future__ import annotations

import pytest

from cxsim.config.loading import load, load_request
from cxsim.errors import CxsimError

MISTAKES = [
    ("loyalty.points_per_unit=-1", "loyalty.points_per_unit=-1: must be greater than 0"),
    ("loyalty.earn_rate=2", "loyalty.earn_rate=2: must be between 0 and 1"),
    ("loyalty.earn_rate=true", "loyalty.earn_rate=true: must be a number, not true or false"),
    ("loyalty.earnrate=0.1", "loyalty.earnrate=0.1: there is no such key; did you mean loyalty.earn_rate?"),
    ("+loyalty.earnrate=0.1", "loyalty.earnrate=0.1: there is no such key; did you mean loyalty.earn_rate?"),
    ("earn_rate=0.1", "earn_rate=0.1: there is no such key; did you mean loyalty.earn_rate?"),
    ("n_customer=3", "n_customer=3: there is no such key; did you mean n_customers?"),
    ("n_customers=1.5", "n_customers=1.5: must be a whole number"),
    ("horizon_days=0", "horizon_days=0: must be at least 1"),
    ("start_date=2026-13-01", "start_date=2026-13-01: must be a date, as in 2026-01-31"),
    ("engine=simp", "engine=simp: must be auto, simpy or compiled; did you mean simpy?"),
    ("market=onlin_retail", "market=onlin_retail: there is no such market; there are contact_centre"),
    ("market=onlin_retail", "did you mean online_retail?"),
    ("markt=online_retail", "did you mean market?"),
    ("loyalty/points=x", "there is no such group"),
    ("scenario=points_program+more_staf", "did you mean more_staff?"),
    ("channels.phne.share=0.1", "there is no such channel; there are web, app, phone, chat"),
    ("channels.phone.shar=0.1", "did you mean channels.phone.share?"),
    ("+channels.kiosk={share: 0.1}", "channels.kiosk.kind is missing; set channels.kiosk.kind=digital"),
    ("+channels.kiosk={kind: digitl, share: 0.1}", "channels.kiosk.kind=digitl: must be digital or staffed"),
    ("+channels.Kiosk={kind: digital, share: 0.1}", "must be lower-case letters, digits and _"),
    ("+segments.all={share: 0}", "reserved for totals"),
    ("segments.shoppers.share=0.9", "the shares (shoppers 0.9) sum to 0.9; they must sum to 1"),
    ("segments.shoppers.purchase=null", "segments.shoppers.purchase is missing"),
    ("channels.phone.employees=0", "nobody serves them; set channels.phone.employees=1"),
    ("satisfaction.total_effect=abc", "satisfaction.total_effect=abc: must be a number, or {value: ..."),
    ("perception.loss_aversion.value=3", "widen perception.loss_aversion.low and perception"),
    ("satisfaction.share.rate=0.7", "they must sum to 1"),
    ("survey.nps_shares=[1,2]", "must hold 11 values, not 2"),
    ("market.active_window_days=600", "shorten the window or lengthen the horizon"),
    ("loyalty.earn_rate=0.1,0.2", "takes one value for loyalty.earn_rate; for several use cxsim sweep"),
    ("loyalty.earn_rate=${nope}", "loyalty.earn_rate: Interpolation key 'nope' not found"),
    ("+loyalty.earn_rate=0.1", "loyalty.earn_rate exists already; write it without the +"),
    ("scenarios=[live_chat]", "not for cxsim run; leave it out; did you mean scenario=NAME?"),
    ("points_program", "points_program: write key=value; did you mean scenario=points_program?"),
    ("=3", "there is no key before the ="),
    ("channels.phone.open_days=[mon", "the value cannot be read"),
    ("~loyalty", "a group is always there"),
    ("hydra.foo=1", "hydra.foo"),
    ("_target_=os.system", "_target_=os.system: there is no such key"),
    ("+loyalty._target_=os.system", "loyalty._target_=os.system: there is no such key"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("override", "told"), MISTAKES, ids=[f"{i}-{m[0][:30]}" for i, m in enumerate(MISTAKES)]
)
def test_mistake_is_told_in_one_sentence_that_names_it(override: str, told: str) -> None:
    with pytest.raises(CxsimError) as refused:
        load([override])
    sentence = str(refused.value)
    assert told in sentence
    assert "\n" not in sentence


def test_scenario_that_starts_after_the_horizon_is_refused_in_run_and_compare() -> None:
    late = ["scenario=points_program", "scenario.start_day=800"]
    with pytest.raises(CxsimError, match=r"scenario.start_day=800.*horizon_days=730.*lengthen the horizon"):
        load(late)
    with pytest.raises(CxsimError, match=r"scenario points_program: scenario.start_day=730 is at or after"):
        load_request("compare", ["scenario.start_day=730"])


def test_scenario_is_refused_where_the_command_takes_a_list_and_told_so() -> None:
    with pytest.raises(CxsimError, match=r"cxsim compare takes scenarios=\[...\]"):
        load_request("compare", ["scenario=live_chat"])
    with pytest.raises(CxsimError, match=r"write a list in brackets: scenarios=\[points_program,live_chat\]"):
        load_request("compare", ["scenarios=points_program,live_chat"])
    with pytest.raises(CxsimError, match="did you mean live_chat"):
        load_request("compare", ["scenarios=[live_cat]"])
    with pytest.raises(CxsimError, match="nothing to compare"):
        load_request("compare", ["scenarios=[]"])


def test_scenario_that_does_not_fit_the_market_is_refused_by_name() -> None:
    with pytest.raises(
        CxsimError, match="scenario points_program: loyalty.earn_rate: a contact centre has no"
    ):
        load(["market=contact_centre", "scenario=points_program"])
    with pytest.raises(
        CxsimError, match=r"scenario live_chat: channels.chat: the market has no such channel"
    ):
        load(["market=contact_centre", "scenario=live_chat"])


def test_several_mistakes_are_counted() -> None:
    with pytest.raises(CxsimError, match=r"and 1 more to mend"):
        load(["seed=-1", "horizon_days=0"])
