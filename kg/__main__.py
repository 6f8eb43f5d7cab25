"""`python -m kg` does what the `kg` command does."""

from kg.cli import main

if __name__ == "__main__":
    main()
