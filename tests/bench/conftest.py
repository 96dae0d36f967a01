"""Twins are programs of their own, some of packages that need not be there: they are run, not collected."""

collect_ignore = ["peers"]
