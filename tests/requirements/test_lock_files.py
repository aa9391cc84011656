"""Lock files: in, what each tool writes; out, every release with its digests, and what is not from an index."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.example import FLIT, HATCHLING
from corpus.lock_files import ALL_FILES, LOCK_FILES, sha256
from provenance.errors import UsageError
from provenance.requirements import Required, read_requirements
from tests.conftest import MakeRelease

NAMED = {"pylock.toml", "uv.lock", "poetry.lock", "pdm.lock"}  # formats that say which digest is which file's
DIGEST = "a" * 64

PYLOCK = 'lock-version = "1.0"\ncreated-by = "a-tool"\n[[packages]]\nname = "plume"\n'
PIPFILE = '{{"_meta": {{"sources": []}}, "default": {{"plume": {}}}}}'


def read(folder: Path, name: str, text: str) -> list[Required]:
    """Write a file and read it."""
    (folder / name).write_text(text)
    return read_requirements(folder / name)


@pytest.mark.parametrize("name", ALL_FILES)
def test_every_release_is_read_with_its_version(name: str, release: MakeRelease, tmp_path: Path) -> None:
    """In every format, and nothing besides: not the project itself."""
    text = ALL_FILES[name]([release(FLIT), release(HATCHLING)])
    entries = read(tmp_path, name, text)
    assert [(entry.name, entry.version) for entry in entries] == [
        ("plume", "1.0.0"),
        ("plume-hatch", "1.0.0"),
    ]


@pytest.mark.parametrize("name", LOCK_FILES)
def test_every_digest_is_read(name: str, release: MakeRelease, tmp_path: Path) -> None:
    """With the file's name where the format has it."""
    built = release(FLIT)
    (entry,) = read(tmp_path, name, LOCK_FILES[name]([built]))
    found = {(file.filename, file.sha256) for file in entry.files}
    assert found == {(path.name if name in NAMED else None, sha256(path)) for path in built.artifacts}


@pytest.mark.parametrize("name", ALL_FILES)
def test_an_entry_says_where_it_stands(name: str, release: MakeRelease, tmp_path: Path) -> None:
    """The line that `where` names is one of the entry's own."""
    text = ALL_FILES[name]([release(FLIT), release(HATCHLING)])
    for entry in read(tmp_path, name, text):
        line = int(entry.where.rpartition(":")[2])
        assert entry.name in "\n".join(text.splitlines()[line - 1 : line + 1])


@pytest.mark.parametrize("name", ALL_FILES)
def test_the_format_is_known_by_its_content_too(name: str, release: MakeRelease, tmp_path: Path) -> None:
    """Where the file has another name."""
    text = ALL_FILES[name]([release(FLIT)])
    assert [entry.name for entry in read(tmp_path, "what-we-need", text)] == ["plume"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pylock.toml", PYLOCK + 'vcs = { type = "git", url = "https://git.example/o/p", commit-id = "0" }'),
        ("pylock.toml", PYLOCK + 'directory = { path = "../plume" }'),
        ("pylock.toml", f'{PYLOCK}archive = {{ url = "https://f.example/p", hashes = {{ sha256 = "{DIGEST}" }} }}'),
        ("uv.lock", 'version = 1\n[[package]]\nname = "plume"\nsource = { git = "https://git.example/o/p#0" }'),
        ("uv.lock", 'version = 1\n[[package]]\nname = "plume"\nsource = { url = "https://files.example/p.whl" }'),
        ("uv.lock", 'version = 1\n[[package]]\nname = "plume"\nsource = { directory = "../plume" }'),
        ("poetry.lock", '[[package]]\nname = "plume"\nversion = "1.0"\nsource = { type = "git", url = "u" }'),
        ("poetry.lock", '[[package]]\nname = "plume"\nversion = "1.0"\nsource = { type = "file", url = "u" }'),
        ("pdm.lock", '[[package]]\nname = "plume"\nversion = "1.0"\ngit = "https://git.example/o/plume"'),
        ("Pipfile.lock", PIPFILE.format('{"git": "https://git.example/o/plume", "ref": "0"}')),
        ("Pipfile.lock", PIPFILE.format('{"path": ".", "editable": true}')),
        ("pyproject.toml", '[project]\nname = "p"\ndependencies = ["plume @ git+https://git.example/o/p"]'),
    ],
)  # fmt: skip
def test_what_does_not_come_from_the_index_is_named(name: str, text: str, tmp_path: Path) -> None:
    """Never skipped: it is an entry without a version that says why."""
    (entry,) = read(tmp_path, name, text)
    assert (entry.name, entry.version) == ("plume", None)
    assert "not from the index" in entry.obstacle


def test_members_of_uvs_workspace_are_not_what_it_depends_on(tmp_path: Path) -> None:
    """They are the project."""
    text = (
        'version = 1\n[manifest]\nmembers = ["one", "two"]\n[[package]]\nname = "one"\nsource = { editable = "one" }\n'
        '[[package]]\nname = "two"\nsource = { virtual = "two" }\n'
    )
    assert read(tmp_path, "uv.lock", text) == []


def test_old_poetry_locks_keep_digests_apart(tmp_path: Path) -> None:
    """Before version 2 of the format, they stand in the table metadata.files."""
    text = (
        '[[package]]\nname = "plume"\nversion = "1.0"\n[metadata]\nlock-version = "1.1"\ncontent-hash = "0"\n'
        f'[metadata.files]\nplume = [{{file = "plume-1.0.tar.gz", hash = "sha256:{DIGEST}"}}]\n'
    )
    (entry,) = read(tmp_path, "poetry.lock", text)
    assert [(file.filename, file.sha256) for file in entry.files] == [("plume-1.0.tar.gz", DIGEST)]


def test_a_project_depends_on_its_extras_and_groups_too(tmp_path: Path) -> None:
    """Everything that the file asks for, whoever needs it; its own extras are itself."""
    text = """
[project]
name = "the-project"
dependencies = ["plume==1.0"]
optional-dependencies = { fast = ["quill>=2"], all = ["the-project[fast]"] }
[dependency-groups]
test = ["ink==3.0"]
dev = [{ include-group = "test" }, "paper"]
"""
    entries = read(tmp_path, "pyproject.toml", text)
    assert {entry.name: entry.version for entry in entries} == {
        "plume": "1.0", "quill": None, "ink": "3.0", "paper": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("pylock.toml", "a = 1\nb == 2", "line 2"),
        ("pylock.toml", 'lock-version = "1.0"', "created-by"),
        ("uv.lock", "package = 3", "`package` is not a list of tables"),
        ("uv.lock", 'version = 1\n[[package]]\nversion = "1"', "uv.lock:2: a package without a name"),
        ("poetry.lock", "[[package]]\nname = \n", "line 2"),
        ("Pipfile.lock", "{", "line 1"),
        ("Pipfile.lock", "[]", "not a Pipfile.lock"),
        ("pyproject.toml", "[tool.poetry]", "neither [project]"),
        ("pyproject.toml", '[project]\ndynamic = ["dependencies"]', "dynamic"),
        ("pyproject.toml", '[project]\ndependencies = ["fine",\n"not!"]', "pyproject.toml:3"),
        ("pyproject.toml", '[dependency-groups]\na = [{include-group = "a"}]', "[dependency-groups]"),
        ("pyproject.toml", "[project]\ndependencies = 3", "not a list"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(name: str, text: str, said: str, tmp_path: Path) -> None:
    """It names the file, and the place where that can be said."""
    with pytest.raises(UsageError) as caught:
        read(tmp_path, name, text)
    assert name in str(caught.value)
    assert said in str(caught.value)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    """And one that is no text too."""
    (tmp_path / "requirements.txt").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "uv.lock", tmp_path / "requirements.txt"):
        with pytest.raises(UsageError, match=path.name):
            read_requirements(path)
