"""What was stored or published in: reports, logs, policies, recipes; what is read is what was written, or refused."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from corpus.stated import REPORT, RULES, SDIST, SOURCE, WHEEL
from provenance.errors import ProvenanceError
from provenance.log import (
    Entry,
    LogFiles,
    Tree,
    Verifier,
    Witness,
    append,
    check_proof,
    claimed_head,
    cosign,
    cosigned_by,
    create,
    open_checkpoint,
    prove,
    read_entry,
)
from provenance.log.entry import LoggedArtifact
from provenance.log.note import split_note
from provenance.log.tiles import bundle, entries_of
from provenance.model import Recipe, Verdict
from provenance.policy import decide, read_policy
from provenance.publish.record import read_record
from provenance.rebuild.recipe_file import read_recipes, write_recipes
from provenance.report import FORMATS
from provenance.report.statement import payload_of, predicate_digest, read_statement
from provenance.report.stating import restore, state
from provenance.signing.envelope import open_envelope, seal
from tests.fuzz.target import Target, as_file, fields
from tests.log.conftest import KEY, ORIGIN, Key

WITNESS = Key("a witness's key")
WITNESSES = [Witness("witness.example", WITNESS.public_key)]
TRUSTED = [Verifier(ORIGIN, KEY.public_key)]
LOGGED = Entry(
    purl="pkg:pypi/plume@1.0.0",
    artifact=LoggedArtifact(filename="plume-1.0.0.tar.gz", sha256="5d" * 32),
    verdict=Verdict.MATCH,
    predicate="01" * 32,
    envelope="02" * 32,
)
ENTRIES = [bytes(LOGGED), b"another", b"a third"]
POLICY = f"""\
[tool.provenance]
fail-on = "extras"
hosts = ["git.example"]
required-signers = ["{"5d" * 32}"]
[[tool.provenance.accept]]
release = "plume==1.0.0"
file = "plume/x.py"
sha256 = "{"01" * 32}"
reason = "r"
owner = "ada"
expires = 2099-01-01
"""


@cache
def payloads() -> tuple[bytes, ...]:
    """The statements about the example's artifacts."""
    return tuple(payload_of(state(REPORT, artifact, RULES)) for artifact in (SDIST, WHEEL))


@cache
def proofs() -> tuple[bytes, ...]:
    """A proof for each entry of a log, the last with a witness's line."""
    with tempfile.TemporaryDirectory() as folder:
        create(Path(folder) / "log", ORIGIN, KEY)
        checkpoint = append(Path(folder) / "log", ENTRIES, KEY).checkpoint
        tree = Tree(LogFiles(Path(folder) / "log").read, len(ENTRIES))
        found = [prove(tree, place, entry, checkpoint) for place, entry in enumerate(ENTRIES)]
    return *found, cosign_proof(found[0])


def cosign_proof(proof: bytes) -> bytes:
    """The proof with a witness's line in its checkpoint."""
    head, _, note = proof.partition(b"\n\n")
    return head + b"\n\n" + cosign(note, WITNESSES[0].name, WITNESS, datetime(2026, 3, 14, tzinfo=UTC))


def checkpoints() -> list[bytes]:
    """The log's checkpoint, and the same with a witness's line."""
    return [proof.partition(b"\n\n")[2] for proof in (proofs()[0], proofs()[-1])]


def open_sealed(content: bytes) -> None:
    """An envelope; without signatures it is written again with the same bytes."""
    opened = open_envelope(content)
    assert opened.verified == ()
    assert opened.claimed or seal(opened.payload) == content


def read_report(content: bytes) -> None:
    """A statement: what is read of it is what is stated again, and every format shows it."""
    statement = read_statement(content)
    again = payload_of(statement)
    assert read_statement(again) == statement
    assert payload_of(read_statement(again)) == again
    predicate_digest(content)
    report = restore([statement])
    for name, render in FORMATS.items():
        shown = render([report], True, 100)
        shown.encode()
        if name in ("json", "sarif", "cyclonedx"):
            json.loads(shown)
        if name == "text":
            assert all(line.isprintable() for line in shown.split("\n")), "what a terminal acts on"


def read_logged(content: bytes) -> None:
    """An entry, byte for byte."""
    assert bytes(read_entry(content)) == content


def read_checkpoint(content: bytes) -> None:
    """A checkpoint; no other text than the log's own passes under its key, nor another moment of the witness's."""
    head = claimed_head(content)
    assert split_note(content)[0].startswith(head.text)
    cosigned = cosigned_by(content, WITNESSES)
    assert {each.moment for each in cosigned} <= {datetime(2026, 3, 14, tzinfo=UTC)}
    found = open_checkpoint(content, TRUSTED)
    assert (found.size, found.root) == (len(ENTRIES), claimed_head(checkpoints()[0]).root)


def read_proof(content: bytes) -> None:
    """A proof of one of the entries; it holds for the entry at its place alone."""
    for place, entry in enumerate(ENTRIES):
        try:
            logged = check_proof(content, entry, TRUSTED)
        except ProvenanceError:
            continue
        assert logged.index == place
        assert logged.checkpoint.size == len(ENTRIES)


def read_keys(content: bytes) -> None:
    """A verifier key, of a log and of a witness."""
    for kind in (Verifier, Witness):
        text = content.decode(errors="replace")
        try:
            assert str(kind.parse(text)) == text
        except ProvenanceError:
            continue


def read_entries(content: bytes) -> None:
    """A tile of entries; written again it has the same bytes."""
    assert bundle(entries_of(content, "tile/entries/000")) == content


def apply_policy(content: bytes) -> None:
    """A policy, of a project and of its own file; it has one digest and fits with itself."""
    for where in ("pyproject.toml", "provenance.toml"):
        policy = read_policy(content.decode(errors="replace"), where)
        assert policy.joined(policy).sha256 == policy.joined(policy).sha256
        decide(policy, [REPORT], date(2026, 1, 1))


def repeat_recipes(content: bytes) -> None:
    """Recipes; written and read again they are the same."""

    def read(path: Path) -> None:
        found = read_recipes(path)
        write_recipes(path, found)
        assert read_recipes(path) == tuple(dict.fromkeys(found))

    as_file("recipe.json", content, read)


def recipes() -> list[bytes]:
    """A file of one recipe."""
    recipe = Recipe(name="plume", version="1.0.0", source=SOURCE, backend="hatchling.build", python="3.11")
    made: list[bytes] = []

    def keep(path: Path) -> None:
        write_recipes(path, [recipe])
        made.append(path.read_bytes())

    as_file("recipe.json", b"", keep)
    return made


def read_folder(content: bytes) -> None:
    """A folder of reports: an envelope, and what stands beside it."""
    report, summary, proof = fields(content, 3)
    with tempfile.TemporaryDirectory() as folder:
        name = f"{SDIST.filename}.provenance.json"
        for suffix, part in (("", report), (".tlog-proof", proof)):
            (Path(folder) / f"{name}{suffix}").write_bytes(part)
        (Path(folder) / f"{SDIST.filename}.vsa.json").write_bytes(summary)
        read_record(Path(folder), [])


def reader(read: Callable[[bytes], object], seeds: Callable[[], Iterable[bytes]]) -> Target:
    """A target of usual length."""
    return Target(read, seeds)


TARGETS = {
    "envelope": reader(open_sealed, lambda: [seal(payloads()[0])]),
    "statement": reader(read_report, payloads),
    "log-entry": reader(read_logged, lambda: ENTRIES[:1]),
    "checkpoint": reader(read_checkpoint, checkpoints),
    "proof": reader(read_proof, proofs),
    "log-key": reader(read_keys, lambda: [str(key).encode() for key in (*TRUSTED, *WITNESSES)]),
    "log-tile": reader(read_entries, lambda: [bundle(ENTRIES)]),
    "policy": reader(
        apply_policy, lambda: [POLICY.encode(), POLICY.replace("tool.provenance", "x").encode()]
    ),
    "recipes": reader(repeat_recipes, recipes),
    "record": reader(read_folder, lambda: [seal(payloads()[0]) + b"\0{}\0x"]),
}
