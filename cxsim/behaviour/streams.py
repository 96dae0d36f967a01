"""What happens to a customer beside his need clock: keyed streams of owner's needs, prompts, shocks.

Every stream is a Poisson process of candidates at one fixed rate, thinned to the rate of the row that
reaches him on that day. So a stream that starts, ramps up or ends with a scenario keeps the ticks it
shares with the baseline, and moves no other draw.
"""

from __future__ import annotations

from cxsim.behaviour.draws import LIFE, decision, exponential, two_uniforms, uniform
from cxsim.behaviour.life import exposed_row, reached_parts
from cxsim.behaviour.state import FAULT, JOURNEYS, N_BESIDE, RENEWAL, SUBSCRIPTION
from cxsim.behaviour.targeting import NO, YES, any_moves
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, KIND
from cxsim.journal.ticks import DAY, NEVER, after

MOST_A_DAY = 0.25
STREAMS = (*JOURNEYS, "prompt", "shock")
PROMPTS, SHOCKS = len(JOURNEYS), len(JOURNEYS) + 1
D_STREAM = decision("stream")
D_RENEWAL_CONTACT = decision("renewal/contact")


@compiled
def prompt_rate(world, c, row):
    """Prompts a day that reach him under a row: the sum over the touchpoints he is offered."""
    total = 0.0
    if world.rows[row, c.segment].n_touchpoints == 0.0:
        return total
    for t in range(world.touchpoints.shape[1]):
        touchpoint = world.touchpoints[row, t]
        if touchpoint.prompt_rate > 0.0 and touchpoint.reach > 0.0:
            if uniform(world.keys[LIFE], c.id, 0, touchpoint.salt) < touchpoint.reach:
                total += touchpoint.prompt_rate
    return total


@compiled
def _rate(world, c, row, stream):
    """Rate a day of one of his streams under a row."""
    if stream == PROMPTS:
        return prompt_rate(world, c, row)
    if stream == SHOCKS:
        return world.rows[row, c.segment].shock_rate
    return world.journeys[row, stream].rate


@compiled
def _most(world, c, stream, tick):
    """The highest rate a day that a stream of his can have at a tick, however he stands by then."""
    certain = reached_parts(world, c, tick, NO)
    if not any_moves(world):
        return _rate(world, c, certain, stream)
    possible = reached_parts(world, c, tick, YES)
    most = 0.0
    for row in range(world.rows.shape[0]):
        if row & certain == certain and row & possible == row:
            most = max(most, _rate(world, c, row, stream))
    return most


@compiled
def is_due(world, c, stream, tick, number):
    """Whether what was planned happens, now that it is known how he stands.

    Reads: rates, scenario exposure. Writes: nothing. Returns: bool.
    Draws: "stream" by stream and candidate number.
    """
    if not any_moves(world):
        return True
    kept = two_uniforms(world.keys[LIFE], c.id, number, D_STREAM ^ (stream + 1))[1]
    return kept < _rate(world, c, exposed_row(world, c, tick), stream) / MOST_A_DAY


@compiled
def next_in_stream(world, c, stream, start, number):
    """The next tick of a stream after `start`, and the number of its last candidate.

    Reads: rates of all rows, scenario exposure. Writes: nothing. Returns: (tick, number), the tick
    NEVER at or past the horizon. Draws: "stream" by stream and candidate number.
    """
    highest = 0.0
    for row in range(world.rows.shape[0]):
        highest = max(highest, _rate(world, c, row, stream))
    if highest <= 0.0:
        return NEVER, number
    tick = start
    while True:
        number += 1
        gap, kept = two_uniforms(world.keys[LIFE], c.id, number, D_STREAM ^ (stream + 1))
        tick = after(tick, exponential(gap) / MOST_A_DAY)
        if tick >= world.cursor[HORIZON]:
            return NEVER, number
        if kept < _most(world, c, stream, tick) / MOST_A_DAY:
            return tick, number


@compiled
def next_other(world, c, kind, start):
    """Move the stream of one kind of journey on to its next need.

    Reads: rates. Writes: other_at, other_n. Returns: nothing. Draws: "stream".
    """
    c.other_at[kind], c.other_n[kind] = next_in_stream(world, c, kind, start, c.other_n[kind])


@compiled
def next_prompt(world, c, start):
    """Move his prompts on to the next one. Writes: prompt_at, n_prompts. Draws: "stream"."""
    c.prompt_at, c.n_prompts = next_in_stream(world, c, PROMPTS, start, c.n_prompts)


@compiled
def next_shock(world, c, start):
    """Move on to the next moment that makes him look at his contract. Draws: "stream"."""
    c.shock_at, c.n_shocks = next_in_stream(world, c, SHOCKS, start, c.n_shocks)


@compiled
def plan_renewal_contact(world, c, now):
    """Whether he makes contact about the coming renewal, some days before it.

    Reads: row, next renewal. Writes: other_at of the renewal. Returns: nothing.
    Draws: "renewal/contact" of that renewal.
    """
    row = world.rows[exposed_row(world, c, now), c.segment]
    c.other_at[RENEWAL] = NEVER
    if row.renewal_contacts > 0.0:
        u = uniform(world.keys[LIFE], c.id, c.n_renewals, D_RENEWAL_CONTACT)
        tick = c.next_renewal - int(row.renewal_notice_days * DAY)
        if u < row.renewal_contacts and tick > now:
            c.other_at[RENEWAL] = tick


@compiled
def open_streams(world, c, now):
    """Start all streams of a customer who enters the run.

    Reads: rates. Writes: their next ticks. Returns: nothing. Draws: "stream", "renewal/contact".
    """
    for kind in range(N_BESIDE):
        c.other_at[kind] = NEVER
        if kind != RENEWAL and kind != FAULT:
            next_other(world, c, kind, now)
    next_prompt(world, c, now)
    c.shock_at = NEVER
    if world.cursor[KIND] == SUBSCRIPTION:
        plan_renewal_contact(world, c, now)
        next_shock(world, c, now)
