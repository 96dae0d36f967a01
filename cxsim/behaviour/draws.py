"""Luck as a pure function of who decides what for the how-many-th time (Philox4x32-10).

There is no generator to carry about: the same person has the same luck in every scenario,
and a new mechanism moves no other draw. Source: Salmon, Moraes, Dror & Shaw (2011),
"Parallel random numbers: as easy as 1, 2, 3".
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

from cxsim.journal.compiling import compiled

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _32, _12 = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(12)
_63 = np.uint64(0x7FFFFFFFFFFFFFFF)
LOGIT_END = 37.0
N_KNOTS = 16385
_STEP = 2.0 * LOGIT_END / (N_KNOTS - 1)

# Keys of a world, one for each domain; that of people is the same in every replication where the same people
# are to live through other luck.
LIFE, CHILD, PEOPLE = range(3)

# The table of the standard normal; those of the segments follow it.
T_NORMAL_TABLE = 0


def decision(name: str) -> int:
    """The 32-bit number of a decision, from its published name.

    Examples
    --------
    >>> decision("exit") == decision("exit") != decision("spend")
    True
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")


def key(seed: int, replication: int, domain: str) -> int:
    """The 64-bit key of one replication's domain ("life", "child", "reference/life", ...).

    Examples
    --------
    >>> key(1, 0, "life") != key(1, 1, "life")
    True
    """
    text = f"{seed}/{replication}/{domain}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def root_id(source: str, layer: int, number: int) -> int:
    """The 63-bit identity of a customer nobody invited, from where he came.

    Examples
    --------
    >>> root_id("organic", 0, 7) >= 0
    True
    """
    text = f"{source}/{layer}/{number}"
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") & 0x7FFFFFFFFFFFFFFF


@compiled
def philox(key, low, high, third, fourth):
    """One block of Philox4x32-10: a 64-bit key and four 32-bit counters to two 64-bit words."""
    c0, c1, c2, c3 = np.uint64(low), np.uint64(high), np.uint64(third), np.uint64(fourth)
    k0, k1 = key & _LOW, key >> _32
    for _ in range(10):
        a = _M0 * c0
        b = _M1 * c2
        c0, c1, c2, c3 = (b >> _32) ^ c1 ^ k0, b & _LOW, (a >> _32) ^ c3 ^ k1, a & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0 | (c1 << _32), c2 | (c3 << _32)


@compiled
def block(key, identity, occurrence, decision):
    """The two 64-bit words that belong to one decision of one person."""
    who = np.uint64(identity)
    return philox(key, who & _LOW, who >> _32, np.uint64(occurrence) & _LOW, np.uint64(decision) & _LOW)


@compiled
def unit(word):
    """A 64-bit word as a number strictly between 0 and 1: (top 52 bits + 1/2) 2**-52."""
    return (float(word >> _12) + 0.5) * 2.0**-52


@compiled
def uniform(key, identity, occurrence, decision):
    """The uniform of one decision (the low half of its block)."""
    return unit(block(key, identity, occurrence, decision)[0])


@compiled
def two_uniforms(key, identity, occurrence, decision):
    """Both uniforms of a decision that needs two."""
    low, high = block(key, identity, occurrence, decision)
    return unit(low), unit(high)


@compiled
def child_id(key, parent, journey, invitation):
    """The 63-bit identity of an invited friend, from parent, journey and invitation number."""
    return np.int64(block(key, parent, journey, invitation)[0] & _63)


@compiled
def exponential(u):
    """A unit exponential from a uniform."""
    return -math.log(u)


@compiled
def gumbel(u):
    """A standard Gumbel from a uniform: the luck of one alternative in a choice."""
    return -math.log(-math.log(u))


@compiled
def poisson(u, mean):
    """A Poisson count from one uniform by inversion: more mean, never fewer events."""
    p = math.exp(-mean)
    total = p
    n = 0
    while u > total and n < 64:
        n += 1
        p *= mean / n
        total += p
    return n


@compiled
def quantile(tables, table, u):
    """A quantile from its monotone table: cubic Hermite in logit(u), exact at the knots.

    Positive laws are tabled by their logarithm (`positive_quantile` reads those).
    """
    x = (math.log(u) - math.log1p(-u) + LOGIT_END) / _STEP
    k = min(max(int(x), 0), N_KNOTS - 2)
    t = x - k
    y0, y1 = tables[table, k, 0], tables[table, k + 1, 0]
    d0, d1 = tables[table, k, 1] * _STEP, tables[table, k + 1, 1] * _STEP
    s = 1.0 - t
    return s * s * ((1.0 + 2.0 * t) * y0 + t * d0) + t * t * ((3.0 - 2.0 * t) * y1 - s * d1)


@compiled
def positive_quantile(tables, table, u):
    """A quantile of a positive law, from the table of its logarithm."""
    return math.exp(quantile(tables, table, u))
