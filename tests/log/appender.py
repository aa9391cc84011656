"""A log's folder in: appends to it until it is killed; printed out, every entry whose append was acknowledged."""

from __future__ import annotations

import os
import random
import sys
import uuid
from pathlib import Path

from provenance.log import append
from tests.log.conftest import Key


class RecordingKey(Key):
    """A key that writes down what it signs before it gives the signature away."""

    def __init__(self, record: Path) -> None:
        super().__init__()
        self._record = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def sign(self, message: bytes) -> bytes:
        """Return the signature's 64 bytes."""
        os.write(self._record, message)
        return super().sign(message)


def main(folder: Path, record: Path) -> None:
    """Append one to forty entries at a time, for ever."""
    key = RecordingKey(record)
    os.write(sys.stdout.fileno(), b"ready\n")
    while True:
        entries = [uuid.uuid4().hex.encode() for _ in range(random.choice((1, 1, 2, 5, 40)))]
        indexes = append(folder, entries, key).indexes
        lines = (f"{index} {entry.decode()}\n" for index, entry in zip(indexes, entries, strict=True))
        os.write(sys.stdout.fileno(), "".join(lines).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
