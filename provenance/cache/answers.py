"""An HTTP answer in, the same out when it is asked for again: the shelf that hishel's rules of HTTP caching use."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from hishel import BaseStorage, Entry, Headers, Request, Response

from provenance.cache.files import Cache

FOLDER = "answers"
MOST_BYTES = 64 << 20  # of one answer


class Answers(BaseStorage):
    """Answers in a cache, one for each key, as they came over the wire.

    Requests without a key, and those whose address holds a password, leave nothing. `keeps_expired` gives all out for
    ever, for those who cannot ask again.
    """

    def __init__(self, cache: Cache, *, keeps_expired: bool = False) -> None:
        super().__init__(max_stream_size=MOST_BYTES)
        self._cache = cache
        self._keeps_expired = keeps_expired

    def create_entry(
        self,
        request: Request,
        response: Response,
        key: str,
        *,
        ttl: float | None = None,
        tti: float | None = None,
    ) -> Entry:
        """Return an entry whose stream is kept when it has been read to its end."""
        entry = Entry(_id(key), request, response)
        if not key or "@" in urlsplit(request.url).netloc:
            return entry
        expires, _ = self._limits(ttl, tti, time.time())
        return replace(entry, response=replace(response, stream=self._saving(entry, expires)))

    def get_entries(self, key: str) -> list[Entry]:
        """Return the one entry under a key, if there is one that is whole."""
        content = self._cache.read(FOLDER, _id(key).hex) if key else None
        if content is None:
            return []
        head, _, body = content.partition(b"\n")
        stored = json.loads(head)
        if stored["expires"] is not None and stored["expires"] < time.time() and not self._keeps_expired:
            return []
        request = Request(stored["method"], stored["url"], Headers(stored["request"]))
        return [
            Entry(_id(key), request, Response(stored["status"], Headers(stored["response"]), iter([body])))
        ]

    def update_headers(self, id: UUID, headers: Headers) -> None:
        """Leave the headers as they came: nothing is ever taken to be fresh for what they say."""

    def remove_entry(self, id: UUID) -> None:
        """Forget an answer."""
        self._cache.forget(FOLDER, id.hex)

    def _saving(self, entry: Entry, expires: float | None) -> Iterator[bytes]:
        body = bytearray()
        for chunk in cast(Iterable[bytes], entry.response.stream or ()):
            if len(body) <= MOST_BYTES:
                body += chunk
            yield chunk
        if len(body) <= MOST_BYTES:
            head = {
                "method": entry.request.method,
                "url": entry.request.url,
                "request": _listed(entry.request.headers),
                "status": entry.response.status_code,
                "response": _listed(entry.response.headers),
                "expires": expires,
            }
            self._cache.write(FOLDER, entry.id.hex, content=b"\n".join([json.dumps(head).encode(), body]))


def _id(key: str) -> UUID:
    """An entry's name: hishel's keys are digests."""
    return UUID(hex=key[:32]) if key else UUID(int=0)


def _listed(headers: Headers) -> dict[str, list[str]]:
    return {name: headers.get_list(name) or [] for name in headers}
