"""Audited releases in, one self-contained HTML page with its figures out: no script, no request."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from provenance.model import Answer
from provenance.report.audit_figures import figures
from provenance.report.audit_text import changed, checked, mismatches, named, summary
from provenance.report.audited import Audited
from provenance.report.html_format import template_environment


def render_audit_html(releases: Sequence[Audited], columns: int = 0) -> str:
    """Return the page; every text in it is escaped, its figures are SVG, and it holds no script."""
    from markupsafe import Markup

    environment = template_environment()
    sources = [environment.loader.get_source(environment, name)[0] for name in ("report.css", "audit.css")]  # type: ignore[union-attr]
    style = "".join(sources)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    answered = [each for each in releases if each.answer]
    yes = sum(each.answer is Answer.YES for each in answered)
    return environment.get_template("audit.html").render(
        releases=releases,
        share=f"{100 * yes / len(answered):.0f} %" if answered else "",
        counts=[(answer.value, sum(each.answer is answer for each in answered)) for answer in Answer],
        summary=summary(releases),
        checked=checked(releases),
        changed=changed(releases),
        mismatches=mismatches(releases),
        failed=[each for each in releases if each.state == "failed"],
        figures=figures(releases),
        named=named,
        style=Markup(style),  # noqa: S704 # our own files
        style_digest=digest,
    )
