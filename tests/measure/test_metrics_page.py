"""The catalogue and its printed page."""

from __future__ import annotations

from pathlib import Path

from cxsim.measure.metrics import CATALOGUE, GROUPS, metrics_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


def test_printed_page_is_in_step_with_the_catalogue():
    assert PAGE.read_text(encoding="utf-8") == metrics_page(), (
        "docs/metrics.md is not what the catalogue says; write cxsim.measure.metrics.metrics_page() into it")


def test_every_metric_is_defined_once_in_words_and_formula():
    assert len(CATALOGUE) == sum(len(metrics) for _, metrics in GROUPS)
    for metric in CATALOGUE.values():
        assert metric.better in (-1, 0, 1) and metric.unit and metric.formula
        assert metric.definition.endswith(".") and "|" not in metric.definition + metric.formula
