"""`provenance flag`: a reference in, a folder with texts for those who can act on it out; nothing is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from provenance.cli.exits import ANSWERS
from provenance.cli.options import opened, shared_options
from provenance.cli.storing import STORING, Storing, store_reports
from provenance.model import Answer

if TYPE_CHECKING:
    from provenance.model import ReleaseReport

MOST_DIFFERENCES = 5
FOR_INDEX, FOR_MAINTAINERS = "for-the-index.md", "for-the-maintainers.md"
_, key_option, no_sign_option = STORING


@click.command("flag")
@click.argument("reference")
@shared_options
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write into this folder, not one named after the release.",
)
@click.option("--open", "opens", is_flag=True, help="Open the address that the text is for in the browser.")
@key_option
@no_sign_option
def command(
    reference: str, output: Path | None, opens: bool, key: str | None, no_sign: bool, **shared: object
) -> int:
    """Write down what is wrong with a release, for those who can do something about it. Nothing is sent.

    The folder gets a text for the index's security team, where the answer is no, one for the maintainers' issue
    tracker, and the reports. Read both before you send them. Exits as `check` does.
    """
    from provenance.index import parse_reference
    from provenance.pipeline import check, with_differences
    from provenance.report.sentence import sentence
    from provenance.report.text_format import shown_text

    with opened(**shared) as options:  # type: ignore[arg-type] # click passes them by name
        checked = check(parse_reference(reference), options)
        report = with_differences(checked, MOST_DIFFERENCES)
        index = options.index
    click.echo(shown_text(sentence(report)))
    if report.answer is Answer.YES:
        click.echo("There is nothing to report.")
        return ANSWERS[report.answer.value]
    folder = output or Path(f"{report.name}-{report.version}-flagged")
    written = _write(report, folder, urlsplit(index).hostname or index)
    store_reports(report, Storing(folder / "reports", key, no_sign))
    addresses = _addresses(report, index)
    for file in written:
        click.echo(f"  {shown_text(str(folder / file))}: for {addresses[file][0]}")
    click.echo(f"  {shown_text(str(folder / 'reports'))}: the evidence, for both")
    click.echo(
        "Nothing was sent. Read the texts, and where it may be an attack, tell the index before the public."
    )
    if opens and (address := addresses[written[0]][1]):
        click.launch(address)
    return ANSWERS[report.answer.value]


def _write(report: ReleaseReport, folder: Path, host: str) -> list[str]:
    """Write the texts and return their names, the most urgent first."""
    from provenance.report.flag_format import maintainers_text, security_text
    from provenance.store import put

    texts = {FOR_MAINTAINERS: maintainers_text(report)}
    if report.answer is Answer.NO:
        texts = {FOR_INDEX: security_text(report, host), **texts}
    for name, text in texts.items():
        put(folder / name, text.encode())
    return list(texts)


def _addresses(report: ReleaseReport, index: str) -> dict[str, tuple[str, str | None]]:
    """Who each text is for, in words, and the address where it is known."""
    from provenance.cli.pip_configuration import public_index
    from provenance.source import tracker

    host = urlsplit(index).hostname
    security = f"https://{host}/security/" if host == urlsplit(public_index()).hostname else None
    issues = tracker(report.source.repository) if report.source else None
    return {
        FOR_INDEX: (security or f"those who run the index at {host}", security),
        FOR_MAINTAINERS: (
            issues or "the project's issue tracker, which its page on the index may name",
            issues,
        ),
    }
