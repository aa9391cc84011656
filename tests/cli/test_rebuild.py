"""`provenance rebuild` and `check --rebuild`: in, releases of real backends; out, what building them again proves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from corpus.example import FLIT, GENERATING, HATCHLING, Project, Release, generating
from corpus.installed_wheel import installed_wheel
from corpus.tamper import append, rewrite_sdist, rewrite_wheel
from provenance.model import Evidence
from provenance.report.statement import payload_of, read_statement
from provenance.signing import open_envelope, seal
from tests.conftest import MakeRelease, Run, Serve

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
BACKENDS = ("flit_core", "hatchling", "packaging", "pathspec", "pluggy", "tomlkit", "trove_classifiers")
EARLIER = "2025-02-01T12:00:00Z"


@pytest.fixture(scope="module")
def backends(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Wheels of the build backends that this environment has."""
    folder = tmp_path_factory.mktemp("backends")
    return [installed_wheel(name, folder) for name in BACKENDS]


@pytest.fixture
def index(serve: Serve, backends: list[Path]) -> Any:
    """Serve artifacts, and the build backends that were on the index before: `index(artifacts)`."""
    uploaded = {path.name: EARLIER for path in backends}
    return lambda artifacts: serve([*artifacts, *backends], uploaded=uploaded).simple


def findings(document: dict[str, Any], path: str) -> list[tuple[str, str]]:
    """The evidence and the rule of a file in each artifact."""
    (release,) = document["releases"]
    return [
        (finding["evidence"], finding["rule"])
        for artifact in release["artifacts"]
        for finding in artifact["findings"]
        if finding["path"] == path
    ]


@pytest.mark.parametrize("project", [FLIT, HATCHLING], ids=lambda project: project.name)
def test_a_release_is_built_again_byte_for_byte(
    project: Any, release: MakeRelease, run: Run, index: Any
) -> None:
    built = release(project)
    outcome = run("rebuild", built.reference, "--index", index(built.artifacts), "--twice")
    assert outcome.code == 0, outcome.stdout + outcome.stderr
    assert outcome.stdout.count("from the source: the same") == 2
    assert outcome.stdout.count("a second build gives the same files") == 2
    assert "runs the build code of" in outcome.stderr


def test_a_file_that_only_the_build_makes_is_proven_by_it(release: MakeRelease, run: Run, index: Any) -> None:
    built = release(GENERATING)
    options = ("--index", index(built.artifacts), "--format", "json")
    assert (
        findings(run("check", built.reference, *options).document, "plume_tables/tables.py")[0][0] == "added"
    )
    outcome = run("check", built.reference, *options, "--rebuild")
    assert outcome.code == 0, outcome.stdout
    assert findings(outcome.document, "plume_tables/tables.py") == [("rebuilt", "rebuild")] * 2


def test_what_the_build_does_not_give_stays_unproven(
    release: MakeRelease, run: Run, index: Any, tmp_path: Path
) -> None:
    built = release(GENERATING)
    changed = rewrite_wheel(built.wheel, tmp_path, {"plume_tables/tables.py": append(b"os.system('x')\n")})
    outcome = run(
        "check", built.reference, "--index", index([built.sdist, changed]), "--rebuild", "--format", "json"
    )
    assert outcome.code == 1
    assert findings(outcome.document, "plume_tables/tables.py") == [("rebuilt", "rebuild"), ("added", "none")]


def test_a_wheel_of_a_changed_sdist_is_not_of_the_source(
    release: MakeRelease, run: Run, index: Any, tmp_path: Path
) -> None:
    built = release(FLIT)
    edits = {"plume/_hook.py": append(b"import os\n")}
    changed = [rewrite_sdist(built.sdist, tmp_path, edits), rewrite_wheel(built.wheel, tmp_path, edits)]
    outcome = run("check", built.reference, "--index", index(changed), "--rebuild", "--format", "json")
    assert outcome.code == 1
    notices = {notice["code"]: notice["message"] for notice in outcome.document["releases"][0]["notices"]}
    assert "plume/_hook.py" in notices["wheel-of-sdist-only"]
    assert findings(outcome.document, "plume/_hook.py") == [("added", "none")] * 2


def test_a_recipe_can_be_repeated(release: MakeRelease, run: Run, index: Any, tmp_path: Path) -> None:
    built, recipe = release(FLIT), tmp_path / "recipe.json"
    simple = index(built.artifacts)
    assert run("rebuild", built.reference, "--index", simple, "--write-recipe", str(recipe)).code == 0
    (followed,) = json.loads(recipe.read_text())["recipes"]
    assert all("--hash=sha256:" in line for line in followed["requires"])
    repeated = run("rebuild", "--recipe", str(recipe), "--index", simple)
    assert repeated.code == 0, repeated.stdout + repeated.stderr
    assert repeated.stdout.count("from the source: the same") == 2


def test_a_recipe_is_for_one_commit(release: MakeRelease, run: Run, index: Any, tmp_path: Path) -> None:
    built, recipe = release(FLIT), tmp_path / "recipe.json"
    simple = index(built.artifacts)
    assert run("rebuild", built.reference, "--index", simple, "--write-recipe", str(recipe)).code == 0
    recipe.write_text(recipe.read_text().replace(built.commit, "c" * 40))
    assert (
        "The recipe is for the commit ccc"
        in run("rebuild", "--recipe", str(recipe), "--index", simple).stdout
    )


def test_a_stored_report_is_a_recipe(release: MakeRelease, run: Run, index: Any, tmp_path: Path) -> None:
    built, reports = release(FLIT), tmp_path / "reports"
    simple = index(built.artifacts)
    stored = ("--rebuild", "--no-sign", "--output", str(reports))
    assert run("check", built.reference, "--index", simple, *stored).code == 0
    report = reports / "plume/1.0.0" / f"{built.wheel.name}.intoto.json"
    repeated = run("rebuild", "--recipe", str(report), "--index", simple)
    assert repeated.code == 0, repeated.stdout + repeated.stderr
    assert repeated.stdout.count("from the source: the same") == 2


def test_a_report_without_a_build_is_no_recipe(
    release: MakeRelease, run: Run, index: Any, tmp_path: Path
) -> None:
    built, reports = release(FLIT), tmp_path / "reports"
    simple = index(built.artifacts)
    assert run("check", built.reference, "--index", simple, "--no-sign", "--output", str(reports)).code == 0
    report = reports / "plume/1.0.0" / f"{built.wheel.name}.intoto.json"
    outcome = run("rebuild", "--recipe", str(report), "--index", simple)
    assert (outcome.code, "holds no recipe" in outcome.stderr) == (2, True), outcome.stderr


def test_verifying_says_what_only_building_repeats(
    release: MakeRelease, run: Run, index: Any, tmp_path: Path
) -> None:
    built, reports = release(GENERATING), tmp_path / "reports"
    stored = ("--rebuild", "--bundle", "--no-sign", "--output", str(reports))
    checked = run("check", built.reference, "--index", index(built.artifacts), *stored)
    assert checked.code == 0, checked.stdout + checked.stderr
    for artifact in built.artifacts:
        (report,) = reports.glob(f"**/{artifact.name}.intoto.json")
        outcome = run("verify", "--offline", "--artifact", str(artifact.parent), str(report))
        assert "the same except the rebuilt proof of one file" in outcome.stdout, outcome.stdout


def test_a_lie_in_a_report_with_a_build_is_found_out(
    release: MakeRelease, run: Run, index: Any, tmp_path: Path
) -> None:
    built, reports = release(GENERATING), tmp_path / "reports"
    stored = ("--rebuild", "--bundle", "--no-sign", "--output", str(reports))
    assert run("check", built.reference, "--index", index(built.artifacts), *stored).code == 0
    (report,) = reports.glob(f"**/{built.wheel.name}.intoto.json")
    statement = read_statement(open_envelope(report.read_bytes()).payload)
    counts = statement.predicate.counts | {Evidence.IDENTICAL: 99}
    lie = statement.model_copy(
        update={"predicate": statement.predicate.model_copy(update={"counts": counts})}
    )
    report.write_bytes(seal(payload_of(lie), []))
    outcome = run("verify", "--offline", "--artifact", str(built.wheel.parent), str(report))
    assert "something else than was signed: counts.identical" in outcome.stdout, outcome.stdout


def test_what_varies_from_build_to_build_is_named(release: MakeRelease, run: Run, index: Any) -> None:
    built = release(Project("plume-dice", rolling))
    outcome = run("rebuild", built.reference, "--index", index(built.artifacts), "--twice")
    assert outcome.code == 1
    assert outcome.stdout.count("varies from build to build: plume_dice/tables.py") == 2
    assert "a second build gives the same files" not in outcome.stdout


def rolling(project: Project) -> dict[str, str]:
    """A backend that writes other numbers each time."""
    files = generating(project)
    rolled = files["own_backend.py"].replace("number * number", "__import__('random').random()")
    return {**files, "own_backend.py": rolled}


def test_a_build_requirement_without_a_wheel_is_never_built(
    release: MakeRelease, run: Run, serve: Serve
) -> None:
    built = release(FLIT)
    outcome = run("rebuild", built.reference, "--index", serve(built.artifacts).simple)
    assert "The build requirements cannot be had" in outcome.stdout


def test_without_bubblewrap_nothing_is_built(
    release: MakeRelease, run: Run, index: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    built: Release = release(FLIT)
    artifacts: Iterable[Path] = built.artifacts
    outcome = run("check", built.reference, "--index", index(artifacts), "--rebuild")
    assert outcome.code == 4
    assert "needs bubblewrap" in outcome.stderr
    assert "apt-get install bubblewrap" in outcome.stderr


def test_several_releases_are_not_built_at_once(run: Run) -> None:
    outcome = run("check", "plume==1.0.0", "plume==1.0.1", "--rebuild")
    assert (outcome.code, "--rebuild is about one release" in outcome.stderr) == (2, True)
