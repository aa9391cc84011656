"""Audited releases in, one table with a row for each in a file out: CSV, or Parquet."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from provenance.errors import UsageError
from provenance.model import Evidence
from provenance.report.audited import Audited
from provenance.store import put

Cell = str | int | float | None


def write_table(file: Path, releases: Sequence[Audited]) -> None:
    """Write the table whole or not at all; a name that ends in .parquet is Parquet, for which pyarrow is needed."""
    rows = [row(each) for each in releases]
    if file.suffix == ".parquet":
        put(file, _parquet(rows))
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(row(Audited(name="", version=""))), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    put(file, text.getvalue().encode())


def row(each: Audited) -> dict[str, Cell]:
    """Return one release as a flat row."""
    counts: Counter[Evidence] = Counter()
    for artifact in each.artifacts:
        counts.update(artifact.counts)
    return {
        "name": each.name,
        "version": each.version,
        "rank": each.rank,
        "state": each.state,
        "verdict": each.verdict.value if each.verdict else None,
        "answer": each.answer.value if each.answer else None,
        "cause": each.cause,
        "repository": each.source.repository if each.source else None,
        "ref": each.source.ref if each.source else None,
        "commit": each.source.commit if each.source else None,
        "backend": each.backend,
        "artifacts": len(each.artifacts),
        **{evidence.value: counts[evidence] for evidence in Evidence},
        "digest": each.digest,
        "seconds": each.cost.seconds,
        "processor_seconds": each.cost.processor,
        "received_bytes": each.cost.received,
        "visits": sum(each.cost.visits.values()),
        "finished": each.finished.isoformat() if each.finished else None,
        "reason": each.reason,
    }


def _parquet(rows: Sequence[dict[str, Cell]]) -> bytes:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs pyarrow", hint="pip install 'pypi-provenance[table]', or name a .csv file"
        ) from error
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows)), buffer)
    return buffer.getvalue()
