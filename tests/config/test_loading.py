"""What loads: shipped markets and scenarios, numbers as people write them, effects, new channels."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxsim.config.folders import groups
from cxsim.config.loading import load, load_request, load_scenario
from cxsim.settings.overlay import apply_changes

CUSTOMER_MARKETS = ("online_retail", "subscription", "telecom")
SCENARIOS = sorted(groups()["scenario"])


@pytest.mark.parametrize("market", CUSTOMER_MARKETS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_shipped_market_takes_every_shipped_scenario(market: str, scenario: str) -> None:
    config = load([f"market={market}", f"scenario={scenario}"])
    assert config.market.name == market
    assert config.scenario.name == ("baseline" if scenario == "none" else scenario)
    assert bool(config.scenario.changes) == (scenario != "none")


def test_shipped_options_of_every_group_load_together() -> None:
    """The first, the second, ... option of all groups at once, so that each is loaded."""
    left_out = ("payment", "market", "scenario", "segments", "channels", "journeys", "plan", "optimize", "sweep")
    options = {group: sorted(files) for group, files in groups().items() if group not in left_out}
    for turn in range(max(map(len, options.values()))):
        load([f"{group}={names[turn % len(names)]}" for group, names in options.items()])


def test_connected_experiences_have_something_to_act_on_in_a_shop() -> None:
    config = load()
    assert (config.needs.p_forgotten, config.needs.p_known) == (0.2, 0.8)
    assert config.delivery.p_wrong == 0.02 and config.recovery.p_recover > 0
    assert config.perception.mean_weight.value == 0.5
    known = config.knowledge
    assert known.population_exponent.value == known.fit_gain.value == known.price_gain.value == 0
    assert config.coaching.reactance.value == 0 and config.coaching.reactance.high == 0.593
    assert config.automatic.p_consent == 0 and config.employees.turnover_per_year == 0


def test_contact_centre_is_wholly_neutral() -> None:
    config = load(["market=contact_centre"])
    assert config.needs == type(config.needs)() and config.use == type(config.use)()
    assert config.journeys == type(config.journeys)()
    assert config.handoff.integration == 1 and config.recovery.p_recover == 0
    assert config.perception.mean_weight.value == 1
    assert config.channels["phone"].handle_cv is None and config.channels["phone"].shrinkage == 0


def test_telecom_opens_every_hour_with_staff_a_bit_short() -> None:
    config = load(["market=telecom"])
    phone = config.channels["phone"]
    assert (phone.handle_cv, phone.patience_minutes, phone.p_retry) == (1.23, 12.0, 0.449)
    paid = [phone.on_shift("mon", hour) for hour in range(phone.open_hour, phone.close_hour)]
    more = load(["market=telecom", "channels.phone.extra_employees=1"]).channels["phone"]
    assert min(paid) >= 1 and more.on_shift("mon", 9) == phone.on_shift("mon", 9) + 1
    assert len(config.channels) == 8 and config.channels["partner"].partner
    assert config.segments["business"].priority < config.segments["residential"].priority


def test_contact_centre_is_the_row_of_erlangs_table() -> None:
    config = load(["market=contact_centre"])
    phone = config.channels["phone"]
    assert (phone.contacts_per_hour, phone.handle_minutes, phone.employees) == (360.0, 4.0, 28)
    assert phone.patience_minutes is None
    assert config.segments == {} and config.n_customers == 0 and config.horizon_days == 30


def test_online_retail_holds_the_published_parameters() -> None:
    shoppers = load().segments["shoppers"]
    assert shoppers.purchase is not None and shoppers.spend is not None
    assert shoppers.purchase.model_dump() == {"r": 0.243, "alpha_weeks": 4.414, "a": 0.793, "b": 2.426}
    assert shoppers.spend.model_dump() == {"p": 6.25, "q": 3.74, "gamma": 15.44}


def test_media_pays_for_a_fifth_to_a_quarter_of_the_entrants() -> None:
    config = load()
    entrants = 1000 / config.market.history_days
    media = config.acquisition["media"]
    assert 0.20 <= media.anchor_entrants_per_day / entrants <= 0.25
    assert media.spend_per_day == media.anchor_spend_per_day


def test_neutral_keys_of_a_shop_without_programme_or_chat() -> None:
    config = load()
    assert config.loyalty.earn_rate == 0 and config.referral.bonus == 0
    assert config.channels["chat"].share == 0 and config.n_employees("chat") == 0


def test_every_effect_that_is_no_placeholder_names_its_source() -> None:
    def effects(node: object, path: str = "") -> list[tuple[str, dict]]:
        if not isinstance(node, dict):
            return []
        if "evidence" in node:
            return [(path, node)]
        return [found for key, inner in node.items() for found in effects(inner, f"{path}.{key}")]

    for market in groups()["market"]:
        found = effects(load([f"market={market}"]).model_dump())
        assert len(found) >= 9
        for path, effect in found:
            assert effect["source"], path


@pytest.mark.parametrize("text", ["1e5", "100000", "100_000", "1.0e5"])
def test_whole_number_may_be_written_as_people_do(text: str) -> None:
    assert load([f"n_customers={text}"]).n_customers == 100_000


def test_effect_takes_a_number_or_a_value_with_its_range_kept() -> None:
    whole = load(["satisfaction.total_effect=0.4"]).satisfaction.total_effect
    part = load(["satisfaction.total_effect.value=0.4"]).satisfaction.total_effect
    assert (whole.value, whole.evidence, whole.source) == (0.4, "placeholder", "set by hand")
    assert (part.value, part.low, part.high) == (0.4, 0.0, 0.9)


def test_new_channel_may_be_added_and_then_changed_without_plus() -> None:
    config = load(["+channels.kiosk={kind: digital, share: 0.1}", "channels.kiosk.p_failure=0.1"])
    assert config.channels["kiosk"].p_failure == 0.1


def test_key_that_the_files_leave_out_needs_no_plus() -> None:
    assert load(["channels.web.wage_per_hour=3"]).channels["web"].wage_per_hour == 3


def test_market_chooses_groups_and_the_command_line_chooses_over_it() -> None:
    assert load(["market=subscription"]).channels["phone"].share == 0.5
    assert load(["market=subscription", "channels=retail"]).channels["phone"].share == 0.25


def test_scenario_parts_join_by_plus_and_share_overrides() -> None:
    config = load(["scenario=points_program+live_chat", "scenario.start_day=30"])
    assert config.scenario.name == "points_program+live_chat"
    assert config.scenario.start_day == 30
    assert set(config.scenario.changes) == {"loyalty", "channels"}
    assert config.loyalty.earn_rate == 0, "the world itself stays the baseline"
    changed = apply_changes(config, config.scenario.changes, origin="test")
    assert changed.loyalty.earn_rate == 0.03 and changed.channels["chat"].employees == 1


def test_request_of_compare_holds_parts_baseline_and_a_folder_that_does_not_exist_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    request = load_request(
        "compare", ["scenarios=[points_program+live_chat,more_staff]", "baseline=more_media"]
    )
    assert [[part.name for part in parts] for parts in request.scenarios] == [
        ["points_program", "live_chat"],
        ["more_staff"],
    ]
    assert [part.name for part in request.baseline] == ["more_media"]
    assert request.run_dir.parent.name == "runs" and request.run_dir.name.startswith("compare-")
    assert list(tmp_path.iterdir()) == []
    assert load_request("run", ["hydra.run.dir=here"]).run_dir == Path("here")


def test_second_run_of_one_second_gets_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = load_request("run").run_dir
    first.mkdir(parents=True)
    assert load_request("run").run_dir != first


def test_scenario_window_is_set_for_every_scenario_of_a_comparison() -> None:
    request = load_request("compare", ["scenario.start_day=60", "scenario.ramp_days=30"])
    assert {(part.start_day, part.ramp_days) for parts in request.scenarios for part in parts} == {(60, 30)}


def test_none_is_no_scenario() -> None:
    assert load_scenario("none") == []


def test_loading_works_inside_another_hydra_program() -> None:
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    from cxsim.config.folders import conf_folder

    with initialize_config_dir(str(conf_folder()), version_base="1.3"):
        before = GlobalHydra.instance().hydra
        load()
        assert GlobalHydra.instance().hydra is before
    load()


def test_calibrate_takes_its_keys_bare_and_files_by_any_name() -> None:
    words = ["data=my (own) sales, '24.csv", "until=1997-09-30", "columns.amount=5", "overwrite=true"]
    options = load_request("calibrate", words).options.calibrate
    assert options.data == "my (own) sales, '24.csv"
    assert (options.until, options.columns.amount, options.overwrite) == ("1997-09-30", "5", True)
    assert load_request("calibrate", ["calibrate.until=end"]).options.calibrate.until == "end"
