"""Cases of the record rule."""

import base64
import hashlib

from corpus.cases.case import Case
from provenance.model import Evidence

INFO = "example-1.0.dist-info"
PATH = f"{INFO}/RECORD"
FILES = {"example/__init__.py": "x = 1\n", "example/a, b.txt": "text\n"}
OWN = f"{PATH},,\n"


def _row(path: str, content: str, algorithm: str = "sha256", size: int | str | None = None) -> str:
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, content.encode()).digest()).rstrip(b"=").decode()
    place = f'"{path}"' if "," in path else path
    return f"{place},{algorithm}={digest},{len(content) if size is None else size}\n"


ROWS = "".join(_row(path, content) for path, content in FILES.items())
FIRST, SECOND = ROWS.splitlines(keepends=True)


def _case(title: str, record: str, evidence: Evidence | None = None, **more: str) -> Case:
    return Case(title, PATH, {**FILES, **more, PATH: record}, dict(FILES), evidence, kind="wheel")


CASES = (
    _case("every file", ROWS + OWN, Evidence.REPRODUCED),
    _case("every file, with CRLF", (ROWS + OWN).replace("\n", "\r\n"), Evidence.REPRODUCED),
    _case(
        "a stronger digest and no size",
        FIRST + _row("example/a, b.txt", "text\n", "sha512", "") + OWN,
        Evidence.REPRODUCED,
    ),
    _case("a file left out", FIRST + OWN),
    _case("a file that is not there", ROWS + _row("example/c.py", "") + OWN),
    _case("a wrong size", FIRST + _row("example/a, b.txt", "text\n", size=6) + OWN),
    _case("a wrong digest", FIRST + _row("example/a, b.txt", "evil\n") + OWN),
    _case("a row without a digest", FIRST + '"example/a, b.txt",,\n' + OWN),
    _case("a digest too weak", FIRST + _row("example/a, b.txt", "text\n", "md5") + OWN),
    _case("a row twice", ROWS + FIRST + OWN),
    _case("a row with one more field", FIRST.strip() + ",x\n" + SECOND + OWN),
    _case("without itself", ROWS),
    _case("a digest of itself", ROWS + f"{PATH},sha256=x,1\n"),
    _case("an executable beside the metadata left out", ROWS + OWN, **{f"{INFO}/evil.py": "import os\n"}),
)
