"""How fast: the engines, a stated sub-model, and its twins written by hand, measured in one run."""
