"""Cases of the cargo-lock rule."""

from corpus.cases.case import Case, Files
from provenance.model import Evidence

LOCK = (
    'version = 4\n\n[[package]]\nname = "c"\nversion = "0.1.0"\ndependencies = [\n "half",\n]\n\n'
    '[[package]]\nname = "half"\n'
    'version = "2.7.1"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n'
    f'checksum = "{"ab" * 32}"\n'
)
MANIFEST = {"Cargo.toml": '[package]\nname = "c"\nversion = "0.1.0"\n'}


def _case(title: str, content: str, evidence: Evidence | None = None, source: Files = MANIFEST) -> Case:
    return Case(title, "Cargo.lock", {"Cargo.lock": content, **MANIFEST}, source, evidence)


CASES = (
    _case("a list of crates", LOCK, Evidence.RECOGNIZED),
    _case("a crate from elsewhere", LOCK.replace("crates.io-index", "evil-index")),
    _case("a crate from a repository", LOCK.replace("registry+", "git+")),
    _case("a crate without a digest", LOCK.partition("checksum")[0]),
    _case("a crate of no manifest", LOCK.replace('"c"', '"evil"')),
    _case("one more table", LOCK + "[patch]\nx = 1\n"),
    _case("one more key", LOCK + 'replace = "evil"\n'),
    _case("where the source has its own", LOCK, source={**MANIFEST, "Cargo.lock": "version = 4\n"}),
    _case("no document", "import os\n"),
)
