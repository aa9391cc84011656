"""Bytes of requirements and lock files in; the releases that they name are named as the index names them."""

from __future__ import annotations

import re
from pathlib import Path

from provenance.requirements import read_constraints, read_requirements
from tests.fuzz.target import Target, as_file

DIGEST = "0123456789abcdef" * 4
URL = "https://files.example/plume-1.0.0.tar.gz"
SEEDS: dict[str, tuple[str, ...]] = {
    "requirements.txt": (
        f"# made by a tool\nplume==1.0.0 ; python_version > '3' \\\n  --hash=sha256:{DIGEST} \\\n    --hash=sha256:00\n"
        "-i https://index.example/simple\n--extra-index-url https://ada:x@index.example\n-e git+https://git.example/q#egg=q\n"
        "quill[ink]~=2.0\n./nib\nhttps://files.example/nib-1.0-py3-none-any.whl\nink @ https://x.example/ink.zip\n",
        "-c constraints.txt\n-r other.txt\n",
        "--no-binary :all: --pre\n-f 'a b'\n",
    ),
    "pylock.toml": (
        f"""lock-version = "1.0"
created-by = "a-tool"
environments = ["sys_platform == 'linux'"]
[[packages]]
name = "plume"
version = "1.0.0"
index = "https://index.example/simple"
sdist = {{ url = "{URL}", hashes = {{ sha256 = "{DIGEST}" }} }}
[[packages.wheels]]
name = "plume-1.0.0-py3-none-any.whl"
url = "https://files.example/x"
hashes = {{ sha256 = "{DIGEST}" }}
[[packages]]
name = "quill"
vcs = {{ type = "git", url = "https://git.example/q", commit-id = "1" }}
[[packages]]
name = "nib"
directory = {{ path = "." }}
""",
    ),
    "uv.lock": (
        f"""version = 1
[[package]]
name = "the-project"
version = "0.1.0"
source = {{ virtual = "." }}
[[package]]
name = "plume"
version = "1.0.0"
source = {{ registry = "https://index.example/simple" }}
sdist = {{ url = "{URL}", hash = "sha256:{DIGEST}", size = 1 }}
wheels = [{{ url = "https://files.example/plume-1.0.0-py3-none-any.whl", hash = "sha256:{DIGEST}" }}]
[manifest]
members = ["a"]
""",
    ),
    "poetry.lock": (
        f"""[[package]]
name = "plume"
version = "1.0.0"
files = [{{file = "plume-1.0.0.tar.gz", hash = "sha256:{DIGEST}"}}]
[package.source]
type = "legacy"
url = "https://index.example/simple"
[metadata]
lock-version = "2.0"
content-hash = "x"
[metadata.files]
plume = [{{file = "x", hash = "sha256:{DIGEST}"}}]
""",
    ),
    "pdm.lock": (
        f"""[metadata]
lock_version = "4.5"
[[package]]
name = "plume"
version = "1.0.0"
files = [{{url = "{URL}", hash = "sha256:{DIGEST}"}}]
[metadata.files]
"plume 1.0.0" = [{{file = "x", hash = "sha256:{DIGEST}"}}]
""",
    ),
    "Pipfile.lock": (
        f"""{{"_meta": {{"sources": [{{"name": "a", "url": "https://index.example/simple"}}]}},
"default": {{"plume": {{"version": "==1.0.0", "hashes": ["sha256:{DIGEST}"], "index": "a"}},
"quill": {{"git": "x"}}}}}}""",
    ),
    "pyproject.toml": (
        """[project]
name = "the-project"
dependencies = ["plume==1.0.0"]
optional-dependencies = {ink = ["quill", "the-project[x]"]}
[dependency-groups]
test = ["nib", {include-group = "more"}]
more = []
""",
    ),
    "requirements": ("plume==1.0.0\n", "[[package]]\nname = 'plume'\n", "{}"),  # known by its content alone
}


def reader_of(name: str) -> Target:
    """A reader of files of this name."""

    def read(content: bytes) -> None:
        harmless = re.sub(
            rb"/(?=dev|proc|sys)", b"", content
        )  # a list may name other files, also endless ones
        as_file(name, harmless, check)

    return Target(read, lambda: [text.encode() for text in SEEDS[name]])


def check(path: Path) -> None:
    """Read the file; every entry says where it stands and what it asks for."""
    for each in read_requirements(path):
        assert each.where.startswith(str(path.parent))
        assert all(file.sha256 == file.sha256.lower() for file in each.files)
    read_constraints(path)


TARGETS = {f"lock-{name}": reader_of(name) for name in SEEDS}
