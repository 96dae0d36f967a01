"""The one-file page: complete, escaped, and dependent on nothing outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from cxsim.config.loading import load
from cxsim.errors import CxsimError
from cxsim.measure.comparison import compare_kpis, pairing_gain
from cxsim.measure.manifest import make_manifest
from cxsim.report.page import Report, render_page, write_report

EVIL = "<script>alert('$x$')</script>--><b>"


def _report(config, make_kpis, name="better", **changes):
    base, more = make_kpis(config, "baseline", 1.0), make_kpis(config, name, 1.3)
    manifest = make_manifest(config, {}, engine="compiled", wall_seconds=1.0, command_line=["cxsim", EVIL])
    return Report(**{
        "config": config, "kpis": type(base).concat([base, more]), "manifest": manifest,
        "comparison": compare_kpis(base, more), "scenario_configs": {name: load(["loyalty.earn_rate=0.03"])},
        "descriptions": {name: EVIL}, "gain": pairing_gain(base, more),
        "reference_check": [{"metric": EVIL, "gap": 0.001, "verdict": "passed"}], **changes})


@pytest.fixture(scope="module")
def page(config, make_kpis):
    return render_page(_report(config, make_kpis, EVIL))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_page_escapes_every_name(page):
    tags = _Tags()
    tags.feed(page)
    assert not tags.open
    assert "script" not in {tag for tag, _ in tags.found} and "b" not in {tag for tag, _ in tags.found}
    assert "&lt;script&gt;" in page


def test_page_loads_nothing_from_outside(page):
    tags = _Tags()
    tags.feed(page)
    for tag, attributes in tags.found:
        assert tag not in ("link", "img", "iframe", "object", "embed")
        for name in ("src", "href", "xlink:href"):
            assert attributes.get(name, "#").startswith("#")
    assert not re.search(r"@import|url\((?!#)", page)


def test_page_holds_each_id_once_apart_from_shared_letters(page):
    tags = _Tags()
    tags.feed(page)
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    # Letters and markers of equal name are equal shapes, named by their content.
    assert all(re.match(r"DejaVuSans|[a-zA-Z][0-9a-f]{8,}|C\d", one) for one in ids), ids


def test_page_holds_all_its_parts(config, make_kpis):
    text = render_page(_report(config, make_kpis))
    for heading in ("Differences from the baseline", "What got worse", "Active customers", "Profit over time",
                    "Where the money comes from", "Headlines in numbers", "What each scenario changes",
                    "What this rests on", "Does the baseline reproduce its history?", "How it was made"):
        assert heading in text, heading
    assert text.count("<svg") == 4
    for fact in ("compiled", "placeholders", "loyalty.earn_rate", "0.03", "numpy", "seed"):
        assert fact in text, fact


def test_same_results_give_the_same_page(config, make_kpis):
    assert render_page(_report(config, make_kpis)) == render_page(_report(config, make_kpis))


def test_page_of_a_single_run_has_no_differences(config, make_kpis):
    base = make_kpis(config, "baseline", 1.0)
    text = render_page(Report(config, base, {"engine": "simpy"}))
    assert text.count("<svg") == 3 and "What got worse" not in text and "Results" in text


def test_page_of_a_contact_centre_needs_no_customers(make_kpis):
    config = load(["market=contact_centre"])
    text = render_page(Report(config, make_kpis(config, "baseline", 1.0), {"engine": "compiled"}))
    assert "Active customers" not in text


def test_page_into_an_absent_folder_is_one_sentence(tmp_path, config, make_kpis):
    with pytest.raises(CxsimError, match="cannot write"):
        write_report(tmp_path / "nowhere" / "report.html", _report(config, make_kpis))
