"""Cases of the pbr-files rule."""

from corpus.cases.case import COMMIT, Case, File, Files, Link
from provenance.model import Evidence, Kind

PBR: Files = {"setup.py": "import setuptools\nsetuptools.setup(setup_requires=['pbr'], pbr=True)\n"}
AUTHORS = "Ada Lovelace <ada@example.org>\nGrace Hopper <grace@example.org>\nŁukasz <l@localhost>\n"
LOG = "CHANGES\n=======\n\n1.0\n---\n\n* Fix it (#2)\n* Say \\`what\\`\n\n0.9\n---\n\n* Begin\n"
JSON = f'{{"git_version": "{COMMIT[:7]}", "is_release": true}}'
AT_WHEEL = "example-1.0.dist-info/AUTHORS"
JSON_AT = "example.egg-info/pbr.json"


def case(
    title: str,
    path: str,
    content: File,
    evidence: Evidence | None,
    source: Files = PBR,
    siblings: tuple[tuple[Kind, Files], ...] = (),
) -> Case:
    """A case of an sdist, or of a wheel where the path is in its .dist-info."""
    kind: Kind = "wheel" if ".dist-info" in path else "sdist"
    return Case(title, path, {path: content}, source, evidence, kind=kind, siblings=siblings)


WHEEL: Files = {AT_WHEEL: AUTHORS}

CASES = (
    case("authors", "AUTHORS", AUTHORS, Evidence.CONSISTENT),
    case(
        "authors, the same in the wheel",
        "AUTHORS",
        AUTHORS,
        Evidence.CONSISTENT,
        siblings=(("wheel", WHEEL),),
    ),
    case("authors in the wheel", AT_WHEEL, AUTHORS, Evidence.CONSISTENT),
    case("changes", "ChangeLog", LOG, Evidence.CONSISTENT),
    case("the commit", JSON_AT, JSON, Evidence.CONSISTENT),
    case(
        "the commit in the other order",
        JSON_AT,
        f'{{"is_release": false, "git_version": "{COMMIT}"}}',
        Evidence.CONSISTENT,
    ),
    case(
        "the commit of a project without pbr",
        JSON_AT,
        JSON,
        Evidence.CONSISTENT,
        {"setup.py": "import setuptools\n"},
    ),
    case("the commit in the wheel", "example-1.0.dist-info/pbr.json", JSON, Evidence.CONSISTENT),
    case("authors and a line of code", "AUTHORS", f"{AUTHORS}import os\n", None),
    case("authors and a control character", "AUTHORS", AUTHORS.replace("Ada", "\x1b[2J"), None),
    case("authors and a NUL", "AUTHORS", AUTHORS.replace("Ada", "A\0"), None),
    case("authors in another encoding", "AUTHORS", AUTHORS.encode("utf-16"), None),
    case("an author twice", "AUTHORS", AUTHORS + AUTHORS, None),
    case(
        "authors unlike the wheel's", "AUTHORS", f"{AUTHORS}Eve <e@x>\n", None, siblings=(("wheel", WHEEL),)
    ),
    case("authors of a project without pbr", "AUTHORS", AUTHORS, None, {"setup.py": "import setuptools\n"}),
    case("authors of a project that uses pbrx", "AUTHORS", AUTHORS, None, {"setup.py": "import pbrx\n"}),
    case(
        "authors unlike the source's", "AUTHORS", f"{AUTHORS}Eve <e@x>\n", None, {**PBR, "AUTHORS": AUTHORS}
    ),
    case("authors in a package", "example/AUTHORS", AUTHORS, None),
    case("authors as a link", "AUTHORS", Link("../example"), None),
    case("changes of another version", "ChangeLog", LOG.replace("1.0\n---", "1.1\n---"), None),
    case("changes and a line of code", "ChangeLog", f"{LOG}import os\n", None),
    case("changes without a header", "ChangeLog", LOG.removeprefix("CHANGES\n=======\n\n"), None),
    case("changes and a code block", "ChangeLog", LOG.replace("* Begin", "::\n\n    import os"), None),
    case("changes and a form feed", "ChangeLog", LOG.replace("* Begin", "\f* Begin"), None),
    case("an underline too long", "ChangeLog", LOG.replace("1.0\n---", "1.0\n----"), None),
    case("no version yet", "ChangeLog", "CHANGES\n=======\n\n* Begin\n", None),
    case("another commit", JSON_AT, JSON.replace(COMMIT[:7], "0123456"), None),
    case("a shorter commit", JSON_AT, JSON.replace(COMMIT[:7], COMMIT[:4]), None),
    case("one more key", JSON_AT, JSON.replace("}", ', "x": 1}'), None),
    case("a repeated key", JSON_AT, JSON.replace("}", ', "is_release": true}'), None),
    case("a number for a truth", JSON_AT, JSON.replace("true", "1"), None),
    case("more lines", JSON_AT, f"{JSON}\nimport os\n", None),
    case("the commit in a package", "example/pbr.json", JSON, None),
    case("the commit in a nested folder", "example/other.egg-info/pbr.json", JSON, None),
)
