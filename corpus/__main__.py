"""`python -m corpus VERB`: in, a verb; out, what it prints, and exit code 0 where all is as expected."""

import argparse
import sys

from corpus.demo import demo

VERBS = {"demo": demo}


def main() -> int:
    """Run one verb."""
    parser = argparse.ArgumentParser(prog="python -m corpus", description="Judge the tool on known cases.")
    parser.add_argument("verb", choices=VERBS, help="demo: check a clean and a tampered release")
    return 0 if VERBS[parser.parse_args().verb]() else 1


if __name__ == "__main__":
    sys.exit(main())
