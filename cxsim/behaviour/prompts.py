"""Coach behaviour: prompts that keep needs from being forgotten, and their risks.

A prompt that is read leaves a signal that fades. It lowers the chance that a need is forgotten and may
bring a need that would not have arisen. Many prompts wear attention out, and for a while a prompt may
raise the hazard of leaving. Sources: recognition as detection by signals; lift: MineThatData's e-mail
test; reactance: Ascarza, Iyengar & Schleicher (2016) JMR 53:46, hazard x 1.593 for 90 days.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import LIFE, decision, uniform
from cxsim.behaviour.effects import faded
from cxsim.behaviour.knowledge import knowledge_of
from cxsim.behaviour.life import exposed_row
from cxsim.behaviour.state import CUSTOMER, PURCHASE, TRANSACTIONAL
from cxsim.behaviour.streams import PROMPTS, is_due, next_prompt
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, record
from cxsim.journal.tallies import N_PROMPTS, N_PROMPTS_READ, book, count, money
from cxsim.journal.ticks import DAY, after
from cxsim.journal.words import C_OUTREACH, PROMPT_IGNORED, PROMPT_READ

D_READ = decision("prompt/read")
D_LIFT = decision("prompt/lift")


@compiled
def signal_at(row, c, now):
    """How much of the prompts he read is still with him: a faded count."""
    return faded(c.signal, c.prompted_at, now, row.prompt_days)


@compiled
def p_missed(world, row, c, now):
    """Chance that nobody notices a need: p_forgotten exp(-recall signal) (1 - recognition knowledge)."""
    if row.p_forgotten == 0.0:
        return 0.0
    missed = row.p_forgotten * math.exp(-row.recall * signal_at(row, c, now))
    if row.recognition != 0.0:
        missed *= 1.0 - row.recognition * knowledge_of(world, row, c, now)
    return missed


@compiled
def reactance(row, c, now):
    """Log hazard multiplier of one who was prompted lately: ln(1 + bk)."""
    if row.reactance == 0.0 or c.signal == 0.0 or now - c.prompted_at >= row.reactance_days * DAY:
        return 0.0
    return math.log1p(row.reactance)


@compiled
def take_prompt(world, c):
    """He gets a prompt: reads it or not; a signal stays, a need may follow. Prospects get none.

    An extra need comes with chance 1 - exp(-rate lift memory), at most one a prompt, its delay
    exponential over the memory; his own needs stay where they are.

    Reads: row of the day. Writes: signal, an added need, ledger, log, the next prompt.
    Returns: nothing. Draws: "prompt/read", "prompt/lift", "stream".
    """
    tick = c.prompt_at
    if c.status != CUSTOMER or not is_due(world, c, PROMPTS, tick, c.n_prompts):
        next_prompt(world, c, tick)
        return
    reached = exposed_row(world, c, tick)
    c.reached |= reached
    row = world.rows[reached, c.segment]
    count(world, c.segment, tick, N_PROMPTS, 1)
    book(world, c, tick, -1, C_OUTREACH, money(row.prompt_cost))
    before = signal_at(row, c, tick)
    wear = row.attention_wear
    if wear > 0.0 and row.prompt_accuracy > 0.0:
        wear *= 1.0 - row.prompt_accuracy * knowledge_of(world, row, c, tick)
    if uniform(world.keys[LIFE], c.id, c.n_prompts, D_READ) < math.exp(-wear * before):
        count(world, c.segment, tick, N_PROMPTS_READ, 1)
        c.signal = before + 1.0
        c.prompted_at = tick
        record(world, c, tick, PROMPT_READ, -1, 0, math.nan, 0)
        if row.prompt_lift > 0.0 and world.cursor[KIND] == TRANSACTIONAL:
            _bring_need(world, row, c, tick)
    else:
        record(world, c, tick, PROMPT_IGNORED, -1, 0, math.nan, 0)
    next_prompt(world, c, tick)


@compiled
def _bring_need(world, row, c, tick):
    """Perhaps a need that would not have arisen; sooner if one is already on its way."""
    budget = c.rate * row.prompt_lift * row.prompt_days
    spent = -math.log(uniform(world.keys[LIFE], c.id, c.n_prompts, D_LIFT))
    if spent < budget:
        delay = -row.prompt_days * math.log1p(-spent / budget)
        c.other_at[PURCHASE] = min(c.other_at[PURCHASE], after(tick, delay))
