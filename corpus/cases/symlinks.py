"""Cases of the symlinks rule."""

from corpus.cases.case import Case, Link
from provenance.model import Evidence

TEXT = "def f():\n    return 1\n"

CASES = (
    Case(
        "a link written out as the file behind it",
        "example/b.py",
        {"example/a.py": TEXT, "example/b.py": TEXT},
        {"example/a.py": TEXT, "example/b.py": Link("a.py")},
        Evidence.NORMALIZED,
    ),
    Case(
        "a file below a linked folder",
        "doc/a.txt",
        {"doc/a.txt": "text\n", "real/a.txt": "text\n"},
        {"doc": Link("real"), "real/a.txt": "text\n"},
        Evidence.NORMALIZED,
    ),
    Case(
        "a link written as a text file",
        "b.txt",
        {"b.txt": "a.txt"},
        {"a.txt": "text\n", "b.txt": Link("a.txt")},
        Evidence.NORMALIZED,
    ),
    Case(
        "a link of a wheel's package to a file above it",
        "example/data.txt",
        {"example/data.txt": "text\n"},
        {"src/example/data.txt": Link("../../data.txt"), "data.txt": "text\n"},
        Evidence.NORMALIZED,
        kind="wheel",
    ),
    Case(
        "other bytes than behind the link",
        "example/b.py",
        {"example/a.py": TEXT, "example/b.py": TEXT + "import os\n"},
        {"example/a.py": TEXT, "example/b.py": Link("a.py")},
        None,
    ),
    Case(
        "a link out of the repository",
        "example/b.py",
        {"example/b.py": TEXT},
        {"example/b.py": Link("../../a.py"), "a.py": TEXT},
        None,
    ),
    Case(
        "a link in a loop",
        "example/b.py",
        {"example/b.py": TEXT},
        {"example/b.py": Link("c.py"), "example/c.py": Link("b.py")},
        None,
    ),
    Case(
        "a kept link that leads elsewhere",
        "example/b.py",
        {"example/a.py": TEXT, "example/b.py": Link("c.py"), "example/c.py": "x = 1\n"},
        {"example/a.py": TEXT, "example/b.py": Link("a.py"), "example/c.py": "x = 1\n"},
        None,
    ),
    Case(
        "a link where the source has the file itself",
        "example/b.py",
        {"example/a.py": TEXT, "example/b.py": Link("a.py")},
        {"example/a.py": TEXT, "example/b.py": TEXT},
        None,
    ),
    Case(
        "bytes behind a link of a place that comes later than a file of that path",
        "example/b.py",
        {"example/b.py": "old = 1\n"},
        {"src/example/b.py": TEXT, "example": Link("attic"), "attic/b.py": "old = 1\n"},
        None,
        kind="wheel",
    ),
)
