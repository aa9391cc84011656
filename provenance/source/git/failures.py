"""What goes wrong on the way to a git host in, the sentence that says so and what to do about it out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

import urllib3.exceptions
from dulwich.errors import GitProtocolError, HangupException
from urllib3.util import Retry

from provenance.errors import GitError, RepositoryNotFoundError

TRANSIENT = frozenset({429, 500, 502, 503, 504})
NO_PASSWORD = "it may be private, deleted or renamed; name the right one with --source"  # noqa: S105
PASSWORD = "see what netrc and git's credential helpers hold for this host"  # noqa: S105
CONNECTION = re.compile(r"^\w+\(host='[^']*', port=\d+\): ")  # urllib3's own name for what failed
CERTIFICATE = (
    "if your network or this host has a certificate authority of its own, name its bundle in SSL_CERT_FILE or in "
    "git's http.sslCAInfo"
)
UNVERIFIED = "; http.sslVerify=false and GIT_SSL_NO_VERIFY are never obeyed"


class RefusalError(GitProtocolError):
    """A git server's own word on why it does not do what was asked."""


def asked_pause(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a host asks to wait, None where it says nothing that can be read."""
    try:
        return Retry().parse_retry_after(headers["Retry-After"])
    except (KeyError, ValueError, OverflowError, urllib3.exceptions.InvalidHeader):
        return None


def is_limited(status: int, headers: Mapping[str, str]) -> bool:
    """Tell whether an answer means "not so often": some hosts say it with 403."""
    exhausted = headers.get("X-RateLimit-Remaining") == "0" or "Retry-After" in headers
    return status == 429 or (status == 403 and exhausted)


def refused(status: int, headers: Mapping[str, str], shown: str, *, has_login: bool) -> GitError:
    """Return the error for an answer with a status other than 200; `shown` is the repository."""
    host = shown.partition("/")[0]
    if is_limited(status, headers):
        seconds = asked_pause(headers)
        when = f"try again after {seconds:,.0f} seconds" if seconds else "try again later"
        return GitError(f"{host} limits how often it may be asked", hint=when)
    match status:
        case 401 if has_login:
            return RepositoryNotFoundError(f"{host} refuses the credentials for {shown}", hint=PASSWORD)
        case 401 | 404 | 410:
            return RepositoryNotFoundError(f"There is no public repository at {shown}", hint=NO_PASSWORD)
        case 403:
            return GitError(f"{host} refuses access to {shown} (403 Forbidden)", hint=PASSWORD)
        case 407:
            return GitError("The proxy asks for a password", hint="put it into the proxy's address")
    if status in TRANSIENT:
        return GitError(f"{host} keeps answering {_named(status)}", hint="try again later")
    return GitError(f"{shown} answered {_named(status)} instead of git's protocol")


def unasked(shown: str) -> GitError:
    """Return the error for what only the host of a repository, `shown`, could say while nobody is asked."""
    message = (
        f"The cache does not hold what is needed of {shown}, and nobody is asked for it because of --offline"
    )
    return GitError(message, hint="check once without --offline; what a check needs is kept for the next one")


def explained(error: Exception, shown: str, *, is_verified: bool) -> GitError:
    """Return the error for what dulwich, urllib3 or a socket raised; `shown` is the repository."""
    host = shown.partition("/")[0]
    if isinstance(error, HangupException):
        return GitError(f"{shown} ended the conversation before it sent what was asked for")
    if isinstance(error, RefusalError):
        return GitError(f"{shown} refuses what was asked for ({_readable(str(error))})")
    if isinstance(error, urllib3.exceptions.MaxRetryError) and error.reason is not None:
        error = error.reason
    said = _readable(CONNECTION.sub("", str(error))) or type(error).__name__
    match error:
        case urllib3.exceptions.SSLError():
            hint = CERTIFICATE if is_verified else CERTIFICATE + UNVERIFIED
            return GitError(f"The certificate of {host} cannot be verified ({said})", hint=hint)
        case urllib3.exceptions.ProxyError():
            return GitError(f"{host} cannot be reached through the proxy ({said})", hint="check its settings")
        case urllib3.exceptions.ResponseError():
            return GitError(f"{shown} redirects too often")
        case urllib3.exceptions.HTTPError() | OSError():
            hint = "check the network and the proxy settings, or try again later"
            return GitError(f"{shown} cannot be reached ({said})", hint=hint)
    return GitError(f"{shown} answered with something that is not git's protocol ({said})")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _readable(text: str) -> str:
    """One line without urllib3's own objects and without control characters, which hosts may send."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    line = re.sub(r"<[^>]*>:? ?|HTTPS?Connection\(.*?\): |HTTPS?ConnectionPool\(.*?\): ", "", line)
    return line.strip()[:300]
