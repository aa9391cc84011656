"""A URL as people write it in, the repository's address out; what is known of each git host, one row each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Host:
    """A public git host: names that lead to it, how many path parts name a repository, words that never do."""

    name: str
    aliases: tuple[str, ...] = ()
    depth: int = 2
    reserved: frozenset[str] = frozenset()


HOSTS = (
    Host(
        "github.com",
        ("www.github.com", "raw.githubusercontent.com", "codeload.github.com"),
        reserved=frozenset(
            {"sponsors", "orgs", "apps", "marketplace", "about", "features", "topics", "users"}
        ),
    ),
    Host("gitlab.com", ("www.gitlab.com",), reserved=frozenset({"explore", "groups", "users"})),
    Host("codeberg.org", reserved=frozenset({"explore", "user"})),
    Host("bitbucket.org", ("www.bitbucket.org",), reserved=frozenset({"product", "account"})),
    Host("git.sr.ht"),
)


def repository_of(url: str) -> str | None:
    """Return `https://HOST/OWNER/NAME` for a URL that leads into a repository on a known host, else None.

    `.git`, `git+`, `/tree/…`, `www.`, `git@HOST:` and other ways of writing it are folded together.
    """
    text = re.sub(r"^(git\+|scm:|git:(?=https?:))+", "", url.strip().rstrip(">.,)"))
    text = re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", text)
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = _host(parts.hostname or "")
    except ValueError:
        return None
    names = [part for part in parts.path.split("/") if part]
    if host is None or len(names) < host.depth or names[0].lower() in host.reserved:
        return None
    path = "/".join(names[: host.depth]).removesuffix(".git")
    return f"https://{host.name}/{path}" if re.fullmatch(r"[\w.~/-]+", path, re.ASCII) else None


def _host(name: str) -> Host | None:
    name = name.lower()
    return next((host for host in HOSTS if name == host.name or name in host.aliases), None)
