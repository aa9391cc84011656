"""A count of entries in; out, what an append costs at both ends of such a log, and how many files a proof reads.

    python tests/benchmarks/log_appends.py [--entries 100000] [--between 1] [FOLDER]

Every entry is appended alone, as a report is: locked, written, synchronized, signed, published. With `--between N` only
the first and the last thousand are, and those between them N at a time. The log is made in a new folder in FOLDER. On a
disk, synchronization is nearly all of the time, and other processes weigh on it: `cpu` is what the process itself used.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provenance.log import (
    Checkpoint,
    Entry,
    LogFiles,
    LoggedArtifact,
    Tree,
    Verifier,
    append,
    check_proof,
    create,
    prove,
)
from provenance.model import Verdict

SAMPLE = 1000
ORIGIN = "logs.example/benchmark"


class Key:
    """A key made for this run."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        self.public_key = self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature's 64 bytes."""
        return self._private.sign(message)


def main(entries: int, between: int, folder: Path) -> None:
    """Append, and print the cost of the first and the last thousand appends, and of proofs."""
    key = Key()
    create(folder, ORIGIN, key)
    first = [timed_append(folder, number, 1, key) for number in range(SAMPLE)]
    start = time.perf_counter()
    for number in range(SAMPLE, entries - SAMPLE, between):
        timed_append(folder, number, min(between, entries - SAMPLE - number), key)
    middle = time.perf_counter() - start
    last = [timed_append(folder, number, 1, key) for number in range(entries - SAMPLE, entries)]
    print(f"{'appends':<14}{'mean ms':>10}{'median ms':>11}{'mean cpu ms':>13}")
    rows = [
        (statistics.mean(wall), statistics.median(wall), statistics.mean(cpu))
        for wall, cpu in map(columns, (first, last))
    ]
    for name, row in ((f"first {SAMPLE}", rows[0]), (f"last {SAMPLE}", rows[1])):
        print(f"{name:<14}{row[0] * 1e3:>10.2f}{row[1] * 1e3:>11.2f}{row[2] * 1e3:>13.2f}")
    ratios = [end / begin for begin, end in zip(*rows, strict=True)]
    print(f"{'last / first':<14}{ratios[0]:>10.2f}{ratios[1]:>11.2f}{ratios[2]:>13.2f}")
    print(f"{entries - 2 * SAMPLE} between them, {between} at a time: {middle:.0f} s")
    print_proofs(folder, entries, key)


def timed_append(folder: Path, number: int, count: int, key: Key) -> tuple[float, float]:
    """Append entries and return how many seconds it took, and how many of the process's own."""
    batch = [entry(each) for each in range(number, number + count)]
    start, cpu = time.perf_counter(), time.process_time()
    indexes = append(folder, batch, key).indexes
    seconds = time.perf_counter() - start, time.process_time() - cpu
    assert indexes == tuple(range(number, number + count))
    return seconds


def columns(rows: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Pairs as two lists."""
    return [row[0] for row in rows], [row[1] for row in rows]


def print_proofs(folder: Path, entries: int, key: Key) -> None:
    """Make and check the proof of a thousand entries, and print how many files each one reads at most."""
    checkpoint: Checkpoint = append(folder, [], key).checkpoint
    trusted = [Verifier(ORIGIN, key.public_key)]
    reads, sizes, times = [], [], []
    for number in range(0, entries, max(1, entries // 1000)):
        paths: list[str] = []
        files = LogFiles(folder)
        start = time.perf_counter()
        tree = Tree(
            lambda path, paths=paths, files=files: paths.append(path) or files.read(path), checkpoint.size
        )
        proof = prove(tree, number, entry(number), checkpoint)
        assert check_proof(proof, entry(number), trusted).index == number
        times.append(time.perf_counter() - start)
        reads.append(len(paths))
        sizes.append(len(proof))
    print(f"proofs out of the log: {max(reads)} files read at most, {statistics.mean(reads):.1f} on average")
    print(f"made and checked in {statistics.mean(times) * 1e3:.2f} ms, {max(sizes)} bytes at most")


def entry(number: int) -> bytes:
    """An entry of the size that reports have."""
    digest = hashlib.sha256(b"%d" % number).hexdigest()
    artifact = LoggedArtifact(filename=f"some_project-{number}-py3-none-any.whl", sha256=digest)
    purl = f"pkg:pypi/some-project@{number}"
    return bytes(
        Entry(purl=purl, artifact=artifact, verdict=Verdict.MATCH, predicate=digest, envelope=digest)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--between", type=int, default=1)
    parser.add_argument("folder", nargs="?", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        main(options.entries, options.between, Path(made) / "log")
