"""A git host on loopback: in, a folder of bare repositories; out, smart HTTP as the public hosts speak it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import IO

from corpus.git_faults import Fault
from corpus.loopback import Handler, Server


class GitHost(Server):
    """Serves ROOT/OWNER/NAME.git as URL/OWNER/NAME over git's smart HTTP, as the public hosts do.

    `filters=False` refuses partial clones, `any_id=False` objects that no ref names (which protocol version 2
    gives all the same), `version_2=False` speaks protocol version 0 alone. `missing` is the status for a
    repository that is not there: large hosts ask for a password (401) rather than tell (404). `fault` sees every
    request first and may answer it in place of git.
    """

    def __init__(
        self,
        root: Path,
        *,
        filters: bool = True,
        any_id: bool = True,
        version_2: bool = True,
        missing: int = HTTPStatus.UNAUTHORIZED,
        fault: Fault | None = None,
    ) -> None:
        super().__init__()
        self.root = root
        self.missing = missing
        self.fault = fault
        self.version_2 = version_2
        self.config = {
            "uploadpack.allowFilter": str(filters).lower(),
            "uploadpack.allowAnySHA1InWant": str(any_id).lower(),
            "http.receivepack": "false",
        }

    def write_gitconfig(self, path: Path, host: str = "https://github.com/") -> Path:
        """Write a git configuration that sends `host` here; name it in GIT_CONFIG_GLOBAL."""
        path.write_text(f'[url "{self.url}/"]\n\tinsteadOf = {host}\n')
        return path

    def answer(self, request: Handler) -> None:
        path, _, query = request.path.partition("?")
        body = request.body()
        if self.fault is not None and self.fault(request):
            return
        owner, name, *rest = [*path.strip("/").split("/"), "", ""]
        folder = self.root / owner / f"{name.removesuffix('.git')}.git"
        if ".." in path or not (folder / "HEAD").is_file():
            request.reply(self.missing, WWW_Authenticate='Basic realm="loopback"')
            return
        environment = self._environment(request, folder, "/".join(["", *rest]).rstrip("/"), query, len(body))
        with tempfile.TemporaryFile() as stdin:
            stdin.write(body)
            stdin.seek(0)
            command = ["git", "http-backend"]
            with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, env=environment) as backend:
                assert backend.stdout
                self._relay(backend.stdout, request)

    def _environment(
        self, request: Handler, folder: Path, rest: str, query: str, size: int
    ) -> dict[str, str]:
        settings = {"GIT_CONFIG_COUNT": str(len(self.config))}
        for number, (key, value) in enumerate(self.config.items()):
            settings |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return settings | {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROJECT_ROOT": str(folder),
            "GIT_PROTOCOL": (self.version_2 and request.headers.get("Git-Protocol")) or "",
            "PATH_INFO": rest,
            "QUERY_STRING": query,
            "REQUEST_METHOD": request.command,
            "CONTENT_TYPE": request.headers.get("Content-Type") or "",
            "CONTENT_LENGTH": str(size),
            "REMOTE_ADDR": "127.0.0.1",
        }

    @staticmethod
    def _relay(reply: IO[bytes], request: Handler) -> None:
        """Pass a CGI reply on: its headers, then its body in chunks as it comes."""
        headers = dict(iter(lambda: reply.readline().decode().strip().partition(": ")[::2], ("", "")))
        request.send_response(int(headers.pop("Status", "200").split()[0]))
        for key, value in headers.items():
            request.send_header(key, value)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        while chunk := reply.read(1 << 16):
            request.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        request.wfile.write(b"0\r\n\r\n")
