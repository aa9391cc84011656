"""Cases of the setup-cfg-stamp rule."""

from corpus.cases.case import Case
from provenance.model import Evidence

OWN = "[metadata]\nname = example\n\n[flake8]\nmax-line-length = 100\n"
STAMP = "[egg_info]\ntag_build = \ntag_date = 0\n\n"

CASES = (
    Case("one line with another end", "setup.cfg", {"setup.cfg": STAMP.replace("]\n", "]\r\n")}, {}, None),
    Case(
        "one more section behind a carriage return, which only some readers take for the end of a line",
        "setup.cfg",
        {"setup.cfg": f"{OWN}\n{STAMP}# note\r[options]\rsetup_requires = evil\r\n"},
        {"setup.cfg": OWN},
        None,
    ),
    Case("nothing but the stamp", "setup.cfg", {"setup.cfg": STAMP}, {}, Evidence.REPRODUCED),
    Case(
        "the source's file and the stamp",
        "setup.cfg",
        {"setup.cfg": f"{OWN}\n{STAMP}"},
        {"setup.cfg": OWN},
        Evidence.REPRODUCED,
    ),
    Case(
        "one more key beside the stamp",
        "setup.cfg",
        {"setup.cfg": f"{OWN}\n{STAMP.strip()}\negg_base = /tmp\n"},
        {"setup.cfg": OWN},
        None,
    ),
    Case(
        "a changed option before the stamp",
        "setup.cfg",
        {"setup.cfg": f"{OWN.replace('100', '101')}\n{STAMP}"},
        {"setup.cfg": OWN},
        None,
    ),
    Case(
        "one more section after the stamp",
        "setup.cfg",
        {"setup.cfg": f"{OWN}\n{STAMP}[options]\nsetup_requires = evil\n"},
        {"setup.cfg": OWN},
        None,
    ),
    Case(
        "one more section and no source file",
        "setup.cfg",
        {"setup.cfg": f"{STAMP}[options]\nx = 1\n"},
        {},
        None,
    ),
)
