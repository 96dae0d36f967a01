"""What can be said about a world: the strict schema, its cross-checks, and its parameter rows."""
