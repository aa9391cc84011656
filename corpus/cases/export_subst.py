"""Cases of the export-subst rule."""

from corpus.cases.case import COMMIT, Case
from provenance.model import Evidence

ATTRIBUTES = {".gitattributes": "*_version.py export-subst\n.git_archival.txt export-subst\n"}
PLAIN = 'commit = "$Format:%H$"\nshort = "$Format:%h$"\ntree = "$Format:%T$"\n'
FILLED = f'commit = "{COMMIT}"\nshort = "{COMMIT[:9]}"\ntree = "{COMMIT}"\n'
REFS = 'refs = "$Format:%d$"\ndate = "$Format:%ci$"\n'
FILLED_REFS = 'refs = " (HEAD -> main, tag: v1.0)"\ndate = "2024-01-02 03:04:05 +0100"\n'
ARCHIVAL = "node: $Format:%H$\nnode-date: $Format:%cI$\ndescribe-name: $Format:%(describe:tags=true)$\n"
FILLED_ARCHIVAL = f"node: {COMMIT}\nnode-date: 2024-01-02T03:04:05Z\ndescribe-name: v1.0\n"


def _case(
    title: str, filled: str, source: str, evidence: Evidence | None = None, path: str = "my_version.py"
) -> Case:
    return Case(title, path, {path: filled}, {path: source, **ATTRIBUTES}, evidence)


CASES = (
    _case("commit and tree", FILLED, PLAIN, Evidence.NORMALIZED),
    _case("references and a date", FILLED_REFS, REFS, Evidence.CONSISTENT),
    _case("no references", FILLED_REFS.replace(" (HEAD -> main, tag: v1.0)", ""), REFS, Evidence.CONSISTENT),
    _case(".git_archival.txt", FILLED_ARCHIVAL, ARCHIVAL, Evidence.CONSISTENT, ".git_archival.txt"),
    _case("another commit", FILLED.replace(COMMIT[:9], "0" * 9), PLAIN),
    _case("another tree", FILLED.replace(f'tree = "{COMMIT}', f'tree = "{COMMIT[:-1]}0'), PLAIN),
    _case("a statement in a place to fill", FILLED.replace(COMMIT[:9], f'{COMMIT[:9]}"; x = "'), PLAIN),
    _case("a line more", FILLED + "import os\n", PLAIN),
    _case("a line changed elsewhere", FILLED_REFS.replace("date =", "dates ="), REFS),
    _case("a statement in the list of references", FILLED_REFS.replace("main", 'x)"; evil("'), REFS),
    _case("references without this tag", FILLED_REFS.replace("v1.0", "v1.1"), REFS),
    _case("a date that is none", FILLED_REFS.replace("2024-01-02", "today"), REFS),
    _case(
        "described as another tag",
        FILLED_ARCHIVAL.replace("v1.0", "v2.0"),
        ARCHIVAL,
        path=".git_archival.txt",
    ),
    _case("a placeholder without a strict form", 'author = "Someone"\n', 'author = "$Format:%an$"\n'),
    Case("no attribute", "my_version.py", {"my_version.py": FILLED}, {"my_version.py": PLAIN}, None),
)
