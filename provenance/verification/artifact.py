"""An artifact's name and digest in, the local file, cached copy or download that has it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from provenance.cache import Cache, file_sha256
from provenance.errors import ArtifactError, OperationError
from provenance.verification.check import Check, Standing, StoredReport

Download = Callable[[str, str, str], Path]  # project, version, file name -> the file, or OperationError


@dataclass(frozen=True)
class Places:
    """Where artifacts are looked for: files and folders that were named, the cache, and then an index (`download`)."""

    named: Sequence[Path]
    cache: Cache
    download: Download | None = None

    def local(self, filename: str) -> list[Path]:
        """Return the named files of this name; the one file that was named may have any."""
        files = [path for path in self.named if path.is_file()]
        found = [path for path in files if path.name == filename]
        if Path(filename).name == filename:
            found += [path / filename for path in self.named if (path / filename).is_file()]
        return found or (files if len(self.named) == 1 else [])

    def find(self, release: tuple[str, str], filename: str, sha256: str) -> Path | None:
        """Return a file with this digest; `release` is the project and version that it is of."""
        fitting = (path for path in self.local(filename) if file_sha256(path) == sha256)
        found = next(fitting, None) or self.cache.find(sha256)
        if found is None and self.download is not None:
            with suppress(ArtifactError, OperationError):
                self.download(*release, filename)
            found = self.cache.find(sha256)
        return found


def check_artifact(report: StoredReport, places: Places) -> Check:
    """Return whether the artifact is the one that the report is about."""
    what, expected = "artifact", report.sha256
    local = places.local(report.filename)
    for path in local:
        if file_sha256(path) == expected:
            return Check(what, Standing.HOLDS, f"{path} has the digest")
    if local:
        sentence = f"{local[0]} has the sha256 {file_sha256(local[0])}, and the report is about {expected}"
        return Check(what, Standing.FAILS, sentence)
    if places.cache.find(expected):
        return Check(what, Standing.HOLDS, "the copy in the cache has the digest")
    if places.download is None:
        return Check(what, Standing.OPEN, f"there is no {report.filename} here to compare with")
    try:
        digest = file_sha256(places.download(*report.release, report.filename))
    except ArtifactError as error:
        return Check(what, Standing.FAILS, str(error))
    except OperationError as error:
        return Check(what, Standing.OPEN, str(error))
    if digest == expected:
        return Check(what, Standing.HOLDS, "the file on the index has the digest")
    sentence = f"the file on the index has the sha256 {digest}, and the report is about {expected}"
    return Check(what, Standing.FAILS, sentence)
