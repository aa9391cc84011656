"""Cases of the line-endings rule."""

from corpus.cases.case import Case
from provenance.model import Evidence
from provenance.tree import blob_id

LF = "if a:\n    b()\n"
CRLF = LF.replace("\n", "\r\n")
IDENT = "# $Id$\nx = 1\n"
FILLED = IDENT.replace("$Id$", f"$Id: {blob_id(IDENT.encode())} $")
WIDE = "naïve\n"

CASES = (
    Case(
        "CRLF demanded",
        "a.bat",
        {"a.bat": CRLF, "b.py": LF},
        {"a.bat": LF, "b.py": LF, ".gitattributes": "*.bat eol=crlf\n"},
        Evidence.NORMALIZED,
    ),
    Case(
        "CRLF demanded by a folder's own attributes",
        "win/a.txt",
        {"win/a.txt": CRLF, "b.txt": LF},
        {"win/a.txt": LF, "b.txt": LF, "win/.gitattributes": "* text eol=crlf\n"},
        Evidence.NORMALIZED,
    ),
    Case(
        "CRLF in every file that attributes call text",
        "a.py",
        {"a.py": CRLF, "b.py": "x\r\n", "c.sh": "y\n"},
        {"a.py": LF, "b.py": "x\n", "c.sh": "y\n", ".gitattributes": "* text=auto\n*.sh eol=lf\n"},
        Evidence.NORMALIZED,
    ),
    Case(
        "a Windows checkout",
        "a.py",
        {"a.py": CRLF, "b.py": "x\r\n", "c.png": b"\0\n"},
        {"a.py": LF, "b.py": "x\n", "c.png": b"\0\n"},
        Evidence.NORMALIZED,
    ),
    Case(
        "$Id$ filled with the blob's id",
        "a.py",
        {"a.py": FILLED},
        {"a.py": IDENT, ".gitattributes": "*.py ident\n"},
        Evidence.NORMALIZED,
    ),
    Case(
        "an encoding of the working tree",
        "a.txt",
        {"a.txt": b"\xff\xfe" + WIDE.encode("utf-16-le")},
        {"a.txt": WIDE, ".gitattributes": "*.txt text working-tree-encoding=UTF-16\n"},
        Evidence.NORMALIZED,
    ),
    Case(
        "CRLF demanded, and one line changed",
        "a.bat",
        {"a.bat": CRLF.replace("b()", "c()")},
        {"a.bat": LF, ".gitattributes": "*.bat eol=crlf\n"},
        None,
    ),
    Case(
        "a Windows checkout, and one line changed",
        "a.py",
        {"a.py": CRLF.replace("b()", "c()"), "b.py": "x\r\n"},
        {"a.py": LF, "b.py": "x\n"},
        None,
    ),
    Case("CRLF in one of two files", "a.py", {"a.py": CRLF, "b.py": LF}, {"a.py": LF, "b.py": LF}, None),
    Case(
        "CRLF in one of two files that attributes call text",
        "a.py",
        {"a.py": CRLF, "b.py": LF},
        {"a.py": LF, "b.py": LF, ".gitattributes": "* text=auto\n"},
        None,
    ),
    Case(
        "CRLF in a file that must have LF",
        "a.sh",
        {"a.sh": CRLF},
        {"a.sh": LF, ".gitattributes": "*.sh text eol=lf\n"},
        None,
    ),
    Case(
        "CRLF in a file that attributes call binary",
        "a.dat",
        {"a.dat": CRLF},
        {"a.dat": LF, ".gitattributes": "* text=auto\n*.dat binary\n"},
        None,
    ),
    Case(
        "CRLF in a file that a macro calls binary",
        "a.dat",
        {"a.dat": CRLF},
        {"a.dat": LF, ".gitattributes": "[attr]fixed -text\n*.dat fixed\n"},
        None,
    ),
    Case("CRLF on one line of two", "a.py", {"a.py": "if a:\r\n    b()\n"}, {"a.py": LF}, None),
    Case("a change of indentation", "a.py", {"a.py": CRLF.replace("    ", "  ")}, {"a.py": LF}, None),
    Case(
        "$Id$ filled with another id",
        "a.py",
        {"a.py": IDENT.replace("$Id$", f"$Id: {'0' * 40} $")},
        {"a.py": IDENT, ".gitattributes": "*.py ident\n"},
        None,
    ),
    Case("$Id$ filled without the attribute", "a.py", {"a.py": FILLED}, {"a.py": IDENT}, None),
    Case(
        "another encoding than the attribute names",
        "a.txt",
        {"a.txt": WIDE.encode("latin-1")},
        {"a.txt": WIDE, ".gitattributes": "*.txt text working-tree-encoding=UTF-16\n"},
        None,
    ),
)
