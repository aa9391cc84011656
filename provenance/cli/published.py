"""`provenance check --trust URL`: a site of published reports in, its answer about a release out, and whose it is."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from provenance.cli.deciding import Answering, decided, decision_lines, exit_code
from provenance.cli.options import chosen_limits, default_index
from provenance.cli.trusting import trusted
from provenance.errors import NetworkError, ReportError, UsageError
from provenance.model import Answer
from provenance.report import FORMATS
from provenance.report.overview import EXPLAINED, Overview


def answer_from(site: str, reference: str, answering: Answering, shared: dict[str, object]) -> int | None:
    """Show the report that the site publishes about a release, and return the exit code.

    None, and the reason on stderr, where there is none that a trusted key signed about the very files on the index.
    """
    from provenance.cache.answers import Answers
    from provenance.cli.cache import open_cache
    from provenance.index import find_release, parse_reference
    from provenance.net import Http, freely
    from provenance.report.text_format import shown_text
    from provenance.verification.published import published_report

    wanted = parse_reference(reference)
    if wanted.path is not None or not site.startswith(("https://", "http://")):
        raise UsageError("--trust takes the address of a site, and asks it about a release on the index")
    required = answering.policy.required_signers
    keys = [key for key in trusted((), ()).keys if not required or key.public.keyid in required]
    limits, index, offline = chosen_limits(), shared["index"], bool(shared["offline"])
    cache = shared["cache"]
    answers = Answers(open_cache(cache if isinstance(cache, Path) else None), keeps_expired=offline)
    agent = f"pypi-provenance/{version('pypi-provenance')}"
    with Http(agent, freely, limits.index_seconds, answers, is_offline=offline) as http:
        release = find_release(wanted, str(index) if index else default_index(), http, limits)
        today = datetime.now(UTC).date()
        try:
            taken = published_report(release, site, keys, http, today, all_wheels=bool(shared["all_wheels"]))
        except (ReportError, NetworkError) as error:
            click.echo(f"No report of {shown_text(site)} is used: {shown_text(str(error))}", err=True)
            return None
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    click.echo(FORMATS[answering.format_name]([taken.report], answering.all_files, columns), nl=False)
    decision = decided(answering.policy, [taken.report])
    if answering.format_name == "text":
        if taken.report.answer is not Answer.YES:
            click.echo(f"  {EXPLAINED}")
        for line in decision_lines(decision):
            click.echo(shown_text(line))
    signers = " and ".join(taken.signers)
    click.echo(
        f"  This is the report that {shown_text(signers)} signed, from {shown_text(site)}: nothing was compared here.",
        err=answering.format_name != "text",
    )
    return exit_code(answering.policy, decision, Overview(reports=(taken.report,)))
