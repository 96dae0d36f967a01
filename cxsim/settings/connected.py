"""Staying connected: needs nobody notices, prompts, what the brand knows, and acting by itself."""

from __future__ import annotations

from pydantic import Field

from cxsim.settings.values import (
    AttentionEffect, Effect, NotNegative, NotNegativeEffect, Positive, SavingEffect, Share, ShareEffect, Strict,
    Whole, YearlyRate, neutral)


class Needs(Strict):
    """Who notices a need: the share that is forgotten, that goes elsewhere, that he can name himself."""

    p_forgotten: Share = 0.0
    p_to_competitor: Share = 0.0
    p_known: Share = 1.0


class Coaching(Strict):
    """What prompts do; they come from touchpoints with ``prompts_per_year``.

    A prompt that is read leaves a signal that fades with `memory_days`. A need is forgotten with
    chance p_forgotten exp(-recall signal); extra needs come at `lift` times his own rate; a prompt is
    read with chance exp(-attention_wear signal); for `reactance_days` his hazard of leaving is
    multiplied by 1 + `reactance`.
    """

    recall: NotNegativeEffect = neutral()
    memory_days: Positive = 14.0
    lift: NotNegativeEffect = neutral()
    attention_wear: NotNegativeEffect = neutral()
    reactance: NotNegativeEffect = neutral()
    reactance_days: Positive = 90.0
    cost_per_prompt: NotNegative = 0.0


class Automatic(Strict):
    """The brand acts on its own for those who consent, once it knows them well enough.

    `confidence` is the knowledge needed; `p_wrong` the chance of a wrong execution at no knowledge;
    after `wrong_tolerance` wrong ones consent is withdrawn. In a subscription `attention` is the share
    of the hazard of leaving acted on while nothing makes him look; a shock makes him look.
    """

    p_consent: Share = 0.0
    confidence: Share = 0.5
    p_wrong: Share = 0.0
    wrong_tolerance: Whole = Field(default=2, ge=1)
    attention: AttentionEffect = neutral(1.0)
    shocks_per_year: YearlyRate = 0.0


class Knowledge(Strict):
    """What the brand learns of one customer and of all, and what that improves at full knowledge.

    Of one: k / (k + individual_n0) after k remembered interactions. Of all: from `population_start`
    towards `population_ceiling` by a power law whose scale is in interactions for every 1,000
    starting customers. Savings are shares of time; gains are logits of fit and log of spend;
    `recognition` is the share of needs otherwise missed that the brand notices.
    """

    individual_n0: Positive = 5.0
    memory_days: Positive = 730.0
    p_opt_out: Share = 0.0
    population_start: Share = 0.6
    population_ceiling: Share = 0.9
    population_scale: Positive = 1000.0
    population_exponent: NotNegativeEffect = neutral()
    search_saving: SavingEffect = neutral()
    handle_saving: SavingEffect = neutral()
    delivery_saving: SavingEffect = neutral()
    fit_gain: Effect = neutral()
    price_gain: Effect = neutral()
    prompt_accuracy: ShareEffect = neutral()
    recognition: ShareEffect = neutral()
