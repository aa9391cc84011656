"""A URL as people write it in, the repository's address out; what is known of each git host, one row each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

GITHUB = "{repository}/blob/{commit}/{path}"
GITLAB = "{repository}/-/blob/{commit}/{path}"
FORGEJO = "{repository}/src/commit/{commit}/{path}"
BITBUCKET = "{repository}/src/{commit}/{path}"
SOURCEHUT = "{repository}/tree/{commit}/item/{path}"
CGIT = "{repository}/tree/{path}?id={commit}"
ISSUES = {GITHUB: "/issues/new", GITLAB: "/-/issues/new", FORGEJO: "/issues/new", BITBUCKET: "/issues/new"}

# path parts after a repository's own, where nothing else tells its end
PAGES = re.compile(
    "-|about|archive|blame|blob|boards|branches|commits?|graphs|issues|log|merge_requests|milestones|pipelines|"
    "plain|raw|refs|releases|src|summary|tags|tree|wikis"
)


@dataclass(frozen=True)
class Host:
    """A git host: names that lead to it, how many path parts name a repository, words that never do, a file's page.

    A repository of a host that `nests` can have more parts, up to a page's word.
    """

    name: str
    aliases: tuple[str, ...] = ()
    depth: int = 2
    nests: bool = False
    reserved: frozenset[str] = frozenset()
    page: str = ""
    lost: str = ""


HOSTS = (
    Host(
        "github.com",
        ("www.github.com", "raw.githubusercontent.com", "codeload.github.com"),
        reserved=frozenset(
            {"sponsors", "orgs", "apps", "marketplace", "about", "features", "topics", "users"}
        ),
        page=GITHUB,
    ),
    Host(
        "gitlab.com",
        ("www.gitlab.com",),
        nests=True,
        reserved=frozenset({"explore", "groups", "users"}),
        page=GITLAB,
    ),
    Host("codeberg.org", reserved=frozenset({"explore", "user"}), page=FORGEJO),
    Host(
        "bitbucket.org",
        ("www.bitbucket.org",),
        reserved=frozenset({"product", "account"}),
        page=BITBUCKET,
        lost="Bitbucket removed all its Mercurial repositories in 2020",
    ),
    Host("git.sr.ht", ("sr.ht",), page=SOURCEHUT),
    Host("git.launchpad.net", depth=1, nests=True, page=CGIT),
    Host("git.code.sf.net", depth=3),
    Host("opendev.org", reserved=frozenset({"explore"}), page=FORGEJO),
    Host("framagit.org", nests=True, reserved=frozenset({"explore", "groups"}), page=GITLAB),
    Host("invent.kde.org", nests=True, reserved=frozenset({"explore", "groups"}), page=GITLAB),
    Host("gitee.com", page=GITHUB),
    Host("notabug.org", reserved=frozenset({"explore"}), page=BITBUCKET),
)

# hosts that projects run themselves, by how their names begin
OWN_HOSTS = (
    Host("gitlab.", nests=True, page=GITLAB),
    Host("forgejo.", page=FORGEJO),
    Host("gitea.", page=FORGEJO),
    Host("codeberg.", page=FORGEJO),
    Host("git.", depth=1, nests=True),
)
GITLAB_LIKE, PLAIN = Host("", nests=True, page=GITLAB), Host("", depth=1, nests=True)

# hosts without git: a name, or how one begins (`hg.`) or ends (`.googlecode.com`)
ELSEWHERE = (
    (("hg.", "foss.heptapod.net"), "that is Mercurial, and only git repositories can be read"),
    (("svn.",), "that is Subversion, and only git repositories can be read"),
    (("cvs.",), "that is CVS, and only git repositories can be read"),
    (
        ("bzr.", "launchpad.net", "code.launchpad.net", "bazaar.launchpad.net"),
        "code there is in Bazaar, and only git repositories can be read; Launchpad's are at git.launchpad.net",
    ),
    (("code.google.com", ".googlecode.com"), "Google Code was shut down in 2016"),
    (("codeplex.com", ".codeplex.com"), "CodePlex was shut down in 2017"),
    (("gitorious.org", ".gitorious.org"), "Gitorious was shut down in 2015"),
    (("fedorahosted.org", ".fedorahosted.org"), "Fedora Hosted was shut down in 2017"),
    (("gna.org", ".gna.org"), "Gna! was shut down in 2017"),
    ((".berlios.de",), "BerliOS was shut down in 2014"),
    (("kenai.com", ".kenai.com"), "Kenai was shut down in 2017"),
    (("tigris.org", ".tigris.org"), "Tigris was shut down in 2020"),
)
SCHEMES = {"hg": "hg.", "svn": "svn.", "bzr": "bzr.", "lp": "bzr.", "cvs": "cvs."}
SHORTENERS = frozenset({"git.io"})
PRIVATE = frozenset(
    {"arpa", "corp", "home", "internal", "intranet", "lan", "local", "localhost"}
)  # top domains


def repository_of(url: str) -> str | None:
    """Return `https://HOST/OWNER/NAME` for a URL that leads into a repository on a public host, else None.

    `.git`, `git+`, `/tree/…`, `www.`, `git@HOST:` and other ways of writing it are folded together.
    """
    parts = _split(url)
    host = parts and _public(parts.hostname or "")
    path = _path(parts, host) if parts and host else None
    return f"https://{host.name}/{path.removesuffix('.git')}" if host and path else None


def own_repository_of(url: str) -> str | None:
    """Return the https address of a repository on a host that its project runs, None where nothing shows git.

    Such hosts are asked only if the URL ends in `.git`, their name begins as in `OWN_HOSTS`, or the path has
    GitLab's `/-/`; never ones without a domain name, which can be in the reader's own network.
    """
    parts = _split(url)
    if parts is None or not is_domain(parts) or parts.hostname in SHORTENERS:
        return None
    host = _own(parts, is_git=re.match(r"\s*(scm:)?(git[+:@]|ssh:)", url) is not None)
    path = _path(parts, host) if host else None
    if host is None or path is None:
        return None
    return f"https://{parts.hostname}/{path.removesuffix('.git') if host.page else path}"


def submodule_address(url: str) -> str | None:
    """Return the address of a repository whose URL is known to be git's, None for one that is not asked."""
    parts = _split(url)
    if (public := repository_of(url)) or parts is None or not is_domain(parts):
        return public
    if " " in parts.path or not parts.path.isprintable():
        return None
    return f"{parts.scheme}://{parts.hostname}{parts.path.rstrip('/')}"


def no_git(url: str) -> str | None:
    """Return why no git repository can be had from a URL that leads to another kind of host, or to a dead one."""
    scheme = re.match(r"(hg|svn|bzr|cvs|lp)(?:\+\w+)?:", url.strip())
    parts = _split(url)
    name = SCHEMES[scheme[1]] if scheme else (parts.hostname or "") if parts else ""
    return next((why for rows, why in ELSEWHERE if any(_is_like(name, row) for row in rows)), None)


def lost_on(repository: str) -> str:
    """Return what may have become of a repository that is not there any more, "" where nothing is known."""
    host = _public(urlsplit(repository).hostname or "")
    return host.lost if host else ""


def permalink(repository: str, commit: str, path: str) -> str | None:
    """Return the address of a file's page at a commit, None where the host's kind is not known."""
    parts = urlsplit(repository)
    host = _public(parts.hostname or "") or _own(parts, is_git=False)
    if host is None or not host.page:
        return None
    plain = repository.removesuffix(".git")
    return host.page.format(repository=plain, commit=commit, path=quote(path, errors="surrogateescape"))


def tracker(repository: str) -> str | None:
    """Return where a repository's issues are opened, None where the host's kind is not known."""
    parts = urlsplit(repository)
    host = _public(parts.hostname or "") or _own(parts, is_git=False)
    way = ISSUES.get(host.page) if host else None
    return f"{repository.removesuffix('.git')}{way}" if way else None


def is_domain(parts: SplitResult) -> bool:
    """Whether an address names a host by a public domain, without a port or an address of a machine."""
    name = parts.hostname or ""
    try:
        is_plain = parts.port is None and re.fullmatch(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]*", name) is not None
    except ValueError:
        return False
    return is_plain and name.rpartition(".")[2] not in PRIVATE


def _split(url: str) -> SplitResult | None:
    """A URL in its parts, SSH and git's own protocol written as https."""
    text = re.sub(r"^(git\+|scm:|git:(?!//))+", "", url.strip().rstrip(">.,)"))
    text = re.sub(r"^ssh://(?:[\w.+-]+@)?([^:/@]+)(?::\d+)?/", r"https://\1/", text)
    text = re.sub(r"^[\w.+-]+@([^:/@]+):/?", r"https://\1/", text)
    text = re.sub(r"^(git|http)://", "https://", text)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return None
    return parts if parts.scheme == "https" and parts.hostname else None


def _path(parts: SplitResult, host: Host) -> str | None:
    """The part of a path that names the repository, None where there is none."""
    names = [part for part in parts.path.split("/") if part]
    end = host.depth
    if host.nests:
        ends = (at + 1 for at, name in enumerate(names) if name.endswith(".git"))
        pages = (at for at, name in enumerate(names) if PAGES.fullmatch(name) and at >= host.depth)
        end = next(ends, None) or next(pages, len(names))
    path = "/".join(names[:end])
    if len(names) < host.depth or names[0].lower() in host.reserved or {".", "..", ".git"} & {*names}:
        return None
    return path if re.fullmatch(r"[\w.~/+-]+", path, re.ASCII) else None


def _public(name: str) -> Host | None:
    return next((host for host in HOSTS if name == host.name or name in host.aliases), None)


def _own(parts: SplitResult, *, is_git: bool) -> Host | None:
    named = next((host for host in OWN_HOSTS if (parts.hostname or "").startswith(host.name)), None)
    if named is not None:
        return named
    if "/-/" in parts.path:
        return GITLAB_LIKE
    return PLAIN if is_git or re.search(r"[^/]\.git(/|$)", parts.path) else None


def _is_like(name: str, row: str) -> bool:
    if row.startswith("."):
        return name.endswith(row)
    return name.startswith(row) if row.endswith(".") else name == row
