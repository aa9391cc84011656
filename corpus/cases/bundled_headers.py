"""Cases of the bundled-headers rule."""

from corpus.cases.case import Case, Files
from provenance.model import Evidence

HEADER = "/* example */\n#ifndef A_H\n#define A_H\nint f(void);\n#endif\n"
UNIT = "/* API */\nvoid *a_API[] = {\n    (void *) f,\n};\n"
LINUX = "example-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"
PATH = "example/include/a.h"
INIT = "example/include/__init__.py"


def _case(
    title: str,
    content: str,
    evidence: Evidence | None = None,
    path: str = PATH,
    filename: str = LINUX,
    beside: Files | None = None,
) -> Case:
    files = {path: content, **(beside or {})}
    return Case(title, path, files, {"example/__init__.py": ""}, evidence, kind="wheel", filename=filename)


CASES = (
    _case("a header", HEADER, Evidence.RECOGNIZED),
    _case("an empty module among headers", "", Evidence.RECOGNIZED, INIT, beside={PATH: HEADER}),
    _case("the C file beside it", UNIT, Evidence.RECOGNIZED, "example/include/a.c", beside={PATH: HEADER}),
    _case("a C file without a header", UNIT, path="example/include/b.c", beside={PATH: HEADER}),
    _case("no C beside a header", "import os\n", path="example/include/a.c", beside={PATH: HEADER}),
    _case("a header in a wheel for any platform", HEADER, filename="example-1.0-py3-none-any.whl"),
    _case("a module called a header", "import os\nos.system('x')\n"),
    _case("a header cut short", HEADER.replace("#endif\n", "")),
    _case("a header called a module", HEADER, path="example/a.py"),
    _case("binary data called a header", HEADER + "\0"),
    _case("a module among headers that is not empty", "import os\n", path=INIT, beside={PATH: HEADER}),
    _case("an empty module among other files", "", path=INIT, beside={"example/include/data.json": "{}"}),
)
