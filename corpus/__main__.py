"""`python -m corpus VERB`: in, a verb; out, what it prints, and exit code 0 where all is as expected."""

import argparse
import sys

from corpus import exam_run, installing, rebuilds
from corpus.advisories import advisories
from corpus.demo import demo
from corpus.examples import examples
from corpus.own_release import own_release


def main() -> int:
    """Run one verb."""
    parser = argparse.ArgumentParser(prog="python -m corpus", description="Judge the tool on known cases.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    shown = verbs.add_parser("demo", help="check a clean and a tampered release")
    shown.set_defaults(verb=lambda arguments: demo())
    written = verbs.add_parser("examples", help="make reports/examples and docs/pictures anew")
    written.set_defaults(verb=lambda arguments: examples())
    examined = verbs.add_parser("run", help="the exam: pinned real releases, and tampered doubles of them")
    exam_run.add_options(examined)
    examined.set_defaults(verb=exam_run.run)
    laid = verbs.add_parser(
        "install", help="lay pinned releases on disk with pip and uv, and compare with what is judged"
    )
    installing.add_options(laid)
    laid.set_defaults(verb=installing.install)
    own = verbs.add_parser("own", help="build this project's last commit and check it with itself")
    own.set_defaults(verb=lambda arguments: own_release())
    looked_up = verbs.add_parser("advisories", help="known flaws of what is installed here")
    looked_up.set_defaults(verb=lambda arguments: advisories())
    built = verbs.add_parser("rebuild", help="build the pinned releases again, and write docs/rebuilds.md")
    rebuilds.add_options(built)
    built.set_defaults(verb=rebuilds.rebuild)
    arguments = parser.parse_args()
    return 0 if arguments.verb(arguments) else 1


if __name__ == "__main__":
    sys.exit(main())
