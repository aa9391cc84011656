"""What this tool takes for a checkout is what git itself writes, for random files under random attributes."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from corpus.cases.case import tree
from provenance.compare.attributes import attributes_of
from provenance.compare.worktree import checked_out, line_endings

PATHS = ("a.py", "b.py", "a.txt", "b c.txt", "sub/a.py", "sub/b.txt", "sub/deep/a.txt", "sub/deep/x.dat")
CONTENTS = (
    b"x\ny $Id$\n",
    b"a\r\nb\n",
    b"a\0b\n",
    b"$Id: abc $ $Id: a b c $ $Id:$\nq\n",
    b"a\rb\n",
    bytes(range(1, 40)) + b"\n\n",
    b"",
    b"no end",
    b"\x1a\n",
    "é\n".encode(),
)
PATTERNS = [
    "*", "*.py", "*.txt", "/a.py", "sub/*.py", "sub/**", "**/a.txt", "sub/deep/*", "b?c.txt", "a.*", "[ab].py",
    "sub/", "**/deep/**", "?.py", "*.[pt]*", "*a*t*",
]  # fmt: skip
ATTRIBUTES = [
    "text", "-text", "text=auto", "eol=crlf", "eol=lf", "!text", "!eol", "binary", "ident", "macro", "text=input",
    "crlf", "-crlf", "-ident", "working-tree-encoding=UTF-16LE",
]  # fmt: skip
PLATFORMS = (("false", "lf"), ("false", "crlf"), ("true", "native"))


def git(folder: Path, *arguments: str, content: bytes | None = None, is_checked: bool = True) -> str:
    """Run git without anybody's configuration."""
    environment = {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "PATH": "/usr/bin:/bin",
    }
    person = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    done = subprocess.run(
        ["git", *person, *arguments],
        cwd=folder,
        input=content,
        capture_output=True,
        check=is_checked,
        env=environment,
    )
    return done.stdout.decode().strip()


def random_files(chance: random.Random) -> dict[str, bytes]:
    """Files of all kinds, and attribute files in two folders."""
    files = {path: chance.choice(CONTENTS) for path in PATHS}
    for place in (".gitattributes", "sub/.gitattributes"):
        rows = [
            f"{chance.choice(PATTERNS)} {' '.join(chance.sample(ATTRIBUTES, chance.randint(1, 2)))}"
            for _ in range(chance.randint(1, 4))
        ]
        if place == ".gitattributes":
            rows.insert(0, f"[attr]macro {' '.join(chance.sample(ATTRIBUTES[:8], 2))}")
        files[place] = ("\n".join(rows) + "\n").encode()
    return files


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("seed", range(8))
def test_checkout_is_what_git_writes(tmp_path: Path, seed: int) -> None:
    """On three kinds of platform, every file is among those that this tool allows for."""
    files = random_files(random.Random(seed))
    git(tmp_path, "init", "-q")
    for path, content in files.items():
        blob = git(tmp_path, "hash-object", "-w", "--stdin", content=content)
        git(tmp_path, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    git(tmp_path, "commit", "-qm", "x")
    source = tree(files)
    for automatic, eol in PLATFORMS:
        place = tmp_path / f"{automatic}-{eol}"
        place.mkdir()
        options = ["-c", f"core.autocrlf={automatic}", "-c", f"core.eol={eol}", f"--work-tree={place}"]
        git(tmp_path, *options, "checkout", "-f", "HEAD", "--", ".", is_checked=False)
        for path in PATHS:
            if (place / path).exists():
                entry, attributes = source.entries[path], attributes_of(source, path)
                endings = line_endings(attributes)
                is_windows = automatic == "true" or (eol == "crlf" and endings == "native")
                with_crlf = endings == "crlf" or (endings != "lf" and is_windows)
                written = checked_out(files[path], entry.blob, attributes, with_crlf=with_crlf)
                assert (place / path).read_bytes() in written, (path, attributes, automatic, eol)
