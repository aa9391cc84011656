"""A URL in, bytes out: within limits, over few connections, with retries on transient failures."""

from provenance.net.addresses import is_inside, is_inside_address, leads_inside, refused_redirect, shown
from provenance.net.http import Http, Response, Visiting, freely
from provenance.net.patience import ATTEMPTS, LONGEST_WAIT

__all__ = [
    "ATTEMPTS",
    "LONGEST_WAIT",
    "Http",
    "Response",
    "Visiting",
    "freely",
    "is_inside",
    "is_inside_address",
    "leads_inside",
    "refused_redirect",
    "shown",
]
