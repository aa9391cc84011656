"""A request to a git host in, an answer that goes wrong out, each as some real host or proxy gives it."""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from io import BufferedIOBase
from pathlib import Path
from typing import cast

from corpus.loopback import Handler, Metered

Fault = Callable[[Handler], bool]
"""Tells whether it answered; where it did not, git does. The request's body has been read."""

RESULT = "application/x-git-upload-pack-result"
REF_LINE = b"003d" + b"1" * 40 + b" refs/tags/v1.0.0"
PACK_LINE = b"8004\x01" + bytes(0x7FFF)  # a packet of a pack's bytes


def moved(old: str, new: str, *, status: int = 301, base: str = "") -> Fault:
    """Send whoever asks for one repository to another, as hosts do after a rename."""

    def answer(request: Handler) -> bool:
        if not request.path.startswith(f"/{old}/"):
            return False
        request.reply(status, Location=base + request.path.replace(old, new, 1))
        return True

    return answer


def private(username: str, password: str) -> Fault:
    """Let nobody in without a name and password."""
    expected = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()

    def answer(request: Handler) -> bool:
        if request.headers.get("Authorization") == expected:
            return False
        request.reply(401, WWW_Authenticate='Basic realm="loopback"')
        return True

    return answer


def failing(status: int, times: int | None = None, **headers: str) -> Fault:
    """Answer with a status, always or a number of times: `failing(429, 2, Retry_After="0")`."""
    count = itertools.count()

    def answer(request: Handler) -> bool:
        if times is not None and next(count) >= times:
            return False
        request.reply(status, b"sorry", **headers)
        return True

    return answer


def web_page(request: Handler) -> bool:
    """Show a page to log in, with status 200, as captive portals do."""
    request.reply(200, b"<!DOCTYPE html><title>Sign in</title>", Content_Type="text/html; charset=utf-8")
    return True


def dumb(root: Path) -> Fault:
    """Serve the files of the repositories as they lie there, as any web server can."""

    def answer(request: Handler) -> bool:
        owner, name, *rest = request.path.partition("?")[0].strip("/").split("/")
        file = root.joinpath(owner, f"{name}.git", *rest)
        if request.command == "GET" and file.is_file():
            request.reply(200, file.read_bytes(), Content_Type="text/plain")
        else:
            request.reply(405 if request.command == "POST" else 404)
        return True

    return answer


def endless(line: bytes) -> Fault:
    """Send the same packet for ever: a REF_LINE, or a PACK_LINE."""

    def answer(request: Handler) -> bool:
        _begin(request, RESULT)
        while True:
            request.wfile.write(_chunk(line))

    return answer


def dripping(request: Handler) -> bool:
    """Send a byte now and then, so that something always comes."""
    _begin(request, RESULT)
    while True:
        request.wfile.write(_chunk(b"0"))
        request.wfile.flush()
        time.sleep(0.02)


def dripping_headers(request: Handler) -> bool:
    """Never come to the end of one header."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nServer: ")
    while True:
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.02)


def silent(request: Handler) -> bool:
    """Take the request and say nothing until the client gives up."""
    request.connection.settimeout(30)
    with suppress(OSError):
        request.connection.recv(1)
    request.close_connection = True
    return True


def recording(replies: list[bytes]) -> Fault:
    """Let git answer, and keep each reply as it crosses the connection."""

    class Recorder(Metered):
        def write(self, data: bytes) -> int:
            replies[-1] += data
            return super().write(data)

    def answer(request: Handler) -> bool:
        replies.append(b"")
        request.wfile = cast(BufferedIOBase, Recorder(request.wfile, lambda _size: None))
        return False

    return answer


def replaying(replies: list[bytes], cut: int) -> Fault:
    """Give recorded replies, one after the other, and no byte more than `cut`; then hang up on everybody."""
    following = iter(replies)
    left = cut

    def answer(request: Handler) -> bool:
        nonlocal left
        sent = next(following, b"")[:left]
        left -= len(sent)
        request.wfile.write(sent)
        request.close_connection = left <= 0
        return True

    return answer


def _begin(request: Handler, content_type: str) -> None:
    request.send_response(200)
    request.send_header("Content-Type", content_type)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)
