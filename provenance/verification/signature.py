"""A stored report and the keys that a user trusts in, whether one of them signed it out, and whether enough agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from provenance.errors import ReportError
from provenance.signing import TrustedKey, open_envelope
from provenance.verification.check import Check, Standing, StoredReport


def check_signature(
    report: StoredReport, trusted: Sequence[TrustedKey], today: date, *, is_named: bool
) -> tuple[Check, tuple[TrustedKey, ...]]:
    """Return whether a trusted key signed the report, and which of them did.

    `is_named` says that the user named the keys for this, so that a signature by another one does not do.
    """
    by_id = {key.public.keyid: key for key in trusted}
    try:
        opened = open_envelope(report.envelope, [key.public for key in trusted])
    except ReportError as error:
        return Check("signature", Standing.FAILS, str(error)), ()
    signers = [by_id[keyid] for keyid in opened.verified]
    good = tuple(key for key in signers if not key.objection(today))
    if good:
        return Check("signature", Standing.HOLDS, f"good, by {_listed(good)}"), good
    if signers:
        sentence = f"by {signers[0]}, {signers[0].objection(today)}, so it no longer counts"
        return Check("signature", Standing.FAILS, sentence), ()
    if not opened.claimed:
        return Check("signature", Standing.FAILS, "the report is not signed"), ()
    sentence = (
        f"in the name of key {', '.join(keyid[:12] for keyid in opened.claimed)}, which is not trusted here"
    )
    return Check("signature", Standing.FAILS if is_named else Standing.OPEN, sentence), ()


def check_agreement(votes: Mapping[str, Sequence[TrustedKey]], threshold: int) -> Check:
    """Return whether enough keys signed one answer; `votes` are signers by the predicate digest that they signed."""
    counted = {digest: {key.public.keyid: key for key in keys} for digest, keys in votes.items() if keys}
    best = max(counted, key=lambda digest: (len(counted[digest]), digest), default=None)
    agreeing = tuple(counted[best].values()) if best else ()
    sentence = f"{len(agreeing)} of the {threshold} keys that must agree do"
    if agreeing:
        sentence += f": {_listed(agreeing)}, predicate digest {str(best)[:12]}"
    for digest, keys in counted.items():
        if digest != best:
            sentence += f"; {_listed(tuple(keys.values()))} signed another one, {digest[:12]}"
    holds = len(agreeing) >= threshold
    return Check("agreement", Standing.HOLDS if holds else Standing.FAILS, sentence)


def _listed(keys: Sequence[TrustedKey]) -> str:
    return ", ".join(str(key) for key in keys)
