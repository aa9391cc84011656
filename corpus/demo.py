"""The main job on an embedded example: in, nothing; out, yes for the clean release, no for the other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from corpus.command import hermetic, run
from corpus.example import FLIT, make_release
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex
from corpus.tamper import append, rewrite_wheel

YES, NO = 0, 1
PAYLOAD = b'\n\nprint("This line is in no repository")\n'


def demo() -> bool:
    """Check the same release as its author built it and as an attacker changed it; True if both are told."""
    with tempfile.TemporaryDirectory(prefix="provenance-demo-") as temporary:
        folder = Path(temporary)
        say(f"Building {FLIT.reference} from its tag, and a copy of its wheel with one line added.")
        release = make_release(FLIT, folder)
        edits = {f"{FLIT.package}/greeting.py": append(PAYLOAD)}
        tampered = rewrite_wheel(release.wheel, folder / "tampered", edits)
        with GitHost(folder / "git") as host:
            environment = hermetic(folder, host.write_gitconfig(folder / "gitconfig"))
            say("The release as its author built it:")
            clean = check(release.artifacts, environment)
            say("The same release, with the changed wheel on the index:")
            changed = check([release.sdist, tampered], environment)
    told = (clean, changed) == (YES, NO)
    say("The first is the source, the second is not." if told else "Those are not the expected answers.")
    return told


def check(artifacts: Iterable[Path], environment: Mapping[str, str]) -> int:
    """Serve the artifacts, ask the public command about them, show both, and return its exit code."""
    with PackageIndex(artifacts) as index:
        arguments = ["check", FLIT.reference, "--index", index.simple]
        print("  $ python -m provenance", *arguments)
        outcome = run(*arguments, environment=environment)
        for line in (outcome.stdout + outcome.stderr).splitlines():
            print(f"  {line}")
        print(f"  (exit code {outcome.code})")
    return outcome.code


def say(sentence: str) -> None:
    """Print a sentence of the narrator's, apart from what the command prints."""
    print(f"\n{sentence}\n", flush=True)
