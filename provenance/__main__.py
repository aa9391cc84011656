"""`python -m provenance` in, the command line out."""

from provenance.cli.main import main

if __name__ == "__main__":
    main()
