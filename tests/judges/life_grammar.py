"""How a logged life may read: one letter a word, and a grammar of whole journeys for each kind of market.

A journey is a need, then contacts until the request is met or given up, then the solution, then the
judgement. A contact that settles nothing is followed by another one; who only
looked around judges right after it.
"""

from __future__ import annotations

import re

from cxsim.journal.words import EVENT_WORDS

# One letter for each word of the log, in the order of cxsim.journal.words.
LETTERS = "NCJSAXRFHtruPGDLEQVedpicZz" + "nfkamobUhyWBTMOwqsg" + "jKI12345678" + "9!%&~=Yxv0"
assert len(LETTERS) == len(EVENT_WORDS) == len(set(LETTERS))

# A contact: perhaps a hand-off (h, y), then a digital session or a queue (J, perhaps with a call-back, b),
# served (S) and searched (H); touchpoints that were met (q) stand before how it ended.
_CALL = "[hy]?Jb?"
_AGAIN_SAME_DESK = "([hy]?Jq*A)*"
_REACHED = f"C{_AGAIN_SAME_DESK}({_CALL}S|[hy]?)"
LOST = f"C{_AGAIN_SAME_DESK}([hy]?q*[FX]|[hy]?Jq*A|{_CALL}q*X)"
UNRESOLVED = f"{_REACHED}Hq*U"
MET = f"{_REACHED}Hq*R"
# At most one contact that was met needs a further one.
_TRIES = f"({LOST}|{UNRESOLVED})*"
CONTACTS = f"{_TRIES}({MET}{_TRIES})?"
_OFFER = "[tru]?"
# A complaint (9) is answered (!) or not (%), none is made of what was made good (M); a survey is answered (V) or
# not (7); perhaps a rating (6), a warning to others (5).
_JUDGED = "g*(M|O?(9[!%])?)Q[V7]?6?5?"
_RETURNABLE = "(D|L|L?W(BK?)?)s*"
_SOLVED = "(D|L|L?W)s*"
_LOOKED = f"[Nn]{CONTACTS}{MET}{_JUDGED}i*"
_GIVEN_UP = f"[Nn]{CONTACTS}{LOST}G{_JUDGED}i*"
_DECLINED = f"[Nn]{CONTACTS}{MET}j{_JUDGED}"
_MISSED = "[fk]"

GRAMMARS = {
    "transactional": re.compile(
        f"([Nn]{CONTACTS}{MET}|a){_OFFER}c?Pd?I?e?3?{_RETURNABLE}T?E{_JUDGED}x?([ZY]|i*)"
        f"|([Nn]{CONTACTS}{MET}|a){_SOLVED}{_JUDGED}i*|{_LOOKED}|{_GIVEN_UP}|{_DECLINED}|{_MISSED}"),
    "subscription": re.compile(
        f"([Nn]{CONTACTS}{MET}{_OFFER}|a){_SOLVED}{_JUDGED}i*|{_LOOKED}|{_GIVEN_UP}|{_DECLINED}|{_MISSED}"),
    "contact_centre": re.compile("(J(A|SU))*J(SR|A|X)"),
}

# Of a journey that the horizon (or a cancelled subscription) cut short: what may follow what.
_SOLUTION, _AFTER_USE = "DLW", "gMO9Q"
MAY_FOLLOW = {
    "N": "C", "n": "C", "C": "hyJHqFX", "h": "JHqFX", "y": "JHqFX", "J": "bSAXq", "b": "SXq", "S": "HRU",
    "H": "qRU", "q": "qRUFAX", "A": "CGhyJ", "X": "CG", "F": "CG", "U": "CJ",
    "R": "CtrucPj" + _SOLUTION + _AFTER_USE,
    "t": "cP" + _SOLUTION, "r": "cP" + _SOLUTION, "u": "cP" + _SOLUTION, "a": "truP" + _SOLUTION, "c": "P",
    "P": "dIe3" + _SOLUTION, "d": "Ie3" + _SOLUTION, "I": "e3" + _SOLUTION, "e": "3" + _SOLUTION, "3": _SOLUTION,
    "D": "sTE" + _AFTER_USE,
    "L": "WsTE" + _AFTER_USE, "W": "BsTE" + _AFTER_USE, "B": "KsTE" + _AFTER_USE,
    "K": "sTE" + _AFTER_USE, "s": "sTE" + _AFTER_USE,
    "T": "E", "E": _AFTER_USE, "G": _AFTER_USE, "j": _AFTER_USE, "g": _AFTER_USE, "M": "Q", "O": "9Q", "9": "!%",
    "!": "Q", "%": "Q", "Q": "V765xZYi", "V": "65xZYi", "7": "65xZYi", "6": "5xZYi", "5": "xZYi", "x": "ZYi",
    "i": "i", "Z": "", "Y": "", "f": "", "k": "",
}


def spelled(words: list[int]) -> str:
    """A story as letters."""
    return "".join(LETTERS[w] for w in words)
