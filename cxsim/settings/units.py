"""Units that configurations use and arrays do not: the one place where they are converted by."""

DAYS_PER_YEAR = 365.0
HOURS_PER_DAY = 24.0
MINUTES_PER_DAY = 1440.0
