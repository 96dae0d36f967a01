"""Touchpoints: capabilities beside a contact or a solution, each under a name the user chooses."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cxsim.settings.values import Effect, NotNegative, Owner, Positive, Share, Strict, Whole, YearlyRate, neutral

Stage = Literal["recognize", "request", "respond", "repeat"]
Kind = Literal["purchase", "troubleshoot", "upgrade", "move", "renew", "evaluate"]


class Touchpoint(Strict):
    """What one capability changes, where, and for whom; every key is neutral until set.

    It acts at its stage, on `channels` (null = any) and kinds of `journeys` (null = any), for the
    share of customers it reaches (0 = offered to nobody). `minutes` are added to the contact,
    `rel_minutes` and `rel_response` multiply its time and the response days; `fit`, `upsell`,
    `conversion` (of a prospect) and `resolution` are logits, `delight` is in s.d. of quality; `rel_wait_felt`
    and `rel_failure_felt` are what is left of the pain; `teaches` are interactions more that the brand learns
    from; `integration` and `p_recover` come on top of ``handoff`` and
    ``recovery``. `by_knowledge`: fit, upsell and time saved grow with what is known of him.
    `needs_known`: only where he can name his need. `first_only`: only before his first judgement.
    `after_failure`: only where something failed in the journey. `steps` are things more to do in a contact
    (below 0: fewer), counted as friction.
    """

    description: str = ""
    owner: Owner
    stage: Stage
    channels: list[str] | None = Field(default=None, min_length=1)
    journeys: list[Kind] | None = Field(default=None, min_length=1)
    reach: Share = 0.0
    minutes: float = 0.0
    steps: Whole = Field(default=0, ge=-2, le=9)
    rel_minutes: Positive = 1.0
    rel_response: Positive = 1.0
    p_failure: Share = 0.0
    fit: Effect = neutral()
    upsell: Effect = neutral()
    conversion: Effect = neutral()
    delight: Effect = neutral()
    resolution: Effect = neutral()
    rel_wait_felt: NotNegative = 1.0
    integration: Share = 0.0
    rel_failure_felt: NotNegative = 1.0
    p_recover: Share = 0.0
    teaches: NotNegative = 0.0
    prompts_per_year: YearlyRate = 0.0
    by_knowledge: bool = False
    needs_known: bool = False
    first_only: bool = False
    after_failure: bool = False
    offers_call_back: bool = False
    cost_per_use: NotNegative = 0.0
    cost_per_day: NotNegative = 0.0
