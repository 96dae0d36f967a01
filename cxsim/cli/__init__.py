"""The command line: one file for each family of commands, nothing heavy imported before it is needed."""
