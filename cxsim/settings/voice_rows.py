"""Parameter rows of the voice of the customer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import VOICE
from cxsim.settings.schema import Config


def make_voice(configs: Sequence[Config]) -> np.ndarray:
    """Surveys of each row, and what follows from an answer, of shape (rows,).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> float(make_voice([load()])["noise"][0])
    0.5
    """
    voice = np.zeros(len(configs), VOICE)
    for record, config in zip(voice, configs, strict=True):
        survey, loop = config.survey, config.close_the_loop
        record["noise"], record["share_asked"] = survey.noise_sd, survey.share_asked
        record["p_answer"] = survey.p_answer
        record["answer_logit"] = 0.0 if survey.p_answer >= 1 else math.log(survey.p_answer / (1 - survey.p_answer))
        record["bias"], record["extremes"] = survey.bias.value, survey.extremes.value
        record["loop_reach"], record["loop_below"] = loop.reach, loop.below
        record["loop_delay"], record["loop_gain"] = loop.delay_days, loop.gain.value
        record["loop_cost"] = loop.cost_per_call
    return voice
