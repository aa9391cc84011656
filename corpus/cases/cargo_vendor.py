"""Cases of the cargo-vendor rule."""

import hashlib
import json

from corpus.cases.case import Case, Files
from provenance.model import Evidence

FOLDER = "vendor/half-2.7.1"
ARCHIVE = "ab" * 32
CRATE = {"Cargo.toml": '[package]\nname = "half"\nversion = "2.7.1"\n', "src/lib.rs": "pub fn f() {}\n"}
LOCK = (
    'version = 4\n\n[[package]]\nname = "half"\nversion = "2.7.1"\n'
    f'source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "{ARCHIVE}"\n'
)


def _files(folder: str = FOLDER, archive: str = ARCHIVE, **changed: str) -> Files:
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in CRATE.items()}
    listed = json.dumps({"files": digests, "package": archive})
    files = {**CRATE, ".cargo-checksum.json": listed, **changed}
    return {f"{folder}/{name}": text for name, text in files.items()}


def _config(title: str, text: str, evidence: Evidence | None = None, **changed: str) -> Case:
    path = ".cargo/config.toml"
    return Case(title, path, {path: text, **_files(**changed)}, {"Cargo.lock": LOCK}, evidence)


CONFIG = '[source.crates-io]\nreplace-with = "v"\n\n[source.v]\ndirectory = "vendor"\n'


def _case(
    title: str,
    files: Files,
    evidence: Evidence | None = None,
    lock: str = LOCK,
    path: str = f"{FOLDER}/src/lib.rs",
) -> Case:
    return Case(title, path, files, {"Cargo.lock": lock}, evidence)


CASES = (
    _case("a file of a crate", _files(), Evidence.RECOGNIZED),
    _case("the crate's list", _files(), Evidence.RECOGNIZED, path=f"{FOLDER}/.cargo-checksum.json"),
    _case(
        "a folder without the version",
        _files("vendor/half"),
        Evidence.RECOGNIZED,
        path="vendor/half/src/lib.rs",
    ),
    _config("the configuration that leads to them", CONFIG, Evidence.RECOGNIZED),
    _config("a configuration that runs a program", CONFIG + '[build]\nrustc-wrapper = "evil"\n'),
    _config("a configuration that leads elsewhere", CONFIG.replace('"vendor"', '"evil"')),
    _config(
        "a configuration that leads to a crate that is not pinned", CONFIG, **{"build.rs": "fn main() {}\n"}
    ),
    _case("a file changed", _files(**{"src/lib.rs": "pub fn f() { evil() }\n"})),
    _case(
        "a file that the list does not name",
        _files(**{"build.rs": "fn main() {}\n"}),
        path=f"{FOLDER}/build.rs",
    ),
    _case("another archive than Cargo.lock pins", _files(archive="cd" * 32)),
    _case("a version that Cargo.lock does not pin", _files(), lock=LOCK.replace("2.7.1", "2.7.2")),
    _case("a crate from elsewhere", _files(), lock=LOCK.replace("crates.io-index", "evil")),
    _case("no Cargo.lock in the source", _files(), lock=""),
    _case("a folder of another name", _files("vendor/serde-1.0.0"), path="vendor/serde-1.0.0/src/lib.rs"),
    _case(
        "one more key in the list", _files(**{".cargo-checksum.json": '{"files": {}, "package": "", "x": 1}'})
    ),
)
