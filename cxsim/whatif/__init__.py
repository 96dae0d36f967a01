"""What if: runs, scenarios compared in pairs, sweeps, plans, experiments."""
