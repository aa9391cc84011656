"""A repository's address in, its refs and the wanted objects out, over as few requests as git's protocol allows."""

from provenance.source.git.git_hosts import GitHosts
from provenance.source.git.remote import Remote
from provenance.source.git.transport import NO_REF

__all__ = ["NO_REF", "GitHosts", "Remote"]
