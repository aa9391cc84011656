"""A repository's address, git's configuration and the environment in; how its host is to be reached out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dulwich.client import _urlmatch_http_sections as http_sections
from dulwich.client import default_user_agent_string
from dulwich.config import Config, apply_instead_of

from provenance.errors import GitError
from provenance.net import shown
from provenance.source.git.credentials import Login
from provenance.source.hosts import repository_of

BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Access:
    """The address to ask, without credentials, and what its host, a proxy and a certificate demand.

    `bundle` names a file or folder of certificate authorities, None the system's own. `is_verified` is False
    where the user told git not to look at certificates; that is not obeyed, only said when one is bad.
    """

    url: str
    proxy: str | None = None
    bundle: str | None = None
    is_verified: bool = True
    login: Login | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def access_to(repository: str, config: Config, environment: Mapping[str, str], contact: str = "") -> Access:
    """Return how to reach a repository; `contact` says who asks.

    Raises GitError where its address is none that is asked over HTTP.
    """
    url = _rewritten(repository, config)
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    login = Login(unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return Access(
        url=address,
        proxy=_proxy(address, _last(config, address, b"proxy"), environment),
        bundle=_bundle(_last(config, address, b"sslCAInfo"), environment),
        is_verified=_is_verified(_last(config, address, b"sslVerify"), environment),
        login=login,
        headers={
            "User-Agent": _last(config, address, b"userAgent") or _agent(contact),
            **_extra_headers(config, address),
        },
    )


def _agent(contact: str) -> str:
    return f"{default_user_agent_string()} ({contact})" if contact else default_user_agent_string()


def public_address(repository: str, asked: str, answered: str) -> str:
    """Return the address of the repository that answered, with the user's own insteadOf taken back."""
    kept = 0
    while kept < min(len(repository), len(asked)) and repository[-1 - kept] == asked[-1 - kept]:
        kept += 1
    public, private = repository[: len(repository) - kept], asked[: len(asked) - kept]
    address = answered.rstrip("/").removesuffix(".git")
    return public + address.removeprefix(private) if address.startswith(private) else address


def _rewritten(repository: str, config: Config) -> str:
    """The address after insteadOf; one that leads to SSH is asked over HTTPS where the host is a public one."""
    url = apply_instead_of(config, repository)
    if urlsplit(url).scheme not in ("https", "http"):
        public = repository_of(url)
        if public is None:
            raise GitError(
                f"{shown(url)} is not an https address of a git repository",
                hint="name the address that its host serves over https with --source",
            )
        url = public
    return url


def _proxy(url: str, configured: str | None, environment: Mapping[str, str]) -> str | None:
    """The proxy for an address as git finds it: its own configuration first, then variables in either case."""
    parts = urlsplit(url)
    if _passes_by(parts.hostname or "", environment.get("no_proxy") or environment.get("NO_PROXY") or ""):
        return None
    found = configured
    if found is None:
        names = (f"{parts.scheme}_proxy", "all_proxy")
        spellings = (spelling for name in names for spelling in (name, name.upper()))
        found = next((environment[name] for name in spellings if environment.get(name)), None)
    return found if not found or "://" in found else f"http://{found}"


def _passes_by(host: str, named: str) -> bool:
    """Whether `no_proxy` names a host or a domain that it is in."""
    domains = [name.strip().lstrip(".").partition(":")[0].lower() for name in named.split(",")]
    return any(name == "*" or f".{host}".endswith(f".{name}") for name in domains if name)


def _bundle(configured: str | None, environment: Mapping[str, str]) -> str | None:
    """The certificate authorities that the user names: for git first, then for everything."""
    named = (environment.get("GIT_SSL_CAINFO"), configured, *(environment.get(name) for name in BUNDLES))
    found = next((path for path in named if path), None)
    return str(Path(found).expanduser()) if found else None


def _is_verified(configured: str | None, environment: Mapping[str, str]) -> bool:
    refused = (configured or "true").lower() in ("false", "no", "off", "0")
    return not refused and not environment.get("GIT_SSL_NO_VERIFY")


def _extra_headers(config: Config, url: str) -> dict[str, str]:
    """What `http.extraHeader` adds; an empty value takes back all before it."""
    headers: dict[str, str] = {}
    for line in _values(config, url, b"extraHeader"):
        name, colon, value = line.partition(":")
        if not line:
            headers.clear()
        elif colon and name.strip():
            headers[name.strip()] = value.strip()
    return headers


def _last(config: Config, url: str, name: bytes) -> str | None:
    return next(reversed([*_values(config, url, name)]), None)


def _values(config: Config, url: str, name: bytes) -> Iterator[str]:
    """All values of an http setting for an address, the most specific last."""
    for section in http_sections(config, url):
        try:
            yield from [value.decode(errors="replace") for value in config.get_multivar(section, name)]
        except KeyError:
            continue
