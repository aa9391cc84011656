"""A repository's address in, its refs and the wanted objects out, over as few requests as git's protocol allows."""

from provenance.source.git.remote import NO_REF, GitHosts, Remote

__all__ = ["NO_REF", "GitHosts", "Remote"]
