"""What a customer does and feels, in the order of the world.

1. *Recognize* (`recognize.py`): a need arises and is noticed; a channel and an hour are chosen.
2. *Request* (`request.py`): the contact, an offer beside the order, the payment, points.
3. *Respond* (`respond.py`): the solution is delivered and used; its quality is perceived.
4. *Repeat* (`repeat.py`): he judges, remembers, answers surveys, tells friends, stays or leaves.

Everything else serves these four: `draws` (luck), `state` (what is known of him and his world),
`life` (how he begins and what falls due), `perception`, `effects`, `loyalty`, `referral`,
`choice`, `money`. No function here holds a clock, a queue, a file or a configuration:
`now` is an argument and everything else is in `world`.
"""
