"""An address in, the files of the log below it out, as any web server hands them over."""

from __future__ import annotations

from provenance.errors import LogError, NetworkError
from provenance.net import Http

LARGEST_FILE = 256 * (2 + 0xFFFF)  # bytes: a bundle of as many and as long entries as there can be
GONE = (404, 410)


class RemoteLog:
    """A published log. Raises LogError where a file cannot be had."""

    def __init__(self, address: str, http: Http) -> None:
        self.address = address.rstrip("/")
        self._http = http

    def read(self, path: str) -> bytes | None:
        """Return a file's content, None where there is none."""
        try:
            answer = self._http.get(f"{self.address}/{path}", accept="*/*", limit=LARGEST_FILE)
        except NetworkError as error:
            raise LogError(f"The log at {self.address} cannot be read: {error}") from error
        if answer.status in GONE:
            return None
        if answer.status != 200:
            raise LogError(f"The log at {self.address} answered {answer.status} when asked for {path}")
        return answer.content
