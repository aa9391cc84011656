"""An address in, what to call it and whether a redirect to it is followed out."""

from __future__ import annotations

import functools
import ipaddress
import socket
from urllib.parse import urlsplit, urlunsplit


def refused_redirect(url: str, target: str) -> str:
    """Return where a redirect leads that is not followed, "" for one that is.

    A host out in the world has no business to send anybody to an address inside the reader's own network, nor to one
    without encryption.
    """
    old, new = urlsplit(url), urlsplit(target)
    if old.scheme == "https" and new.scheme != "https":
        return "to an address without encryption"
    return "to an address inside your own network" if leads_inside(url, target) else ""


def leads_inside(url: str, target: str) -> bool:
    """Whether an address out in the world names one inside the reader's own network."""
    old, new = urlsplit(url).hostname or "", urlsplit(target).hostname or ""
    return old != new and is_inside(new) and not is_inside(old)


@functools.lru_cache(maxsize=1024)
def is_inside(host: str) -> bool:
    """Whether a host's name or address leads to this machine, its neighbours, or a private network."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return False
    return any(is_inside_address(address) for address in found)


def is_inside_address(address: str) -> bool:
    """Whether a numeric address is one of this machine, its neighbours, or a private network."""
    return not ipaddress.ip_address(address.partition("%")[0]).is_global


def host_of(url: str) -> str:
    """Return the name of the host, for people to read."""
    return urlsplit(url).hostname or url


def shown(url: str) -> str:
    """Return the URL without credentials, query and fragment, for people to read."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
