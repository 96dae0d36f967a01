"""What happened, as tables and numbers: metrics, ledger, points, events, statistics, manifest."""
