"""Cases of the scripts rule."""

from corpus.cases.case import Case, File, Files, Link
from provenance.model import Evidence

BODY = "import sys\n\nprint(sys.argv)\n"
OURS = f"#!/usr/bin/env python3\n{BODY}"
THEIRS = f"#!python\n{BODY}"
CFG: Files = {"setup.cfg": "[options]\nscripts =\n    bin/run\n", "bin/run": OURS}
PY = "from setuptools import setup\nsetup(scripts=['bin/run'])\n"
COMPUTED = "from glob import glob\nfrom setuptools import setup\nsetup(scripts=[s for s in glob('bin/*')])\n"
SCRIPT = "example-1.0.data/scripts/run"


def case(
    title: str, content: File, evidence: Evidence | None, source: Files = CFG, path: str = SCRIPT
) -> Case:
    """A case of a wheel with this script."""
    return Case(
        title, path, {path: content, "example-1.0.dist-info/WHEEL": ""}, source, evidence, kind="wheel"
    )


ENTRY = """#!python
# EASY-INSTALL-ENTRY-SCRIPT: 'example==1.0','console_scripts','run'
__requires__ = 'example==1.0'
import sys
from pkg_resources import load_entry_point

if __name__ == '__main__':
    sys.exit(
        load_entry_point('example==1.0', 'console_scripts', 'run')()
    )
"""
ENTRY_CFG: Files = {"setup.cfg": "[options.entry_points]\nconsole_scripts =\n    run = example:main\n"}


def entry(title: str, content: str, evidence: Evidence | None, source: Files = ENTRY_CFG) -> Case:
    """A case of a script that old wheels held for an entry point."""
    info: Files = {"example-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: example\nVersion: 1.0\n\n"}
    return Case(title, SCRIPT, {SCRIPT: content, **info}, source, evidence, kind="wheel")


CASES = (
    entry("setuptools' script for an entry point", ENTRY, Evidence.REPRODUCED),
    entry(
        "the same of later versions",
        ENTRY.replace("import sys", "import re\nimport sys").replace(
            "    sys.exit",
            "    sys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])\n    sys.exit",
        ),
        Evidence.REPRODUCED,
    ),
    entry("an entry point that is not stated", ENTRY, None, {"setup.cfg": "[metadata]\nname = example\n"}),
    entry("another entry point's", ENTRY.replace("'run'", "'go'"), None),
    entry("another distribution's", ENTRY.replace("example==", "evil=="), None),
    entry("an entry point's and one line more", f"{ENTRY}import evil\n", None),
    entry("an entry point's with another function", ENTRY.replace("sys.exit", "eval"), None),
    case("the interpreter replaced", THEIRS, Evidence.NORMALIZED),
    case("setup.py names it", THEIRS, Evidence.NORMALIZED, {"setup.py": PY, "bin/run": OURS}),
    case(
        "setup.py computes its scripts", THEIRS, Evidence.NORMALIZED, {"setup.py": COMPUTED, "bin/run": OURS}
    ),
    case(
        "the interpreter's arguments kept",
        THEIRS.replace("#!python", "#!python -E"),
        Evidence.NORMALIZED,
        {**CFG, "bin/run": OURS.replace("python3", "python3 -E")},
    ),
    case("no Python", "#!/bin/sh\nls\n", Evidence.IDENTICAL, {**CFG, "bin/run": "#!/bin/sh\nls\n"}),
    case(
        "hatchling gives it another name",
        THEIRS,
        Evidence.NORMALIZED,
        {
            "pyproject.toml": '[build-system]\nbuild-backend = "hatchling.build"\n'
            '[tool.hatch.build.targets.wheel.shared-scripts]\n"tools/go.py" = "run"\n',
            "tools/go.py": OURS,
        },
    ),
    case("one more line", f"{THEIRS}import evil\n", None),
    case("a line before the first", f"#!python\nimport evil\n{OURS}", None),
    case("code in the first line's place", f"import evil\n{BODY}", None),
    case("another interpreter", THEIRS.replace("#!python", "#!/tmp/evil"), None),
    case("an interpreter of another folder", THEIRS.replace("#!python", "#!/tmp/python"), None),
    case("an argument for the interpreter", THEIRS.replace("#!python", "#!python -i"), None),
    case(
        "an interpreter where there was none",
        f"#!python\n{BODY}",
        None,
        {**CFG, "bin/run": f"#!/bin/sh\n{BODY}"},
    ),
    case("an encoding in the first line", THEIRS.replace("#!python", "#!python -*- coding: utf-7 -*-"), None),
    case("a changed letter", THEIRS.replace("argv", "path"), None),
    case("Windows' line ends", THEIRS.replace("\n", "\r\n"), None),
    case(
        "another file of the source",
        "#!python\nevil()\n",
        None,
        {**CFG, "tests/evil": "#!/usr/bin/python\nevil()\n"},
    ),
    case(
        "a script that the source does not install",
        "#!python\nevil()\n",
        None,
        {**CFG, "tests/evil": "#!/usr/bin/python\nevil()\n"},
        "example-1.0.data/scripts/evil",
    ),
    case(
        "a computed script in a folder that setup.py does not name",
        THEIRS,
        None,
        {"setup.py": COMPUTED, "tests/run": OURS},
    ),
    case(
        "two computed scripts of one name",
        THEIRS,
        None,
        {"setup.py": f"{COMPUTED}# 'more'\n", "bin/run": OURS, "more/run": OURS + BODY},
    ),
    case("a link", Link("../../bin/run"), None),
    case("another release's folder", THEIRS, None, CFG, "evil-1.0.data/scripts/run"),
)
