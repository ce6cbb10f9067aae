"""`python -m easwizard` is the same as the `easwizard` command."""

from easwizard.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
