"""`python -m corpus rebuild` in: which pinned releases; each built again by the public command out, and a page."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from corpus.catalogue import PinnedRelease, pinned_releases
from corpus.command import COMMAND, ROOT
from corpus.rebuilds_table import page

PAGE = ROOT / "docs" / "rebuilds.md"
LONGEST = 3600  # seconds for one release


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `rebuild`."""
    parser.add_argument("--only", action="append", metavar="NAME", help="only this project's; repeatable")
    parser.add_argument("--jobs", type=int, default=2, metavar="J", help="builds at a time; default 2")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        required=True,
        help="a line of JSON for each release; those in it are not built again",
    )


def rebuild(arguments: argparse.Namespace) -> bool:
    """Build what is not in the results yet, and write the page. It runs the projects' build code, in the cage."""
    file: Path = arguments.results
    known = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    done = {record["ref"] for record in known}
    wanted = [
        release
        for release in pinned_releases()
        if release.reference not in done and (not arguments.only or release.name in arguments.only)
    ]
    with ThreadPoolExecutor(arguments.jobs) as pool, file.open("a") as lines:
        for number, future in enumerate(as_completed([pool.submit(_rebuilt, each) for each in wanted]), 1):
            known.append(future.result())
            lines.write(f"{json.dumps(known[-1])}\n")
            lines.flush()
            print(f"{number}/{len(wanted)} {known[-1]['ref']}", file=sys.stderr, flush=True)
    PAGE.write_text(page(pinned_releases(), known), "utf-8")
    print(PAGE)
    return True


def _rebuilt(release: PinnedRelease) -> dict[str, Any]:
    """What the public command says of one release: its verdict, its outcomes, the seconds it took; or why nothing."""
    source = f"{release.repository}@{release.ref}" if release.ref else release.repository
    options = ["--source", source, "--format", "json"]
    options += ["--subdirectory", release.subdirectory] if release.subdirectory else []
    started = time.monotonic()
    ran = subprocess.run(
        [*COMMAND, "rebuild", release.reference, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    record: dict[str, Any] = {"ref": release.reference, "seconds": time.monotonic() - started}
    if not ran.stdout:
        return {**record, "error": ran.stderr.strip().splitlines()[-1] if ran.stderr.strip() else ""}
    (found,) = json.loads(ran.stdout)["releases"]
    return {
        **record,
        "verdict": found["verdict"],
        "artifacts": [{"file": each["filename"], "verdict": each["verdict"]} for each in found["artifacts"]],
        "rebuilt": found.get("rebuilt", []),
        "notices": [[notice["code"], notice["message"]] for notice in found["notices"]],
    }
