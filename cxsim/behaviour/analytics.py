"""Analytics: who is about to leave, as far as the company can tell.

The score mixes the customer's true place among all customers, by hazard of leaving, with luck:
score = rho z + sqrt(1 - rho^2) e, z the normal score of his rank, e luck of each occasion. Customers by
hazard are counted as they come and go; ranks are read from the counts of the last midnight.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import LIFE, T_NORMAL_TABLE, decision, quantile, two_uniforms
from cxsim.journal.compiling import compiled

D_SCORE = decision("analytics/score")
# Bins of the logarithm of the hazard.
LOWEST, WIDTH, N_RANKS = -28.0, 0.25, 128
LIVE, PUBLISHED = range(2)


@compiled
def _place(c):
    """Where his hazard lies among the bins, as a number of bins."""
    if not c.exit_hazard > 0.0:
        return 0.0
    return min(max((math.log(c.exit_hazard) - LOWEST) / WIDTH, 0.0), N_RANKS - 1.0)


@compiled
def join_ranks(world, c):
    """Count him among the customers, by hazard. Reads: hazard. Writes: risks. Returns: nothing. Draws: nothing."""
    world.risks[LIVE, int(_place(c))] += 1


@compiled
def leave_ranks(world, c):
    """Count him no longer. Reads: hazard. Writes: risks. Returns: nothing. Draws: nothing."""
    world.risks[LIVE, int(_place(c))] -= 1


@compiled
def publish_ranks(world):
    """Publish how many customers lie below each bin, those of all bins last."""
    below = 0
    for k in range(N_RANKS):
        world.risks[PUBLISHED, k] = below
        below += world.risks[LIVE, k]
    world.risks[PUBLISHED, N_RANKS] = below


@compiled
def rank(world, c, u):
    """Which share of the customers is less likely to leave than he; `u` breaks ties at the ends.

    Reads: published risks. Writes: nothing. Returns: a number within (0, 1). Draws: nothing.
    """
    place = _place(c)
    k = int(place)
    if 0 < k < N_RANKS - 1:
        u = place - k
    first, last = world.risks[PUBLISHED, k], world.risks[PUBLISHED, k + 1]
    everybody = world.risks[PUBLISHED, N_RANKS]
    return min(max(first + u * (last - first), 0.5), everybody - 0.5) / everybody


@compiled
def risk_score(world, leaving, c, occasion):
    """How likely the company thinks he is to leave, as a standard normal score among its customers.

    It tells the riskier half from the safer half with an area under the curve of
    1/2 + (2/pi) asin(rho / sqrt 2).

    Reads: published risks. Writes: nothing. Returns: a score (-infinity before there are customers).
    Draws: "analytics/score" of the occasion.
    """
    if world.risks[PUBLISHED, N_RANKS] < 2:
        return -math.inf
    noise, tie = two_uniforms(world.keys[LIFE], c.id, occasion, D_SCORE)
    insight = leaving.insight
    score = math.sqrt(1.0 - insight * insight) * quantile(world.quantiles, T_NORMAL_TABLE, noise)
    if insight > 0.0:
        score += insight * quantile(world.quantiles, T_NORMAL_TABLE, rank(world, c, tie))
    return score
