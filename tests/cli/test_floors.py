"""Imports flow down the floors; Hydra and SimPy stay where they belong (contracts in pyproject.toml)."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_imports_keep_the_contracts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    linter = pytest.importorskip("importlinter.cli")
    root = Path(__file__).resolve().parents[2]
    monkeypatch.chdir(root)
    code = linter.lint_imports(config_filename=str(root / "pyproject.toml"), no_cache=True)
    assert code == 0, capsys.readouterr().out
