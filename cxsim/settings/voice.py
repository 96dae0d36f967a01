"""The voice of the customer: surveys, and what follows from an answer."""

from __future__ import annotations

from pydantic import Field, model_validator

from cxsim.settings.values import NotNegative, Positive, Strict


class Survey(Strict):
    """Read-outs: noise of an answer and the answers a baseline gives (shares of each score)."""

    noise_sd: Positive = 0.5
    nps_shares: list[NotNegative] = Field(min_length=11, max_length=11)
    csat_shares: list[NotNegative] = Field(min_length=5, max_length=5)
    ces_shares: list[NotNegative] = Field(min_length=7, max_length=7)

    @model_validator(mode="after")
    def _shares(self) -> Survey:
        for name in ("nps_shares", "csat_shares", "ces_shares"):
            total = sum(getattr(self, name))
            if abs(total - 1.0) > 1e-9:
                raise ValueError(f"{name} sum to {total:.6g}; they must sum to 1")
        return self
