"""A stored report in, and what there is to check it with; what holds, what does not and what stays open out."""

from provenance.verification.artifact import Places, check_artifact
from provenance.verification.check import Check, Standing, StoredReport, read_stored
from provenance.verification.logged import check_log
from provenance.verification.signature import check_agreement, check_signature

__all__ = [
    "Check",
    "Places",
    "Standing",
    "StoredReport",
    "check_agreement",
    "check_artifact",
    "check_log",
    "check_signature",
    "read_stored",
]
