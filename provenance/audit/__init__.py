"""Many releases in, one Outcome for each out, as soon as it is there."""

from provenance.audit.concurrent import check_all
from provenance.audit.job import Job, Outcome

__all__ = ["Job", "Outcome", "check_all"]
