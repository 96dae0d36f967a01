"""Who calls the behaviour, and when: the SimPy engine, the compiled engine, replications."""
