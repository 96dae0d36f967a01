"""Keys of the experience: old files load neutral, and what no world can have is refused with its cure."""

from __future__ import annotations

import re
from typing import Any, get_args

import numpy as np
import pytest

from cxsim.behaviour import state
from cxsim.behaviour.streams import MOST_A_DAY
from cxsim.errors import CxsimError
from cxsim.journal.words import OWNERS, STAGES
from cxsim.settings.checks import MOST_CHANNELS
from cxsim.settings.journeys import Journeys
from cxsim.settings.overlay import apply_changes
from cxsim.settings.channel_rows import make_channels
from cxsim.settings.rows import make_rows
from cxsim.settings.schema import Config
from cxsim.settings.touchpoints import Kind, Stage
from cxsim.settings.values import MOST_A_YEAR, Effect
from plain_worlds import NEW_GROUPS, changed, old_values, plain

WEEK = ["mon", "tue", "wed", "thu", "fri"]
NEUTRAL_ONE = ("automatic.attention", "perception.mean_weight")


def effects(node: Any, path: str = "") -> dict[str, float]:
    """Every effect of the new groups, by its key."""
    if isinstance(node, Effect):
        return {path: node.value}
    found: dict[str, float] = {}
    for name in type(node).model_fields if hasattr(type(node), "model_fields") else ():
        found |= effects(getattr(node, name), f"{path}.{name}" if path else name)
    return found


@pytest.mark.parametrize("market", ["online_retail", "subscription", "contact_centre"])
def test_configuration_without_the_new_keys_loads_and_is_neutral(market: str) -> None:
    config = Config.model_validate(old_values(f"market={market}"))
    found = {key: value for key, value in effects(config).items() if key.split(".")[0] in NEW_GROUPS}
    assert len(found) >= 30
    assert {key: value for key, value in found.items() if value != (1.0 if key in NEUTRAL_ONE else 0.0)} == {}
    row = make_rows([config])[0, 0]
    zero = ("p_forgotten", "prompt_lift", "attention_wear", "reactance", "habit", "lost_contact", "w_handoff",
            "offer_wear", "priority", "p_wrong", "p_fault", "severity_spread", "p_recover", "recovery_gain",
            "search_saving", "fit_gain", "delivery_saving", "handle_saving", "price_gain", "prompt_accuracy",
            "recognition",
            "p_consent", "shock_rate", "renewal_contacts", "n_touchpoints", "p_opt_out")
    one = ("p_known", "integration", "mean_weight", "attention")
    assert {name: float(row[name]) for name in zero} == dict.fromkeys(zero, 0.0)
    assert {name: float(row[name]) for name in one} == dict.fromkeys(one, 1.0)
    channels = make_channels([config])
    assert (channels["handle_sigma"] == -1).all() and (channels["p_resolved"] == 1).all()
    assert (channels["p_retry"] == 0).all() and np.isinf(channels["call_back_days"]).all()


def test_schema_speaks_of_the_same_kinds_stages_and_limits_as_the_behaviour() -> None:
    assert tuple(Journeys.model_fields) == state.JOURNEYS == get_args(Kind)
    assert get_args(Stage) == STAGES
    assert MOST_CHANNELS == state.MOST_CHANNELS
    assert MOST_A_YEAR / 365.0 <= MOST_A_DAY


HELP = {"owner": "support", "stage": "request"}
REFUSED = [
    # touchpoints
    ({"touchpoints.bell": {**HELP, "reach": 0.5, "channels": ["phone", "fone"]}},
     r"touchpoints.bell.channels: fone: .*no such channel \(there are: web, app, phone, chat\); "
     r"set touchpoints.bell.channels=\[phone\], or null for any, or touchpoints.bell.reach=0; did you mean phone"),
    ({"touchpoints.bell": {**HELP, "reach": 0.5, "channels": ["kiosk"]}},
     "touchpoints.bell.channels: kiosk: .*set touchpoints.bell.channels=null for any, or touchpoints.bell.re"),
    ({"touchpoints.bell": {**HELP, "owner": "suport"}},
     r"touchpoints.bell.owner=suport: must be product, IT, .* or management; did you mean support\?"),
    ({"touchpoints.bell": {**HELP, "stage": "respnd"}}, r"must be recognize, request, .*; did you mean respond\?"),
    ({"touchpoints.bell": {**HELP, "journeys": ["renewal"]}}, r"must be purch.* or evaluate; did you mean renew"),
    ({"touchpoints.bell": {**HELP, "channels": []}}, r"touchpoints.bell.channels=\[\]: must hold 1 to any number"),
    ({"touchpoints.bell": {"reach": 0.5, "stage": "request"}}, "touchpoints.bell.owner is missing; set"),
    ({"touchpoints.solution": HELP}, "reserved for what is delivered; choose another"),
    ({f"touchpoints.{name}": {**HELP, "reach": 0.1, "prompts_per_year": 60} for name in ("mail", "card")},
     "touchpoints: mail, card together send 120 prompts a year .* at most 91 .* lower their prompts_per_year"),
    # channels
    ({"channels.phone.owner": "sails"}, r"channels.phone.owner=sails: must be product, .*did you mean sales\?"),
    ({"channels.phone.p_retry": 1.0}, "channels.phone.p_retry: .*call again for ever; set a share below 1"),
    ({"channels.phone.p_resolved": 0.0}, "channels.phone.p_resolved: .*for ever; set a share above 0"),
    ({"channels.phone.contacts_per_hour": 5.0},
     "channels.phone.contacts_per_hour: a transactional market has no anonymous contacts; set it to 0"),
    ({"channels.phone.shrinkage": 1.0}, "channels.phone.shrinkage=1: must be at least 0 and less than 1"),
    ({f"channels.desk{k}": {"kind": "digital", "share": 0.1} for k in range(9)},
     r"channels: there are 13, at most 12 are possible; leave out those that are not offered"),
    # shifts: the phone is open from 10 to 16, Monday to Friday
    ({"channels.phone.shifts": {"early": {"from_hour": 8, "to_hour": 13, "employees": 1},
                                "late": {"from_hour": 14, "to_hour": 18, "employees": 1, "days": WEEK[:4]}}},
     "channels.phone.shifts: nobody is on duty 13-14 on mon, tue, wed, thu; 13-16 on fri, while the channel is "
     r"open \(10-16\); let a shift with employees cover these hours, or narrow channels.phone.open_hour"),
    ({"channels.phone.shifts.idle": {"from_hour": 10, "to_hour": 16, "employees": 0}}, "nobody is on duty 10-16"),
    ({"channels.phone.shifts.night": {"from_hour": 16, "to_hour": 24, "employees": 1}},
     "channels.phone.shifts.night: 16-24 on mon, .* lies wholly outside the opening hours .10-16 on mon, .*; "
     "move the shift, or widen channels.phone.open_hour"),
    ({"channels.phone.shifts.rest": {"from_hour": 10, "to_hour": 16, "employees": 1, "days": ["sat", "sun"]}},
     "channels.phone.shifts.rest: .* lies wholly outside"),
    ({"channels.phone.shifts.night": {"from_hour": 22, "to_hour": 6, "employees": 1}},
     "channels.phone.shifts.night: to_hour 6 must be later than from_hour 22; write a night shift as two"),
    ({"channels.phone.shifts.off": {"from_hour": 9, "to_hour": 12, "employees": 1, "days": []}}, "days is empty"),
    ({"channels.phone.shifts.Day": {"from_hour": 9, "to_hour": 12, "employees": 1}}, "must be lower-case letters"),
    ({"channels.web.shifts.day": {"from_hour": 9, "to_hour": 12, "employees": 1}},
     "channels.web.shifts: a digital channel has no employees; leave the shifts out"),
    # journeys
    ({"journeys.purchase.needs_per_year": 1}, "journeys.purchase.needs_per_year=1: must be 0 here.*segments.NAME"),
    ({"journeys.upgrade.needs_per_year": 1}, "journeys.upgrade.needs_per_year=1: .*only a subscription has it"),
    ({"journeys.move.needs_per_year": 1}, "journeys.move.needs_per_year=1: .*only a subscription has it"),
    ({"journeys.renew.needs_per_year": 1}, "journeys.renew.needs_per_year=1: .*journeys.renew.share_of_renewals"),
    ({"journeys.renew.share_of_renewals": 0.3}, "journeys.renew.share_of_renewals=0.3: .*only a subscription"),
    ({"journeys.troubleshoot.needs_per_year": 92}, "needs_per_year=92: must be between 0 and 91"),
    ({"journeys.purchase.p_further_contact": 1}, "p_further_contact=1: must be at least 0 and less than 1"),
    ({"journeys.purchase.channel_weights.fone": 2},
     r"journeys.purchase.channel_weights.fone: .*no such channel \(there are: .*did you mean phone\?"),
    ({"journeys.move.channel_weights": {"web": 0, "app": 0, "phone": 0}},
     r"journeys.move.channel_weights: every offered channel \(web, app, phone\) has weight 0.*weights.web=1"),
    ({"journeys.purchas.further_days": 2}, r"did you mean journeys.purchase.further_days\?"),
    # what is delivered, known, done by itself
    ({"delivery.p_late": 0.5, "delivery.p_wrong": 0.6},
     "delivery.p_wrong=0.6: with delivery.p_late=0.5 it makes 1.1 of all solutions; lower one"),
    ({"knowledge.population_start": 0.95},
     "knowledge.population_start=0.95: lies above knowledge.population_ceiling=0.9.*lower the start or raise"),
    ({"knowledge.search_saving": 0.95}, "knowledge.search_saving: 0.95 must lie between 0 and 0.9"),
    ({"knowledge.prompt_accuracy": 1.5}, "knowledge.prompt_accuracy: 1.5 must lie between 0 and 1"),
    ({"automatic.attention": 0.0}, "automatic.attention: 0 must be greater than 0 and at most 1"),
    ({"automatic.attention": 1.01}, "automatic.attention: 1.01 must be greater than 0 and at most 1"),
    ({"automatic.wrong_tolerance": 0}, "automatic.wrong_tolerance=0: must be at least 1"),
    ({"coaching.recall": -1}, "coaching.recall: -1 must be at least 0"),
    ({"employees.training.narrowing": 1.2}, "employees.training.narrowing: 1.2 must lie between 0 and 1"),
    ({"employees.learnin": 0.2}, r"employees.learnin=0.2: .*did you mean employees.learning\?"),
    ({"choice.habit_memory": 1}, "choice.habit_memory=1: must be at least 0 and less than 1"),
    ({"segments.shoppers.priority": 10}, "segments.shoppers.priority=10: must be between 0 and 9"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Config:
    return plain()


@pytest.mark.parametrize(
    ("changes", "told"), REFUSED, ids=[f"{i}-{next(iter(one[0]))}" for i, one in enumerate(REFUSED)]
)
def test_impossible_key_is_refused_with_its_name_and_the_cure(
    shop: Config, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(CxsimError) as refused:
        changed(shop, changes)
    sentence = str(refused.value)
    assert re.search(told, sentence), sentence
    assert "\n" not in sentence


def test_subscriber_s_troubles_come_by_his_segment_and_his_other_needs_may_come_by_themselves() -> None:
    subscribers = plain("subscription")
    with pytest.raises(CxsimError, match="troubleshoot.needs_per_year=1: .*segments.NAME.support_needs_per_year"):
        changed(subscribers, {"journeys.troubleshoot.needs_per_year": 1})
    owner = {"journeys.upgrade.needs_per_year": 1, "journeys.move.needs_per_year": 0.1,
             "journeys.renew.share_of_renewals": 0.3}
    assert changed(subscribers, owner).journeys.upgrade.needs_per_year == 1


def test_refusal_of_an_owner_lists_every_department(shop: Config) -> None:
    with pytest.raises(CxsimError) as refused:
        changed(shop, {"touchpoints.bell": {**HELP, "owner": "xyz"}})
    assert all(owner in str(refused.value) for owner in OWNERS)


def test_touchpoint_offered_to_nobody_may_name_channels_of_other_markets(shop: Config) -> None:
    bell = {**HELP, "reach": 0, "channels": ["kiosk", "phone"], "prompts_per_year": 91}
    world = changed(shop, {"touchpoints.bell": bell, "touchpoints.horn": bell})
    assert world.touchpoints["bell"].channels == ["kiosk", "phone"]


def test_scenario_switches_a_touchpoint_on_and_a_wrong_name_is_told(shop: Config) -> None:
    world = changed(shop, {"touchpoints.reminder": {"owner": "marketing", "stage": "recognize"}})
    assert apply_changes(world, {"touchpoints.reminder.reach": 1}, origin="s").touchpoints["reminder"].reach == 1
    with pytest.raises(CxsimError, match=r"s: touchpoints.remindr: the market has no such touchpoint \(there are: "
                                         r"reminder\); did you mean touchpoints.reminder\?"):
        apply_changes(world, {"touchpoints.remindr.reach": 1}, origin="s")
    with pytest.raises(CxsimError, match=r"with \+touchpoints.chatbot=\{..., reach: 0\}"):
        apply_changes(world, {"touchpoints.chatbot.reach": 1}, origin="s")
    with pytest.raises(CxsimError, match=r"did you mean touchpoints.reminder.reach\?"):
        apply_changes(world, {"touchpoints.reminder.reech": 1}, origin="s")
    with pytest.raises(CxsimError, match="touchpoints.reminder.reach=true: must be a number"):
        apply_changes(world, {"touchpoints.reminder.reach": True}, origin="s")


def test_scenario_may_bring_shifts_and_change_one_of_them(shop: Config) -> None:
    day = {"from_hour": 10, "to_hour": 16, "employees": 2}
    world = apply_changes(shop, {"channels.phone.shifts": {"day": day}}, origin="s")
    more = apply_changes(world, {"channels.phone.shifts.day.employees": 5}, origin="s")
    assert (world.n_employees("phone"), more.n_employees("phone")) == (2, 5)
    with pytest.raises(CxsimError, match="channels.phone.shifts.day.to_hour=25: must be between 1 and 24"):
        apply_changes(world, {"channels.phone.shifts.day.to_hour": 25}, origin="s")


def test_number_stands_for_an_effect_and_whole_numbers_may_be_written_as_people_do(shop: Config) -> None:
    world = changed(shop, {"coaching.recall": 0.7, "channels.phone.shifts": {},
                           "knowledge.population_exponent": {"value": 0.2, "low": 0.0, "high": 0.5}})
    assert (world.coaching.recall.high, world.knowledge.population_exponent.high) == (0.7, 0.5)
