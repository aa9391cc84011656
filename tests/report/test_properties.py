"""What holds for any report: it comes back as it was, and paths of any bytes have one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.stated import REPORT, RULES, SDIST, SOURCE
from provenance.errors import ReportError
from provenance.model import Evidence, Finding, Notice, Severity, Verdict
from provenance.report.difference import differences
from provenance.report.spelling import spell, unspell
from provenance.report.statement import payload_of, read_statement
from provenance.report.stating import restore, state

BYTES = st.one_of(
    st.binary(max_size=30),
    st.text(max_size=12).map(str.encode),
    st.text('"\\01é', max_size=9).map(str.encode),
)
PATHS = BYTES.map(lambda raw: raw.decode(errors="surrogateescape"))
HEX = "0123456789abcdef"
FINDINGS = st.builds(
    Finding,
    path=PATHS,
    evidence=st.sampled_from(Evidence),
    rule=st.text(max_size=5),
    severity=st.sampled_from(Severity),
    source_path=st.none() | PATHS,
    reason=st.text(max_size=20),
    sha256=st.text(HEX, min_size=64, max_size=64),
    blob=st.text(HEX, min_size=40, max_size=40),
    contradicts=st.booleans(),
)
NOTICES = st.builds(
    Notice, code=st.text(max_size=5), severity=st.sampled_from(Severity), message=st.text(max_size=20)
)
ARTIFACTS = st.builds(
    lambda findings, verdict: SDIST.model_copy(
        update={"findings": tuple(sorted(findings, key=lambda each: each.path)), "verdict": verdict}
    ),
    st.lists(FINDINGS, max_size=6, unique_by=lambda finding: finding.path),
    st.sampled_from(Verdict),
)
REPORTS = st.builds(
    lambda artifact, source, notices: REPORT.model_copy(
        update={
            "artifacts": (artifact,),
            "source": source,
            "notices": tuple(sorted(notices, key=lambda notice: (notice.code, notice.message))),
        }
    ),
    ARTIFACTS,
    st.sampled_from([SOURCE, None]),
    st.lists(NOTICES, max_size=3, unique_by=lambda notice: (notice.code, notice.message)),
)


@given(BYTES)
def test_a_path_of_any_bytes_comes_back(raw: bytes) -> None:
    """Also bytes that are no UTF-8, quotation marks and backslashes; the spelling is valid UTF-8."""
    path = raw.decode(errors="surrogateescape")
    assert spell(path).encode() or not raw
    assert unspell(spell(path)) == path


@given(PATHS, PATHS)
def test_two_paths_never_have_one_spelling(first: str, second: str) -> None:
    """A report cannot mean two files by one name."""
    assert (spell(first) == spell(second)) == (first == second)


@pytest.mark.parametrize(
    ("raw", "spelled"),
    [
        (b"caf\xc3\xa9.py", "café.py"),
        (b"caf\xe9.py", '"caf\\351.py"'),
        (b'"a".py', '"\\042a\\042.py"'),
        (b"a\\351.py", "a\\351.py"),
        (b"\xff\\x", '"\\377\\134x"'),
    ],
)
def test_paths_are_spelled_as_specified(raw: bytes, spelled: str) -> None:
    """The examples of docs/predicate/v1.md."""
    assert spell(raw.decode(errors="surrogateescape")) == spelled


@pytest.mark.parametrize("text", ['"', '"a', '"\\9"', '"\\400"', '"é"', '"a"b"'])
def test_other_quoted_spellings_are_refused(text: str) -> None:
    """What `spell` does not write is not read."""
    with pytest.raises(ReportError):
        unspell(text)


@given(REPORTS)
def test_any_report_comes_back(report: object) -> None:
    """But for identical files, which come back as a number."""
    assert isinstance(report, type(REPORT))
    (artifact,) = report.artifacts
    statement = read_statement(payload_of(state(report, artifact, RULES)))
    listed = tuple(each for each in artifact.findings if each.evidence is not Evidence.IDENTICAL)
    unlisted = len(artifact.findings) - len(listed)
    expected = artifact.model_copy(update={"findings": listed, "unlisted": unlisted})
    assert restore([statement]) == report.model_copy(update={"artifacts": (expected,)})


@given(ARTIFACTS, ARTIFACTS)
def test_reports_differ_where_their_bytes_do(first: object, second: object) -> None:
    """`compare` is silent exactly where the statements are the same bytes."""
    assert isinstance(first, type(SDIST))
    assert isinstance(second, type(SDIST))
    statements = [state(REPORT, artifact, RULES) for artifact in (first, second)]
    same = payload_of(statements[0]) == payload_of(statements[1])
    assert (differences(*statements) == []) == same
