"""Parameter rows of the voice of the customer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import VOICE
from cxsim.settings.schema import Config


def make_voice(configs: Sequence[Config]) -> np.ndarray:
    """Surveys of each row, of shape (rows,).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> float(make_voice([load()])["noise"][0])
    0.5
    """
    voice = np.zeros(len(configs), VOICE)
    for record, config in zip(voice, configs, strict=True):
        record["noise"] = config.survey.noise_sd
    return voice
