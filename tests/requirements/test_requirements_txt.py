"""Requirements files: in, what pip would read; out, each entry with its version, its digests and its line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import UsageError
from provenance.requirements import Required, read_requirements
from provenance.requirements.requirements_txt import logical_lines

DIGEST, OTHER = "a" * 64, "b" * 64
Read = Callable[[str], list[Required]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write `requirements.txt` and read it."""

    def read(text: str) -> list[Required]:
        (tmp_path / "requirements.txt").write_text(text)
        return read_requirements(tmp_path / "requirements.txt")

    return read


@pytest.mark.parametrize(
    "line",
    [
        "Plume.Kit==1.2",
        "plume_kit == 1.2",
        "plume-kit[fast]==1.2 # why",
        "plume-kit===1.2",
        "plume.kit (==1.2)",
    ],
)
def test_an_entry_that_names_one_version_is_pinned(line: str, read: Read) -> None:
    """However name and version are spelled."""
    (entry,) = read(line)
    assert (entry.name, entry.version, entry.obstacle) == ("plume-kit", "1.2", "")


@pytest.mark.parametrize(
    ("line", "specifier"),
    [("plume", ""), ("plume>=1,<2", "<2,>=1"), ("plume==1.*", "==1.*"), ("plume!=1", "!=1")],
)
def test_an_entry_that_leaves_a_choice_has_no_version(line: str, specifier: str, read: Read) -> None:
    """What may be chosen is kept, so that the newest version that fits can be found."""
    (entry,) = read(line)
    assert (entry.version, entry.specifier, entry.obstacle) == (None, specifier, "")


@pytest.mark.parametrize(
    ("line", "name", "reason"),
    [
        ("git+https://git.example/o/plume.git@main", "plume", "repository"),
        ("plume @ git+https://git.example/o/plume", "plume", "repository"),
        ("-e git+https://git.example/o/x.git#egg=plume", "plume", "repository"),
        ("https://files.example/plume-1.0-py3-none-any.whl", "plume-1.0-py3-none-any.whl", "address"),
        ("plume @ https://files.example/plume-1.0.tar.gz", "plume", "address"),
        ("./wheels/plume-1.0-py3-none-any.whl", "plume-1.0-py3-none-any.whl", "file of yours"),
        ("plume @ file:///wheels/plume-1.0-py3-none-any.whl", "plume", "file of yours"),
        ("-e .", ".", "folder of yours"),
        ("--editable=../other", "other", "folder of yours"),
        ("../other[fast]", "other[fast]", "folder of yours"),
    ],
)
def test_what_does_not_come_from_the_index_is_named(line: str, name: str, reason: str, read: Read) -> None:
    """It has no version that an index could be asked for, and says why."""
    (entry,) = read(line)
    assert (entry.name, entry.version) == (name, None)
    assert reason in entry.obstacle


def test_an_entry_says_where_it_stands(read: Read) -> None:
    """By the line that it starts on, counting comments, empty lines and continued ones."""
    entries = read("# one\n\nplume==1.0 \\\n    ; python_version > '3'\nother==2.0\n")
    assert [Path(entry.where).name for entry in entries] == ["requirements.txt:3", "requirements.txt:5"]


def test_digests_are_read_over_continued_lines(read: Read) -> None:
    """As pip-compile writes them; digests of other kinds say nothing about an index's sha256."""
    (entry,) = read(
        f"plume==1.0 ; sys_platform == 'win32' \\\n  --hash=sha256:{DIGEST} \\\n"
        f"  --hash=sha256:{OTHER.upper()} --hash=sha512:{DIGEST}{DIGEST}\n  # via the-project\n"
    )
    assert [file.sha256 for file in entry.files] == [DIGEST, OTHER]
    assert entry.version == "1.0"


def test_an_entry_for_another_environment_is_an_entry(read: Read) -> None:
    """The file serves other machines too, so a marker that does not hold here changes nothing."""
    assert [entry.version for entry in read("plume==1.0; python_version < '3'")] == ["1.0"]


def test_files_include_each_other(read: Read, tmp_path: Path) -> None:
    """Relative to the file that names them, each once, cycles or not."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "base.txt").write_text("base==1.0\n-r ../requirements.txt\n-r extra.txt\n")
    (tmp_path / "more" / "extra.txt").write_text("extra==3.0")
    entries = read("-r more/base.txt\nplume==2.0\n--requirement=more/extra.txt\n")
    assert [entry.name for entry in entries] == ["base", "extra", "plume"]


def test_a_constraint_pins_what_is_asked_for_and_asks_for_nothing(read: Read, tmp_path: Path) -> None:
    """As pip has it."""
    (tmp_path / "constraints.txt").write_text("plume==1.5\nunheard-of==9\n")
    (entry,) = read("-c constraints.txt\nplume>=1\n")
    assert (entry.name, entry.version) == ("plume", "1.5")


def test_the_files_index_is_told(read: Read) -> None:
    """For all of its entries, wherever it stands."""
    entries = read("plume==1.0\n-i https://index.example/simple\nother==1.0")
    assert {entry.index for entry in entries} == {"https://index.example/simple"}


@pytest.mark.parametrize("option", ["--extra-index-url", "--find-links", "-f"])
def test_another_place_to_look_is_named(option: str, read: Read) -> None:
    """What pip might install from there is not what is checked."""
    entries = read(f"{option} https://user:secret@other.example/simple\nplume==1.0")
    assert "does not" in entries[0].obstacle
    assert "secret" not in repr(entries[0])


def test_options_that_change_no_answer_are_let_be(read: Read) -> None:
    """They say how to install, not what."""
    text = "--require-hashes\n--pre\n--no-binary :all:\n--trusted-host index.example\nplume==1.0\n"
    assert [entry.name for entry in read(text)] == ["plume"]


@pytest.mark.parametrize(
    "text", ["==1.0", "plume=1.0", "plume==", "--no-such-option", "-r", "plume; what = 1"]
)
def test_what_is_no_requirement_is_a_sentence(text: str, read: Read) -> None:
    """It names the file and the line."""
    with pytest.raises(UsageError, match=r"requirements\.txt:2: "):
        read(f"fine==1.0\n{text}\n")


def test_a_missing_include_is_a_sentence(read: Read) -> None:
    """It names the file that is missing and the line that asks for it."""
    with pytest.raises(UsageError, match=r"missing\.txt, which .*requirements\.txt:1 names, cannot be read"):
        read("-r missing.txt")


@given(text=st.text(alphabet="ab=1. \\#\n-'\";[]@/:\t\r\x0b\u2028", max_size=60))
def test_every_text_is_read_or_refused(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No text leads to anything but entries or a UsageError."""
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(text.encode())
    with contextlib.suppress(UsageError):
        assert all(entry.name for entry in read_requirements(path))


@given(st.lists(st.text(alphabet="ab\\# ", max_size=8), max_size=6))
def test_no_line_is_lost(lines: list[str]) -> None:
    """Every letter outside of comments is in some logical line."""
    text = "\n".join(line.partition("#")[0] for line in lines)
    said = "".join(line for _, line in logical_lines(text))
    assert sorted(said.replace("\\", "").replace(" ", "")) == sorted(c for c in text if c in "ab")
