"""A ReleaseReport that answers "cannot tell" in; why, in a few words, and what a person can do about it out."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.model import Answer, Evidence, Finding, ReleaseReport, Severity, Verdict
from provenance.report.sentence import unproven


@dataclass(frozen=True)
class Cause:
    """Why releases cannot be told, and what settles it."""

    words: str
    advice: str


NAME_IT = "where you know its repository: check --source URL"
ASK = "ask its maintainers which commit it was made from: check --source URL@COMMIT"
ALARMING = {
    "tag-removed": Cause("its tag was removed from its repository", f"look into it, and {ASK}"),
    "no-longer-tagged": Cause(
        "its repository tags most releases, and not this one", f"look into it, and {ASK}"
    ),
    "attested-repository": Cause("its attestation names another repository", f"look into it; {NAME_IT}"),
}
ANOTHER = Cause("its repository is another project's", f"it moved, was forked, or claims a name: {NAME_IT}")
# a notice's code -> the cause; an alarming one says more than whatever was found before it
WITHOUT_SOURCE = ALARMING | {
    "no-repository": Cause(
        "its metadata names no repository", f"maintainers can add a project URL labelled Source; {NAME_IT}"
    ),
    "repository-not-found": Cause(
        "no public repository is at the address that it names", f"it may have moved: {NAME_IT}"
    ),
    "repository-not-asked": Cause("its repository's host did not answer", "audit --again, later"),
    "no-git-repository": Cause("its repository is not git's, or was closed down with its host", NAME_IT),
    "no-tag": Cause("its repository has no tag for this version", f"{ASK}; --search finds the nearest"),
    "tag-of-no-commit": Cause("its repository's tag names no commit", ASK),
    "tag-of-another-package": Cause("its repository's tag is another package's", ASK),
    "other-project": ANOTHER,
    "wrong-repository": ANOTHER,
}
NO_SOURCE = Cause("it cannot be compared with any source", "provenance check says more")
UNREADABLE = Cause("its archives cannot be read", "provenance check says which, and why")
SUBMODULES = Cause(
    "files of a submodule that could not be fetched", "audit --again when the submodule's host answers"
)
METADATA = Cause(
    "metadata that the commit does not determine", "check --rebuild builds it again, in a sandbox"
)
COMPILED = Cause(
    "compiled files that only the builder's toolchain can prove",
    "where the sdist is the source, install from it: pip install --no-binary NAME",
)
GENERATED = Cause(
    "generated files of a known form, not proven", "check --rebuild makes them again, in a sandbox"
)
OTHERS = Cause("files without proof", "provenance check names them")
LEVELS = {
    Evidence.ADDED: Cause(
        "data files that are not in the source", "ask its maintainers where they come from"
    ),
    Evidence.RELOCATED: Cause(
        "files moved from elsewhere in the source", "provenance check names both places"
    ),
    Evidence.MODIFIED: Cause("changed files that cannot run", "provenance diff shows what was changed"),
}
RULES = {
    "distribution-metadata": METADATA,
    "egg-info": METADATA,
    "pbr-files": METADATA,
    "cargo-vendor": Cause(
        "crates that the sdist carries along", "compare them with their registry, by Cargo.lock"
    ),
    "cargo-lock": Cause(
        "pinned crates that the commit does not name", "ask its maintainers to commit Cargo.lock"
    ),
    "cython-output": Cause("C files that Cython wrote", "check --rebuild makes them again, in a sandbox"),
    "none": SUBMODULES,
    "compiled-files": COMPILED,
    "bytecode": COMPILED,
}
# of several causes, the first of these: what is stranger, and what a person can settle, before what nobody can
ORDER = (
    SUBMODULES,
    *LEVELS.values(),
    *(each for each in RULES.values() if each is not COMPILED),
    GENERATED,
    COMPILED,
)
ADVICE = {
    each.words: each.advice for each in (*WITHOUT_SOURCE.values(), NO_SOURCE, UNREADABLE, *ORDER, OTHERS)
}


def cause(report: ReleaseReport) -> str:
    """Return in a few words why a release cannot be told, "" for one that can; ADVICE has what to do about it."""
    if report.answer is not Answer.CANNOT_TELL:
        return ""
    if report.verdict is Verdict.NO_SOURCE:
        codes = [each.code for each in report.notices if each.code in WITHOUT_SOURCE]
        codes.sort(key=lambda code: code not in ALARMING)
        return WITHOUT_SOURCE[codes[0]].words if codes else NO_SOURCE.words
    if report.source is None:
        return UNREADABLE.words
    files = [
        finding
        for artifact in report.artifacts
        if artifact.verdict is Verdict.UNPROVEN
        for finding in unproven(artifact)
    ]
    weighty = [finding for finding in files if finding.severity.rank <= Severity.MEDIUM.rank] or files
    return min(map(_cause, weighty), key=ORDER.index, default=OTHERS).words


def _cause(finding: Finding) -> Cause:
    """What one open file amounts to; documents beside it decide nothing."""
    return LEVELS.get(finding.evidence) or RULES.get(finding.rule, GENERATED)
