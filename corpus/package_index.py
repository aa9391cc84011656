"""A package index on loopback: in, built artifacts; out, the Simple API in JSON and HTML."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from corpus.loopback import Handler, Server

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
PROVENANCE_TYPE = "application/vnd.pypi.integrity.v1+json"
UPLOADED = "2025-03-02T12:00:00Z"
ARTIFACT = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)(-.+\.whl|\.tar\.gz|\.zip)")


class PackageIndex(Server):
    """Serves artifacts through the Simple API at `simple`: JSON (PEP 691, 700) or HTML (PEP 503).

    `html_only=True` is an index that knows no JSON; `hashes=False` one that names no digests;
    `wrong_hash` names files that are announced with another file's digest; `yanked` gives reasons by file
    name; `uploaded` gives moments of upload by file name, where they are not all one; `provenance` gives
    attestations by file name (PEP 740); `statuses` are the answers that certain paths get instead of their content.
    `status` is the project's status and its reason (PEP 792); `details` are pages of the JSON API by `name/version`.
    """

    def __init__(
        self,
        artifacts: Iterable[Path],
        *,
        html_only: bool = False,
        hashes: bool = True,
        wrong_hash: Iterable[str] = (),
        yanked: Mapping[str, str] | None = None,
        uploaded: Mapping[str, str] | None = None,
        provenance: Mapping[str, bytes] | None = None,
        statuses: Mapping[str, int] | None = None,
        status: tuple[str, str] | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__()
        self.artifacts = {path.name: path for path in artifacts}
        self.html_only = html_only
        self.hashes = hashes
        self.wrong_hash = frozenset(wrong_hash)
        self.yanked = yanked or {}
        self.uploaded = uploaded or {}
        self.provenance = provenance or {}
        self.statuses = statuses or {}
        self.status = status
        self.details = details or {}

    @property
    def simple(self) -> str:
        """The address to give to `--index`."""
        return f"{self.url}/simple/"

    def answer(self, request: Handler) -> None:
        path = request.path.partition("?")[0]
        match path.strip("/").split("/"):
            case _ if path in self.statuses:
                request.reply(self.statuses[path])
            case ["files", filename] if filename in self.artifacts:
                content = self.artifacts[filename].read_bytes()
                request.reply(HTTPStatus.OK, content, Content_Type="application/octet-stream")
            case ["integrity", filename] if filename in self.provenance:
                request.reply(HTTPStatus.OK, self.provenance[filename], Content_Type=PROVENANCE_TYPE)
            case ["pypi", name, version, "json"] if f"{name}/{version}" in self.details:
                page = json.dumps(self.details[f"{name}/{version}"]).encode()
                request.reply(HTTPStatus.OK, page, Content_Type="application/json")
            case ["simple", name] if path != f"/simple/{normalized(name)}/":
                request.reply(HTTPStatus.MOVED_PERMANENTLY, Location=f"/simple/{normalized(name)}/")
            case ["simple", name] if files := self._files(name):
                self._project_page(request, name, files)
            case _:
                request.reply(HTTPStatus.NOT_FOUND)

    def _project_page(self, request: Handler, name: str, files: list[dict[str, Any]]) -> None:
        if not self.html_only and JSON_TYPE in (request.headers.get("Accept") or ""):
            versions = sorted({identity(file["filename"])[1] for file in files})
            document = {"meta": {"api-version": "1.3"}, "name": name, "versions": versions, "files": files}
            if self.status is not None:
                document["meta"] = {"api-version": "1.4"}
                document["project-status"] = dict(zip(("status", "reason"), self.status, strict=True))
            _revalidated(request, json.dumps(document).encode(), JSON_TYPE)
        else:
            page = "<!DOCTYPE html>\n" + "".join(anchor(file) for file in files)
            _revalidated(request, page.encode(), "text/html; charset=utf-8")

    def _files(self, project: str) -> list[dict[str, Any]]:
        return [
            {
                "filename": filename,
                "url": f"../../files/{filename}",
                "hashes": {"sha256": self._digest(filename)} if self.hashes else {},
                "size": path.stat().st_size,
                "upload-time": self.uploaded.get(filename, UPLOADED),
                "yanked": self.yanked.get(filename, False),
                "provenance": f"{self.url}/integrity/{filename}" if filename in self.provenance else None,
            }
            for filename, path in sorted(self.artifacts.items())
            if identity(filename)[0] == project
        ]

    def _digest(self, filename: str) -> str:
        content = b"" if filename in self.wrong_hash else self.artifacts[filename].read_bytes()
        return hashlib.sha256(content).hexdigest()


def _revalidated(request: Handler, page: bytes, content_type: str) -> None:
    """Send a page, or say that it is as it was when the client last had it."""
    tag = f'"{hashlib.sha256(page).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        request.reply(HTTPStatus.NOT_MODIFIED, ETag=tag)
    else:
        request.reply(HTTPStatus.OK, page, Content_Type=content_type, ETag=tag, Vary="Accept")


def anchor(file: Mapping[str, Any]) -> str:
    """One file of a PEP 503 page."""
    fragment = "".join(f"#{name}={value}" for name, value in file["hashes"].items())
    yanked = "" if file["yanked"] is False else f' data-yanked="{html.escape(file["yanked"])}"'
    provenance = f' data-provenance="{file["provenance"]}"' if file["provenance"] else ""
    return f'<a href="{file["url"]}{fragment}"{yanked}{provenance}>{file["filename"]}</a><br>\n'


def identity(filename: str) -> tuple[str, str]:
    """The normalised project name and the version that an artifact's file name carries."""
    match = ARTIFACT.fullmatch(filename)
    if not match:
        raise ValueError(f"{filename} is not the name of an artifact")
    return normalized(match["name"]), match["version"]


def normalized(name: str) -> str:
    """A project name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()
