"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the public research data files; the project itself ships none of them."""
    folder = Path(os.environ.get("CXSIM_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    if not folder.is_dir():
        message = (
            f"REAL DATA ABSENT: {folder} does not exist, so this judge did not run; "
            "set CXSIM_DATA to the folder that holds CDNOW_sample.txt"
        )
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    return folder
