"""Which repository and which commit: in, tags, links and folders as projects and thieves have them; out, the answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from corpus.command import Outcome
from corpus.example import FLIT, MONOREPO, OWNER, UNTAGGED, Project, flit, git
from corpus.git_faults import moved
from corpus.git_host import GitHost
from corpus.git_objects import put_ref, remove_ref
from tests.conftest import MakeRelease, Run, Serve

CANNOT_TELL = 3
HOST = "https://github.com"
TAG = "refs/tags/v1.0.0"
Ask = Callable[..., Outcome]
Rework = Callable[..., str]
Publish = Callable[[Project], Path]
JSON = ("--format", "json")


def linked_to(first: str) -> Callable[[Project], dict[str, str]]:
    """Flit, the source label leading to another repository and the home page to the project's own."""
    address = first if "://" in first else f"{HOST}/{OWNER}/{first}"

    def configuration(project: Project) -> dict[str, str]:
        files = flit(project)
        both = files["pyproject.toml"].replace("\nSource = ", f'\nSource = "{address}"\nHomepage = ')
        return files | {"pyproject.toml": both}

    return configuration


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of the test's own git host."""
    return tmp_path / "git"


@pytest.fixture
def publish(root: Path, workshop: Path, release: MakeRelease) -> Publish:
    """Copy a release's repository to the test's own host, where the test may change it."""

    def publish(project: Project) -> Path:
        release(project)
        name = f"{OWNER}/{project.name}.git"
        return Path(shutil.copytree(workshop / "git" / name, root / name))

    return publish


@pytest.fixture(autouse=True)
def repository(publish: Publish) -> Path:
    return publish(FLIT)


@pytest.fixture
def host(root: Path) -> Iterator[GitHost]:
    with GitHost(root) as host:
        yield host


@pytest.fixture
def ask(release: MakeRelease, host: GitHost, serve: Serve, run: Run) -> Ask:
    """Check a release against the test's own git host."""

    def ask(*options: str, project: Project = FLIT, host: GitHost = host) -> Outcome:
        index = serve(release(project).artifacts).simple
        return run("check", project.reference, "--index", index, "--no-sign", *options, host=host)

    return ask


@pytest.fixture
def rework(release: MakeRelease, tmp_path: Path) -> Rework:
    """Commit other files on top of the release's commit and move a tag there."""

    def rework(
        repository: Path,
        files: Mapping[str, str],
        *,
        tag: str = "v1.0.0",
        remove: str = "",
        project: Project = FLIT,
    ) -> str:
        work = tmp_path / "work"
        shutil.rmtree(work, ignore_errors=True)
        git(tmp_path, "clone", "--quiet", "--no-checkout", str(repository), str(work))
        git(work, "checkout", "--quiet", release(project).commit)
        if remove:
            git(work, "rm", "-r", "--quiet", remove)
        for path, content in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(content)
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "--message", "Rework")
        git(work, "push", "--quiet", "--force", "origin", f"HEAD:refs/tags/{tag}")
        return git(work, "rev-parse", "HEAD")

    return rework


def found(outcome: Outcome) -> dict[str, Any]:
    (report,) = outcome.document["releases"]
    assert isinstance(report, dict)
    return report


def notices(outcome: Outcome) -> dict[str, str]:
    """Severities by code."""
    return {notice["code"]: notice["severity"] for notice in found(outcome)["notices"]}


class TestTags:
    def test_other_packages_tags_are_not_this_ones(self, ask: Ask, repository: Path, rework: Rework) -> None:
        """Even where nothing else is there."""
        for tag in ("docs-1.0.0", "plume-extra-1.0.0", "v1.0.0rc1", "v1.0.0-2", "extra/v1.0.0", "v1.0.0.1"):
            rework(repository, {f"{tag}.txt": tag}, tag=tag)
        assert found(ask(*JSON))["source"]["ref"] == "v1.0.0"
        remove_ref(repository, TAG)
        outcome = ask(*JSON, "--refresh")
        assert outcome.code == CANNOT_TELL
        assert notices(outcome)["no-tag"] == "high"

    def test_the_tag_that_holds_most_files_is_taken_and_the_others_named(
        self, ask: Ask, repository: Path, rework: Rework
    ) -> None:
        """Two tags fit, on different commits."""
        rework(repository, {"plume/greeting.py": "def greet(): ...\n"}, tag="plume-1.0.0")
        report = found(outcome := ask(*JSON))
        assert report["source"]["ref"] == "v1.0.0"
        assert notices(outcome)["several-tags"] == "low"

    def test_a_tag_of_a_tag_is_followed(self, ask: Ask, repository: Path, release: MakeRelease) -> None:
        git(repository, "tag", "--annotate", "--force", "--message", "Again", "v1.0.0", "v1.0.0")
        assert git(repository, "cat-file", "-p", "v1.0.0").splitlines()[1] == "type tag"
        assert found(ask(*JSON))["source"]["commit"] == release(FLIT).commit

    @pytest.mark.parametrize(
        ("target", "kind"), [("{commit}^{{tree}}", "tree"), ("{commit}:README.md", "blob")]
    )
    @pytest.mark.parametrize(
        "options", [(), ("--annotate", "--message", "Release")], ids=["plain", "annotated"]
    )
    def test_a_tag_of_something_else_is_no_commit(
        self,
        target: str,
        kind: str,
        options: tuple[str, ...],
        ask: Ask,
        repository: Path,
        release: MakeRelease,
    ) -> None:
        git(repository, "tag", "--force", *options, "v1.0.0", target.format(commit=release(FLIT).commit))
        outcome = ask()
        assert outcome.code == CANNOT_TELL
        assert f"the tag v1.0.0 points to a {kind} and not to a commit" in outcome.stdout

    def test_a_branch_with_the_tags_name_is_not_the_tag(
        self, ask: Ask, repository: Path, rework: Rework, release: MakeRelease
    ) -> None:
        """Branches move; only a tag counts, unless a person names the branch."""
        other = rework(repository, {"plume/greeting.py": "def greet(): ...\n"}, tag="other")
        put_ref(repository, "refs/heads/v1.0.0", other)
        assert found(ask(*JSON))["source"]["commit"] == release(FLIT).commit
        assert found(ask(*JSON, "--source", f"{HOST}/{OWNER}/plume@v1.0.0"))["source"]["commit"] != other
        remove_ref(repository, TAG)
        assert "no-tag" in notices(ask(*JSON, "--refresh"))

    def test_a_branch_is_called_one(self, ask: Ask) -> None:
        """A branch moves, so the answer is about its commit of today."""
        outcome = ask("--source", f"{HOST}/{OWNER}/plume@main")
        assert "branch main (commit " in outcome.stdout

    def test_a_commit_can_be_named_by_its_start_where_a_ref_is_at_it(
        self, ask: Ask, repository: Path, release: MakeRelease
    ) -> None:
        put_ref(repository, TAG, release(FLIT).commit)
        source = f"{HOST}/{OWNER}/plume@{release(FLIT).commit[:10]}"
        assert found(ask(*JSON, "--source", source))["source"]["ref"] == release(FLIT).commit

    def test_a_start_that_nothing_resolves_gets_a_hint(self, ask: Ask, release: MakeRelease) -> None:
        """A host looks up whole ids alone."""
        outcome = ask("--source", f"{HOST}/{OWNER}/plume@{release(FLIT).commit[:10]}")
        assert outcome.code == CANNOT_TELL
        assert "name all 40 digits" in outcome.stdout


class TestLinks:
    def test_a_popular_repository_that_does_not_name_the_package_proves_nothing(self, ask: Ask) -> None:
        """Star-jacking: anyone can link to anything."""
        jacking = Project("plume-free-money", flit, link=f"{HOST}/{OWNER}/plume")
        outcome = ask(*JSON, project=jacking)
        assert outcome.code == CANNOT_TELL
        assert found(outcome)["source"] is None
        assert notices(outcome) == {"other-project": "high"}

    def test_a_repository_that_computes_its_name_is_told_by_its_files(
        self, ask: Ask, repository: Path, rework: Rework
    ) -> None:
        """The name cannot be read without running code, but the files can be compared."""
        computed = (
            "import os\nfrom setuptools import setup\n\nsetup(name=os.environ['NAME'], version='1.0.0')\n"
        )
        rework(repository, {"setup.py": computed, "popular/core.py": "STARS = 60_000\n"}, remove=".")
        outcome = ask(*JSON)
        assert outcome.code == CANNOT_TELL
        assert notices(outcome) == {"wrong-repository": "high"}

    @pytest.mark.parametrize(
        ("first", "code"),
        [("plume", "other-project"), ("plume-untagged", "no-tag"), ("none", "repository-not-found")],
    )
    def test_the_next_repository_is_tried_after_one_that_is_not_it(
        self, first: str, code: str, ask: Ask, publish: Publish
    ) -> None:
        """The source label leads to another project, to one without the tag, or nowhere; the report says so."""
        publish(UNTAGGED)
        publish(linked := Project(f"plume-after-{first}", linked_to(first)))
        outcome = ask(*JSON, project=linked)
        assert outcome.code == 0, outcome.stdout
        assert found(outcome)["source"]["named_by"] == "project URL “Homepage”"
        assert notices(outcome)[code] == "medium"

    def test_a_host_that_cannot_be_asked_does_not_hide_the_next(self, ask: Ask, publish: Publish) -> None:
        """What its own host no longer serves may have moved."""
        publish(linked := Project("plume-moved", linked_to("https://git.project.invalid/plume.git")))
        outcome = ask(*JSON, project=linked)
        assert (outcome.code, notices(outcome)["repository-not-asked"]) == (0, "medium")

    @pytest.mark.parametrize(
        ("name", "link", "word"),
        [
            ("plume-mercurial", "https://hg.project.example/plume", "Mercurial"),
            ("plume-dead", "http://code.google.com/p/plume/", "Google Code was shut down in 2016"),
        ],
    )
    def test_a_host_without_git_is_said(self, name: str, link: str, word: str, ask: Ask) -> None:
        """Which one it is, and what a person can do; nothing is asked of it."""
        outcome = ask(project=Project(name, flit, link=link))
        assert outcome.code == CANNOT_TELL
        assert word in outcome.stdout
        assert "--source URL" in outcome.stdout

    @pytest.mark.parametrize(
        ("present", "severity"),
        [(f"{OWNER}/feather", "info"), ("feathers/plume", "low")],
        ids=["name", "owner"],
    )
    def test_a_renamed_repository_is_followed_and_named(
        self, present: str, severity: str, ask: Ask, root: Path, repository: Path
    ) -> None:
        """A new owner is more to know than a new name."""
        (root / f"{present}.git").parent.mkdir(exist_ok=True)
        repository.rename(root / f"{present}.git")
        with GitHost(root, fault=moved(f"{OWNER}/plume", present)) as host:
            outcome = ask(*JSON, host=host)
        assert (outcome.code, found(outcome)["source"]["repository"]) == (0, f"{HOST}/{present}")
        assert notices(outcome)["repository-renamed"] == severity


class TestSeveralPackages:
    OTHER = '[project]\nname = "nest"\nversion = "7.0"\n'

    def test_the_folder_is_found(self, ask: Ask, publish: Publish, rework: Rework) -> None:
        """The package's own folder, beside another package and below a root that is a third one."""
        repository = publish(MONOREPO)
        nest = {
            "pyproject.toml": self.OTHER,
            "packages/egg/pyproject.toml": self.OTHER.replace("nest", "egg"),
        }
        rework(repository, nest, tag=MONOREPO.tag, project=MONOREPO)
        outcome = ask(*JSON, project=MONOREPO)
        assert (outcome.code, found(outcome)["source"]["subdirectory"]) == (0, "packages/plume-extras")

    def test_the_folder_that_names_the_package_is_taken_before_one_with_equal_files(
        self, ask: Ask, repository: Path, rework: Rework, workshop: Path
    ) -> None:
        """The root holds copies of all files, under another project's name."""
        copied = _files(workshop / "checkout" / FLIT.name)
        own = {f"packages/plume/{path}": content for path, content in copied.items() if path != "figure.bin"}
        rework(repository, {**own, "pyproject.toml": self.OTHER})
        outcome = ask(*JSON)
        assert found(outcome)["source"]["subdirectory"] == "packages/plume"
        assert outcome.code == 0, outcome.stdout

    def test_a_bare_tag_of_another_package_is_not_this_ones(
        self, ask: Ask, publish: Publish, rework: Rework, workshop: Path
    ) -> None:
        """The commit itself says that this package was at another version then."""
        repository = publish(MONOREPO)
        home = f"packages/{MONOREPO.name}"
        stated = (workshop / "checkout" / MONOREPO.name / home / "pyproject.toml").read_text()
        earlier = {f"{home}/pyproject.toml": stated.replace('"1.0.0"', '"0.9.0"')}
        rework(repository, earlier, project=MONOREPO)
        remove_ref(repository, f"refs/tags/{MONOREPO.tag}")
        outcome = ask(*JSON, project=MONOREPO)
        assert outcome.code == CANNOT_TELL
        assert notices(outcome)["tag-of-another-package"] == "high"

    def test_a_lone_project_at_another_version_is_compared_all_the_same(
        self, ask: Ask, repository: Path, rework: Rework, workshop: Path
    ) -> None:
        """The tag can only be its own; that the commit says another version is told beside the differences."""
        stated = (workshop / "checkout" / FLIT.name / "pyproject.toml").read_text()
        rework(repository, {"pyproject.toml": stated.replace('"1.0.0"', '"0.9.0"')})
        outcome = ask(*JSON)
        assert found(outcome)["verdict"] == "mismatch"
        assert notices(outcome)["other-version"] == "medium"


def with_words(project: Project) -> dict[str, str]:
    """Flit, with data in folders inside each other."""
    words = {"plume_words/words/en.txt": "Hello\n", "plume_words/words/more/fr.txt": "Bonjour\n"}
    return flit(project) | words


def test_submodules_with_relative_addresses_are_mounted(
    ask: Ask, publish: Publish, release: MakeRelease, run: Run, root: Path, workshop: Path, tmp_path: Path
) -> None:
    """Each address starts from the repository that names it, and the commit from the id that it pins.

    A bundle has them all.
    """
    project = Project("plume-words", with_words)
    publish(project)
    more = _make_repository(root, "nested/more", {"fr.txt": "Bonjour\n"}, {}, tmp_path)
    modules = '[submodule "more"]\n\tpath = more\n\turl = ./../more.git\n'
    inner = {"en.txt": "Hello\n", ".gitmodules": modules}
    words = _make_repository(root, "nested/words", inner, {"more": more}, tmp_path)
    files = _files(workshop / "checkout" / project.name)
    kept = {path: content for path, content in files.items() if "/words/" not in path}
    modules = '[submodule "words"]\n\tpath = plume_words/words\n\turl = ../../nested/words\n'
    kept |= {".gitmodules": modules}
    shutil.rmtree(root / OWNER / "plume-words.git")
    _make_repository(root, f"{OWNER}/plume-words", kept, {"plume_words/words": words}, tmp_path)
    report = found(outcome := ask(*JSON, project=project))
    assert outcome.code == 0, outcome.stdout
    assert report["source"]["submodules"] == [
        {"path": "plume_words/words", "repository": f"{HOST}/nested/words", "commit": words},
        {"path": "plume_words/words/more", "repository": f"{HOST}/nested/more", "commit": more},
    ]
    artifacts, out = release(project).artifacts, tmp_path / "out"
    ask("--bundle", "--output", str(out), project=project)
    given = [word for artifact in artifacts for word in ("--artifact", str(artifact))]
    outcome = run("verify", "--offline", *map(str, out.rglob("*[lz].intoto.json")), *given)
    assert outcome.stdout.count("  judgement  repeated offline, same predicate digest ") == 2


def _files(folder: Path) -> dict[str, str]:
    """A checkout's text files by path."""
    paths = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths if path.suffix != ".bin"}


def _make_repository(
    root: Path, name: str, files: Mapping[str, str], submodules: Mapping[str, str], scratch: Path
) -> str:
    """Make a bare repository with one commit, tagged v1.0.0, and return the commit's id."""
    work = scratch / "made" / name
    for path, content in files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(content)
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "add", "--all")
    for path, commit in submodules.items():
        git(work, "update-index", "--add", "--cacheinfo", f"160000,{commit},{path}")
    git(work, "commit", "--quiet", "--message", "Release")
    git(work, "tag", "v1.0.0")
    (root / name).parent.mkdir(exist_ok=True)
    git(work, "clone", "--quiet", "--bare", str(work), str(root / f"{name}.git"))
    return git(work, "rev-parse", "HEAD")
