"""Two contents with one SHA-1 in, an answer that does not take one for the other out."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.cases.case import tree
from corpus.example import FLIT, Release, git
from corpus.git_faults import RESULT, Fault
from corpus.git_host import GitHost
from corpus.loopback import Handler
from corpus.tamper import rewrite_wheel
from provenance.compare import Context, Subject, judge
from provenance.compare.judge import inert_paths
from provenance.model import Evidence, Severity, Source, Verdict
from provenance.project import read_project
from provenance.tree import Tree, blob_id
from provenance.verdict import artifact_verdict
from tests.conftest import Check, MakeRelease, Run, Serve

# the first 320 bytes of the two files of https://shattered.io, after which their content is the same
HEAD = bytes.fromhex(
    "255044462d312e330a25e2e3cfd30a0a0a312030206f626a0a3c3c2f57696474682032203020522f4865696768742033"
    "203020522f547970652034203020522f537562747970652035203020522f46696c7465722036203020522f436f6c6f72"
    "53706163652037203020522f4c656e6774682038203020522f42697473506572436f6d706f6e656e7420383e3e0a7374"
    "7265616d0affd8fffe00245348412d3120697320646561642121212121852fec092339759c39b1a1c63c4c97e1fffe01"
)
ONE = HEAD + bytes.fromhex(
    "7346dc9166b67e118f029ab621b2560ff9ca67cca8c7f85ba84c79030c2b3de218f86db3a90901d5df45c14f26fedfb3"
    "dc38e96ac22fe7bd728f0e45bce046d23c570feb141398bb552ef5a0a82be331fea48037b8b5d71f0e332edf93ac3500"
    "eb4ddc0decc1a864790c782c76215660dd309791d06bd0af3f98cda4bc4629b1"
)
OTHER = HEAD + bytes.fromhex(
    "7f46dc93a6b67e013b029aaa1db2560b45ca67d688c7f84b8c4c791fe02b3df614f86db1690901c56b45c1530afedfb7"
    "6038e972722fe7ad728f0e4904e046c230570fe9d41398abe12ef5bc942be33542a4802d98b5d70f2a332ec37fac3514"
    "e74ddc0f2cc1a874cd0c78305a21566461309789606bd0bf3f98cda8044629a1"
)
PLACE = "plume/logo.pdf"


def test_the_public_pair_has_one_sha1_and_two_ids_in_git() -> None:
    """git hashes a header before the content, for which this pair was not made."""
    assert hashlib.sha1(ONE).digest() == hashlib.sha1(OTHER).digest()
    assert blob_id(ONE) != blob_id(OTHER)


@pytest.fixture
def with_one(release: MakeRelease, tmp_path: Path) -> Path:
    """A folder of repositories as the release's own, in which the tagged commit holds the first of the pair."""
    built, root = release(FLIT), tmp_path / "git"
    owner, name = built.project.repository.split("/")[-2:]
    work = tmp_path / "work"
    original = built.sdist.parents[2] / "git" / owner / f"{name}.git"
    git(tmp_path, "clone", "--quiet", str(original), str(work))
    git(work, "checkout", "--quiet", "v1.0.0")
    (work / PLACE).write_bytes(ONE)
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Add a logo")
    git(work, "tag", "--force", "v1.0.0")
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(root / owner / f"{name}.git"))
    return root


@pytest.mark.parametrize("full", [(), ("--full",)], ids=["by ids", "by contents"])
@pytest.mark.parametrize(("content", "code"), [(ONE, 0), (OTHER, 1)], ids=["the same", "the other"])
def test_one_of_the_pair_is_not_taken_for_the_other(
    content: bytes, code: int, full: tuple[str, ...], with_one: Path, release: MakeRelease, serve: Serve,
    run: Run, tmp_path: Path,
) -> None:  # fmt: skip
    """The repository holds one, the wheel one or the other."""
    built = release(FLIT)
    wheel = rewrite_wheel(built.wheel, tmp_path / "dist", {PLACE: lambda _: content})
    index = serve([wheel])
    with GitHost(with_one) as host:
        outcome = run("check", built.reference, "--index", index.simple, *full, "--format", "json", host=host)
    (artifact,) = outcome.document["releases"][0]["artifacts"]
    evidence = {finding["path"]: finding["evidence"] for finding in artifact["findings"]}
    assert outcome.code == code
    assert evidence.get(PLACE, "identical") == ("modified" if code else "identical")


def test_contents_of_one_id_are_told_apart_where_they_were_compared() -> None:
    """As if somebody had paid for a pair that is made for git: a content in the source, another one in the wheel."""
    honest, evil = b"x = 1\n", b"x = 2\n"
    source, artifact = tree({"m.py": honest.decode()}), tree({"m.py": evil.decode()})
    same = Tree({"m.py": replace(artifact.entries["m.py"], blob=blob_id(honest))}, lambda _: evil)
    judged = Context(
        name="example",
        version="1",
        subject=Subject("example-1.tar.gz", "sdist", same),
        source_tree=source,
        source=Source(repository="https://git.example/o/n", ref="v1", commit="0" * 40, tree="0" * 40),
        project=read_project(source, ""),
    )
    findings = judge(judged)
    assert [(each.evidence, each.severity) for each in findings] == [(Evidence.MODIFIED, Severity.CRITICAL)]
    assert "one SHA-1" in findings[0].reason
    assert artifact_verdict(findings, inert_paths(judged, findings)) is Verdict.MISMATCH


def test_an_honest_release_is_the_same_by_its_contents(release: MakeRelease, check: Check) -> None:
    """The report says that all of them were compared."""
    outcome = check(release(FLIT), "--full", "--format", "json")
    notices = {notice["code"]: notice["message"] for notice in outcome.document["releases"][0]["notices"]}
    assert outcome.code == 0
    assert "were fetched and compared by sha256" in notices["full"]


def other_bytes(root: Path) -> Fault:
    """Let git answer what a commit holds, and then give one file for whatever is asked."""
    asked = 0
    content = b"another file\n"
    body = struct.pack(">4sLL", b"PACK", 2, 1) + bytes([3 << 4 | len(content)]) + zlib.compress(content)
    pack = body + hashlib.sha1(body).digest()

    def answer(request: Handler) -> bool:
        nonlocal asked
        asked += request.command == "POST"
        if asked <= 2:
            return False
        lines = b"000dpackfile\n" + b"%04x\1" % (len(pack) + 5) + pack + b"0000"
        request.reply(200, lines, Content_Type=RESULT)
        return True

    return answer


def test_a_host_that_gives_other_bytes_for_an_id_is_not_believed(
    release: MakeRelease, serve: Serve, run: Run, git_host: GitHost
) -> None:
    """What comes is known by the id that its own bytes have, and what was asked for is missing."""
    built: Release = release(FLIT)
    index = serve(built.artifacts)
    with GitHost(git_host.root, fault=other_bytes(git_host.root)) as host:
        outcome = run("check", built.reference, "--index", index.simple, "--full", host=host)
    assert outcome.code == 4
    assert "did not send" in outcome.stderr
