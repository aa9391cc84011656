"""A target's name, folders and libFuzzer's options in; one coverage-guided run out, each defect kept as a file.

The run goes on behind a defect: what fails in the same place of the tool is one, whatever the input.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import traceback
from pathlib import Path

import atheris

READERS = (
    "provenance",
    "packaging",
    "configparser",
    "email",
    "tomllib",
    "dulwich",
    "pypi_simple",
    "tarfile",
    "zipfile",
)

with atheris.instrument_imports(include=READERS):
    from tests.fuzz.target import Target, TooSlow, give
    from tests.fuzz.targets import ANY, TARGETS


def main() -> None:
    """Fuzz `sys.argv[1]`: `sys.argv[2]` is its folder of inputs, `sys.argv[3]` where defects go."""
    name, inputs, defects, *options = sys.argv[1:]
    logging.disable()
    target = TARGETS.get(name, ANY)
    for number, seed in enumerate(target.seeds()):
        (Path(inputs) / f"seed-{number}").write_bytes(seed)
    known: set[str] = set()
    options += [inputs, f"-max_len={target.longest}", f"-artifact_prefix={defects}/"]
    atheris.Setup([sys.argv[0], *options], lambda content: _tried(target, content, Path(defects), known))
    atheris.Fuzz()


def _tried(target: Target, content: bytes, defects: Path, known: set[str]) -> None:
    try:
        give(target, content)
    except (Exception, TooSlow) as error:
        place = _place(error)
        if place not in known:
            known.add(place)
            name = hashlib.sha256(place.encode()).hexdigest()[:12]
            (defects / name).write_bytes(content)
            (defects / f"{name}.txt").write_text("".join(traceback.format_exception(error)))


def _place(error: BaseException) -> str:
    """What the error is and the last line of the tool's own that it came through, or a target's own complaint."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/provenance/" in frame.filename] or frames
    said = str(error) if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} {own[-1].filename}:{own[-1].lineno} {said[:200]}"


if __name__ == "__main__":
    main()
