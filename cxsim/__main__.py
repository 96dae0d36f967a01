"""`python -m cxsim` is the command line."""

from cxsim.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
