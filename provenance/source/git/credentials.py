"""A host that asks who is there in, the name and password that the user keeps for it out; nobody is ever asked."""

from __future__ import annotations

import logging
import netrc
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

HELPER_SECONDS = 30.0
SILENT = {
    "GIT_TERMINAL_PROMPT": "0",  # git's own question
    "GIT_ASKPASS": "",  # any program that asks in its place, SSH_ASKPASS included
    "GCM_INTERACTIVE": "0",  # the credential manager's window
}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Login:
    """A name and a password or token."""

    username: str
    password: str = field(repr=False)


def logins(url: str, environment: Mapping[str, str]) -> Iterator[Login]:
    """Yield what netrc and then git's credential helpers hold for the host of an address, each as it is needed."""
    for source in (_from_netrc, _from_helpers):
        found = source(url, environment)
        if found is not None:
            log.debug("%s gave credentials for %s", source.__name__, urlsplit(url).hostname)
            yield found


def _from_netrc(url: str, environment: Mapping[str, str]) -> Login | None:
    named = environment.get("NETRC")
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or os.devnull)
    paths = [Path(named)] if named else [home / ".netrc", home / "_netrc"]
    for path in paths:
        try:
            found = netrc.netrc(path).authenticators(urlsplit(url).hostname or "")
        except (OSError, netrc.NetrcParseError, UnicodeDecodeError) as error:
            log.debug("%s is not read: %s", path, error)
            continue
        if found is not None:
            return Login(found[0] or found[1] or "", found[2] or "")
    return None


def _from_helpers(url: str, environment: Mapping[str, str]) -> Login | None:
    """Ask `git credential fill`, which asks the user's helpers; it has no terminal and no window to ask in."""
    git = shutil.which("git", path=environment.get("PATH"))
    parts = urlsplit(url)
    if git is None or not url.isprintable():
        return None
    question = f"protocol={parts.scheme}\nhost={parts.netloc}\npath={_repository(parts.path)}\n\n"
    try:
        answer = subprocess.run(  # noqa: S603 - git itself, with fixed arguments
            [git, "-c", "credential.interactive=false", "credential", "fill"],
            input=question,
            capture_output=True,
            text=True,
            env={**environment, **SILENT},
            timeout=HELPER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        log.debug("git gave no credentials: %s", error)
        return None
    told = dict(line.partition("=")[::2] for line in answer.stdout.splitlines())
    return Login(told["username"], told["password"]) if {"username", "password"} <= told.keys() else None


def _repository(path: str) -> str:
    """The repository's part of the path of one of its services."""
    for service in ("/info/refs", "/git-upload-pack"):
        path = path.removesuffix(service)
    return path.strip("/")
