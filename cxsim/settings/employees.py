"""Those who serve: how they differ, learn, hurry, tire and leave, and what training does."""

from __future__ import annotations

from cxsim.settings.values import (
    Effect, NotNegative, NotNegativeEffect, Positive, SavingEffect, Share, ShareEffect, Strict, neutral)


class Training(Strict):
    """Hours of training a year and what they bring; of the full effect h / (h + half_hours) is reached.

    At full effect: `quality` s.d. gained, `narrowing` of the spread between employees removed, `speed`
    of the handling time saved, `resolution` on the logit of p_resolved. Hours are paid on top of the
    hours at the desk, at the wage plus `cost_per_hour`.
    """

    hours_per_year: NotNegative = 0.0
    quality: Effect = neutral()
    narrowing: ShareEffect = neutral()
    speed: SavingEffect = neutral()
    resolution: Effect = neutral()
    half_hours: Positive = 40.0
    cost_per_hour: NotNegative = 0.0

    @property
    def effect(self) -> float:
        """Share of the full effect that the hours bring, 0 to 1."""
        return self.hours_per_year / (self.hours_per_year + self.half_hours)


class Employees(Strict):
    """People, not a number: spread, practice, work pressure, fatigue, morale, turnover.

    Sources of the forms: power law of practice, Newell & Rosenbloom (1981); haste and eroding
    standards, Oliva & Sterman (2001). Spreads and gains of quality are in s.d. of a contact's quality.
    """

    quality_sd: NotNegativeEffect = neutral()
    speed_sd: NotNegativeEffect = neutral()
    learning: NotNegativeEffect = neutral()
    experienced_after: Positive = 500.0
    haste: NotNegativeEffect = neutral()
    care: Effect = neutral()
    erosion_days: Positive | None = None
    restoring_days: Positive | None = None
    fatigue_days: Positive = 5.0
    fatigue_from: Share = 0.75
    fatigue_time: Effect = neutral()
    fatigue_quality: Effect = neutral()
    turnover_per_year: NotNegative = 0.0
    turnover_fatigue: Effect = neutral()
    turnover_morale: Effect = neutral()
    morale_days: Positive = 30.0
    morale_satisfaction: Effect = neutral()
    morale_fatigue: Effect = neutral()
    morale_quality: Effect = neutral()
    hiring_cost: NotNegative = 0.0
    training: Training = Training()
