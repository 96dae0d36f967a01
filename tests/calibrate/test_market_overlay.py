"""The market file: its content, its place, and that it appears whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from cxsim.calibrate import overlay
from cxsim.calibrate.calibration import calibrate
from cxsim.calibrate.overlay import market_name, overlay_path, overlay_text, write_whole
from cxsim.errors import CxsimError


def test_overlay_holds_the_estimates_to_the_last_digit(sales: Path, tmp_path: Path) -> None:
    done = calibrate(sales, folder=tmp_path)
    assert done.path == tmp_path / "market" / "my_sales.yaml"
    text = done.path.read_text()
    assert text.startswith("# @package _global_\n# Calibrated from My Sales.csv (sha256 ")
    market = yaml.safe_load(text)
    assert market["defaults"] == ["online_retail", "_self_"]
    assert market["market"]["name"] == "my_sales"
    assert market["market"]["description"].startswith("repeat buying and spend calibrated from My Sales.csv")
    shoppers, origin = market["segments"]["shoppers"], market["calibration"]
    fit = done.purchase.parameters
    assert shoppers["purchase"] == {"r": fit["r"], "alpha_weeks": fit["alpha"], "a": fit["a"], "b": fit["b"]}
    assert shoppers["spend"] == dict(done.spend.parameters)
    assert origin["standard_errors"]["alpha_weeks"] == done.purchase.standard_errors["alpha"]
    assert (origin["source"], origin["until"]) == ("My Sales.csv", str(done.summary.until))
    assert (origin["n_customers"], origin["n_transactions"]) == (
        done.summary.n_customers, done.transactions.n_transactions)  # fmt: skip
    assert origin["log_likelihood"] == done.purchase.log_likelihood
    assert origin["evidence"] == "measured" and origin["history_active"] == []
    assert origin["inherited"] == ["channels", "costs", "arrivals"]
    assert f"cxsim compare market={done.name}" in "\n".join(done.lines())


def test_an_existing_market_needs_overwrite(sales: Path, tmp_path: Path) -> None:
    first = calibrate(sales, folder=tmp_path)
    before = first.path.read_bytes()
    with pytest.raises(CxsimError, match=r"my_sales\.yaml exists already; set overwrite=true"):
        calibrate(sales, folder=tmp_path, until="end")
    assert first.path.read_bytes() == before
    calibrate(sales, folder=tmp_path, until="end", overwrite=True)
    assert first.path.read_bytes() != before
    assert os.listdir(first.path.parent) == ["my_sales.yaml"]


def test_nothing_is_written_when_asked_not_to(sales: Path, tmp_path: Path) -> None:
    assert calibrate(sales, folder=tmp_path, write=False).path is None
    assert os.listdir(tmp_path) == []


def test_the_same_file_gives_the_same_bytes(sales: Path, tmp_path: Path) -> None:
    texts = [calibrate(sales, folder=tmp_path / name).path.read_bytes() for name in ("a", "b")]
    assert texts[0] == texts[1]


def test_a_broken_write_leaves_the_old_file_and_no_crumbs(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "market" / "shop.yaml"
    write_whole(path, "old\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(overlay.os, "replace", full)
    with pytest.raises(
        CxsimError, match=r"shop\.yaml: cannot be written \(No space left on device\); free space"
    ):
        write_whole(path, "new\n")
    assert path.read_text() == "old\n" and os.listdir(path.parent) == ["shop.yaml"]


def test_a_file_in_the_way_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "conf").write_text("")
    with pytest.raises(CxsimError, match="cannot be written"):
        write_whole(tmp_path / "conf" / "market" / "shop.yaml", "new\n")


def test_the_folder_follows_the_environment(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CXSIM_CONF", str(tmp_path))
    assert overlay_path("shop") == tmp_path / "market" / "shop.yaml"
    monkeypatch.delenv("CXSIM_CONF")
    assert overlay_path("shop") == Path("cxconf/market/shop.yaml")


@pytest.mark.parametrize("shipped", ["online_retail", "subscription", "contact_centre"])
def test_a_shipped_market_is_not_hidden(shipped: str) -> None:
    with pytest.raises(CxsimError, match=f"ships with the program.*name={shipped}_calibrated"):
        market_name(f"{shipped}.csv")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("CDNOW_sample.txt", "cdnow_sample"),
        ("2024.csv", "market_2024"),
        ("null.csv", "market_null"),
        ("…", "market"),
    ],
)
def test_a_market_is_named_after_its_file(file: str, name: str) -> None:
    assert market_name(file) == name


@pytest.mark.parametrize(
    "source", ["${oc.env:HOME}", 'a"b: c', "#x\ny", "nul\x01\x7f\u2028", "Käufe ☕ 🛒", "lost\udce9"]
)
def test_a_file_name_is_only_text_in_the_overlay(source: str) -> None:
    from omegaconf import OmegaConf

    text = overlay_text(
        source, {"r": 1e-05}, {"p": 2e16}, "shop", source, {"source": source, "nothing": float("nan")}
    )
    got = OmegaConf.create(text)
    assert got.calibration.source == source == got.market.description
    assert got.calibration.nothing is None
    assert (got.segments.shoppers.purchase.r, got.segments.shoppers.spend.p) == (1e-05, 2e16)
    assert set(yaml.safe_load(text)) == {"defaults", "market", "segments", "calibration"}
