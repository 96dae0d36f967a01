"""What a customer does and feels, in the order of the world.

1. *Recognize* (`recognize.py`): a need arises; he notices it, or is prompted, or nobody does, or the
   brand acts by itself (`automatic.py`); a channel and an hour are chosen (`choice.py`).
2. *Request* (`request.py`): contact by contact (`contact.py`), across hand-offs (`handoff.py`), served by
   persons (`employees.py`), until the matter is settled or ordered (`ordering.py`).
3. *Respond* (`respond.py`): the solution comes, right, late or wrong, and is used.
4. *Repeat* (`repeat.py`): what failed is made good or not (`recovery.py`); he judges and remembers
   (`perception.py`), answers surveys, tells friends; the brand learns (`knowledge.py`); he stays or leaves.

Beside the four run streams of prompts and owner's needs (`streams.py`, `prompts.py`) and what falls due by
itself (`renewal.py`); touchpoints act in all of them (`touchpoints.py`). Where a fraction of the population is
simulated, ghosts call at desks for the others (`ghosts.py`), like what the simulated show (`crowd.py`). Everything
else serves these: `draws` (luck), `state` (what is known of him and his world), `world` (how compiled code reaches
it), `life`, `arrivals`, `effects`, `loyalty`, `referral`, `accounts`, `attachment`, `money`, `brand` (midnight).
No function here holds a clock, a queue, a file or a configuration: `now` is an argument and everything else is in
`world`.
"""
