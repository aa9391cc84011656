"""Cases of the configured-files rule."""

from corpus.cases.case import Case, Files
from provenance.model import Evidence

TEMPLATE = 'CONFIG = {"name": "@C_COMP@", "path": r"@PYTHON_PATH@"}\n\ndef show():\n    return CONFIG\n'
FILLED = TEMPLATE.replace("@C_COMP@", "gcc").replace("@PYTHON_PATH@", "/usr/bin/python3.11")
HEADER = "#mesondefine SIZE\n#mesondefine HAVE_X\n#define API 1\n"
FILLED_HEADER = "#define SIZE 8\n/* #undef HAVE_X */\n#define API 1\n"
TEMPITA = (
    "cimport x\n{{py:\nnames = ['a', 'b']\nevil()\n}}\n"
    "{{for n in names}}\ncdef object f_{{n}}(object y)\n{{endfor}}\n"
)
RENDERED = "cimport x\n\n\ncdef object f_a(object y)\n\ncdef object f_b(object y)\n\n"
PATH = "example/__config__.py"


def _case(
    title: str, content: str, evidence: Evidence | None = None, path: str = PATH, source: Files | None = None
) -> Case:
    files = {f"{PATH}.in": TEMPLATE} if source is None else source
    return Case(title, path, {path: content}, files, evidence, kind="wheel")


CASES = (
    _case("a module", FILLED, Evidence.RECOGNIZED),
    _case("a header", FILLED_HEADER, Evidence.RECOGNIZED, "example/a.h", {"example/a.h.in": HEADER}),
    _case(
        "a template elsewhere",
        FILLED_HEADER,
        Evidence.RECOGNIZED,
        "example/a.h",
        {"example/x/a.h.in": HEADER},
    ),
    _case(
        "a Tempita template", RENDERED, Evidence.RECOGNIZED, "example/a.pxd", {"example/a.pxd.in": TEMPITA}
    ),
    _case(
        "a line more than a Tempita template",
        RENDERED + "evil()\n",
        None,
        "example/a.pxd",
        {"example/a.pxd.in": TEMPITA},
    ),
    _case("a line more", FILLED + "import os\n"),
    _case("a changed line", FILLED.replace("return CONFIG", "return 1")),
    _case("code in a place", FILLED.replace("gcc", 'gcc" + exec("x") + "')),
    _case("a call in a place", TEMPLATE.replace("@C_COMP@", "f(x)").replace("@PYTHON_PATH@", "")),
    _case("two lines in a place", FILLED.replace("gcc", "gcc\nimport os")),
    _case(
        "another definition",
        FILLED_HEADER.replace("API 1", "API 2"),
        None,
        "example/a.h",
        {"example/a.h.in": HEADER},
    ),
    _case("no template", FILLED, source={}),
    _case(
        "two templates",
        FILLED_HEADER,
        None,
        "example/a.h",
        {"example/x/a.h.in": HEADER, "example/y/a.h.in": HEADER},
    ),
)
