"""The record an engine writes: time, events, ledger, integer tallies, published figures."""
