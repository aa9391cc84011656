"""A project's pinned releases in, what the tool made of them and of their tampered doubles out."""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from corpus.catalogue import PinnedRelease
from corpus.exam_criteria import can_act, freedom
from corpus.exam_metadata import differing_fields
from corpus.mutations import Changes, Mutation, tampered
from corpus.mutations_added import added_mutations
from corpus.mutations_archive import ArchiveMutation, archive_mutations
from corpus.mutations_files import file_mutations
from corpus.mutations_generated import generated_mutations
from corpus.mutations_metadata import metadata_mutations
from corpus.mutations_steering import steering_mutations
from corpus.specimen import Judged, Specimen, from_git, from_listing, verdict_of
from provenance import artifacts as artifact_room
from provenance.compare import Context, Subject, judge
from provenance.errors import ArtifactError
from provenance.model import Evidence, Verdict
from provenance.pipeline import Options
from provenance.tree import Tree

YES = (Verdict.MATCH, Verdict.MATCH_EXTRAS)
LARGEST_REWRITTEN = 2 << 20  # bytes of an archive that is worth writing again twenty times
APART = {"set the executable bit"}  # evidence levels speak of bytes; modes are reported apart


@dataclass(frozen=True)
class Trial:
    """One tampered artifact: see `exam_table` for what an outcome can be."""

    filename: str
    kind: str
    target: str
    outcome: str
    remark: str = ""


@dataclass(frozen=True)
class Examined:
    """One release: what was found, files per evidence level, its trials, and what it cost."""

    release: PinnedRelease
    found: Verdict | None
    problem: str
    levels: Counter[Evidence]
    trials: tuple[Trial, ...]
    received: tuple[int, int]
    seconds: float


def examine(
    releases: Sequence[PinnedRelease], options: Options, *, tampers: int, seed: int, with_git: bool
) -> list[Examined]:
    """Judge the releases of one project, then `tampers` tampered doubles of each artifact."""
    specimens: list[tuple[PinnedRelease, Specimen | str, float]] = []
    for release in releases:
        begin = time.perf_counter()
        try:
            made: Specimen | str = (from_git if with_git else from_listing)(release, options)
        except Exception as error:  # one release that breaks the tool must not hide the others
            made = _sentence(error)
        specimens.append((release, made, time.perf_counter() - begin))
    whole = [made for _, made, _ in specimens if isinstance(made, Specimen)]
    return [
        _unexamined(release, made)
        if isinstance(made, str)
        else _examined(made, whole, options, tampers, seed, seconds)
        for release, made, seconds in specimens
    ]


def _unexamined(release: PinnedRelease, problem: str) -> Examined:
    return Examined(release, None, problem, Counter(), (), (0, 0), 0.0)


def _examined(
    specimen: Specimen, group: Sequence[Specimen], options: Options, tampers: int, seed: int, seconds: float
) -> Examined:
    release = specimen.release
    trials: list[Trial] = []
    for judged in specimen.artifacts:
        older = [
            each.context.tree
            for other in group
            for each in other.artifacts
            if other is not specimen and each.context.subject.kind == judged.context.subject.kind
        ]
        trials += _tampered(judged, older, tampers, f"{seed} {judged.context.subject.filename}")
        if tampers and judged.file.stat().st_size <= LARGEST_REWRITTEN:
            trials += _rewritten(judged, options, f"{seed} {judged.context.subject.filename}")
    levels = Counter(finding.evidence for judged in specimen.artifacts for finding in judged.findings)
    problem = _problem(specimen)
    return Examined(release, specimen.verdict, problem, levels, tuple(trials), specimen.received, seconds)


def _problem(specimen: Specimen) -> str:
    """What is not as the corpus says, "" where all is."""
    release, source = specimen.release, specimen.source
    if specimen.verdict is not release.expected:
        return f"expected {release.expected}, found {specimen.verdict}"
    if source and source.commit != release.commit:
        return f"expected the commit {release.commit}, found {source.commit}"
    if source and source.subdirectory != release.subdirectory:
        return f"expected the folder {release.subdirectory!r}, found {source.subdirectory!r}"
    return ""


def _tampered(judged: Judged, older: Sequence[Tree], number: int, seed: str) -> Iterator[Trial]:
    """Yield `number` trials, the same share of every kind that this artifact has a place for."""
    if not number:
        return
    context, done = judged.context, 0
    for mutation in _drawn(mutations_of(judged, older), Random(seed)):
        made = tampered(context, mutation, f"{seed} {mutation.name}")
        if made is None or not _is_tamper(made[0], made[1]):
            continue
        outcome, remark = _outcome(judged, made[0], made[1], mutation)
        yield Trial(context.subject.filename, mutation.kind, mutation.path, outcome, remark)
        done += 1
        if done == number:
            return


def mutations_of(judged: Judged, older: Sequence[Tree]) -> Iterator[Mutation]:
    """Yield every tamper with the files of one artifact; `older` are the project's artifacts of other versions."""
    yield from file_mutations(judged.context, older)
    yield from added_mutations(judged.context)
    yield from metadata_mutations(judged.context)
    yield from steering_mutations(judged.context)
    yield from generated_mutations(judged.context, judged.findings)


def _drawn(mutations: Iterable[Mutation], random: Random) -> Iterator[Mutation]:
    """Yield one of each kind in turn, in an order of chance, until all are used."""
    kinds: dict[str, list[Mutation]] = defaultdict(list)
    for mutation in mutations:
        kinds[mutation.kind].append(mutation)
    order = random.sample(sorted(kinds), len(kinds))
    for kind in order:
        random.shuffle(kinds[kind])
    while order:
        for kind in order:
            yield kinds[kind].pop()
        order = [kind for kind in order if kinds[kind]]


def _is_tamper(context: Context, changes: Changes) -> bool:
    """Whether the changed files are not simply the source's own at their places."""
    return any(file is not None and not _is_at_its_place(context, path) for path, file in changes.items())


def _is_at_its_place(context: Context, path: str) -> bool:
    entry = context.tree.entries[path]
    found = (context.source_tree.get(place) for place in context.source_paths(path))
    return any(place and (place.blob, place.mode) == (entry.blob, entry.mode) for place in found)


def _outcome(judged: Judged, context: Context, changes: Changes, mutation: Mutation) -> tuple[str, str]:
    """Judge a tampered artifact by what is new in it: what was wrong in the clean one does not count."""
    was_bad = {
        finding.path for finding in judged.findings if finding.contradicts or not finding.evidence.is_proof
    }
    try:
        findings = judge(context)
    except Exception as error:  # nobody gets an answer then, which an attacker may want
        return "crashed", _sentence(error)
    verdict = verdict_of(
        context, [each for each in findings if each.path in changes or each.path not in was_bad]
    )
    if verdict not in YES:
        return "caught", ""
    touched = [path for path in changes if path in context.tree]
    if verdict is Verdict.MATCH_EXTRAS and not any(can_act(path, context) for path in touched):
        return "inert", ""
    if mutation.kind in APART:
        return "apart", ""
    freedoms = [freedom(path, judged.context, context, everywhere=mutation.everywhere) for path in touched]
    if freedoms and all(freedoms):
        return "free", freedoms[0] or ""
    said = {each.path: f"{each.evidence} by {each.rule}, {each.reason}" for each in findings}
    where = _where(judged.context, context, changes)
    return "missed", f"{verdict}{where}: " + ", ".join(f"{path} {said[path]}" for path in touched[:2])


def _where(clean: Context, context: Context, changes: Changes) -> str:
    """The metadata fields that were changed, for those who study a miss."""
    path = clean.subject.metadata_path
    if path is None or path not in changes:
        return ""
    fields = differing_fields(clean.tree.read(path) or b"", context.tree.read(path) or b"")
    return f" in {', '.join(sorted(fields))}" if fields else ""


def _rewritten(judged: Judged, options: Options, seed: str) -> Iterator[Trial]:
    """Yield a trial for every way to write the archive itself."""
    filename = judged.context.subject.filename
    for mutation in archive_mutations(judged.file):
        with tempfile.TemporaryDirectory(prefix="provenance-exam-") as folder:
            target = Path(folder) / filename
            mutation.write(judged.file, target, Random(f"{seed} {mutation.kind}"))
            outcome, remark = _archive_outcome(judged, mutation, target, options)
        yield Trial(filename, mutation.kind, "the archive", outcome, remark)


def _archive_outcome(
    judged: Judged, mutation: ArchiveMutation, path: Path, options: Options
) -> tuple[str, str]:
    """Judge another archive in this artifact's place; a harmless one has to get the verdict of the clean one."""
    subject = judged.context.subject
    try:
        tree = artifact_room.unpack(path, subject.kind, options.limits)
        context = replace(judged.context, subject=Subject(subject.filename, subject.kind, tree))
        verdict = verdict_of(context, judge(context))
    except ArtifactError:
        verdict = None
    except Exception as error:
        return "crashed", _sentence(error)
    if mutation.harmless:
        is_same = verdict is judged.verdict
        return (
            ("unchanged", "") if is_same else ("disturbed", f"{judged.verdict} became {verdict or 'refused'}")
        )
    if verdict is None or verdict not in YES:
        return "caught", ""
    return "missed", f"{verdict}: the archive is read without complaint"


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]
