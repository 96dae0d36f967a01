"""A page made of sections alone: for commands that answer with words, tables and pictures of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from cxsim.measure.whole_file import write_text
from cxsim.report.provenance import assumption_rows, made_rows
from cxsim.report.section import PLACES, Section
from cxsim.settings.schema import Config


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("cxsim.report", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("sections_page.html")


def render_sections(
    title: str, subtitle: str, sections: Sequence[Section], config: Config, manifest: Mapping[str, Any],
    worlds: Mapping[str, Config] | None = None,
) -> str:
    """The page as HTML text: sections by place, what it rests on, how it was made; every name escaped.

    Parameters
    ----------
    title, subtitle : str
        The heading, and the line below it.
    sections : sequence of Section
        In any order; those of one place keep theirs.
    config : Config
        The baseline.
    manifest : mapping
        From :func:`cxsim.measure.manifest.make_manifest`.
    worlds : mapping of str to Config, optional
        Worlds of scenarios, whose assumed effects are listed as well.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> page = render_sections("A < B", "", [Section("What to do", ["Nothing."])], load(), {"engine": "compiled"})
    >>> "<h1>A &lt; B</h1>" in page and "<p>Nothing.</p>" in page
    True
    """
    resting, in_play, _ = assumption_rows(config, worlds or {})
    ordered = sorted(sections, key=lambda one: PLACES.index(one.place))
    page: str = _template().render(title=title, subtitle=subtitle, sections=ordered, resting=resting,
                                   assumptions=in_play, made=made_rows(manifest, config))
    return page.lstrip()


def write_sections(
    path: Path | str, title: str, subtitle: str, sections: Sequence[Section], config: Config,
    manifest: Mapping[str, Any], worlds: Mapping[str, Config] | None = None,
) -> None:
    """Write such a page as one file, whole or not at all; parameters as :func:`render_sections`."""
    write_text(path, render_sections(title, subtitle, sections, config, manifest, worlds))
