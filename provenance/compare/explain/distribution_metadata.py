"""PKG-INFO and METADATA: every field tied to the source's configuration, or to the release's other artifact."""

from __future__ import annotations

from collections.abc import Iterable

from provenance.compare.context import Context
from provenance.compare.explain.described import comparable_fields, source_fields, spoken_of, traced_readme
from provenance.compare.explain.rule import Rule, contradiction, open_question, proof
from provenance.compare.explain.steering import CHECKS, is_declared, is_written
from provenance.compare.subject import Subject
from provenance.model import Evidence, Explanation
from provenance.tree import Entry

# fields that hardly any project states, which old installers may act on: never confirmed by a sibling alone
UNUSUAL = {
    "provides", "requires", "obsoletes", "provides_dist", "obsoletes_dist", "requires_external",
}  # fmt: skip
COMPLETE = ("hatchling", "poetry")  # backends that have always stated an sdist's dependencies in PKG-INFO
IMPORTABLE = ("import_names", "import_namespaces")


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Check name, version and what steers an installation; then every field that only describes."""
    if entry.path != context.subject.metadata_path:
        return None
    metadata = context.subject.metadata
    if metadata.unparsed:
        return contradiction(
            RULE.name, f"holds what core metadata does not know: {_listed(metadata.unparsed)}"
        )
    if not metadata.is_for(context.name, context.version):
        stated = f"{metadata.name or 'no name'} {metadata.version or 'and no version'}"
        return contradiction(RULE.name, f"states {stated}, not {context.name} {context.version}")
    said = {field: check(context) for field, check in CHECKS.items() if not _is_elsewhere(field, context)}
    for refuted in said.values():
        if refuted:
            return contradiction(RULE.name, refuted)
    untraced = [field for field, refuted in said.items() if refuted is None]
    siblings = [sibling for sibling in context.siblings if sibling.metadata_path]
    unsure = [field for field in untraced if not _is_confirmed(field, context, siblings)]
    unsure += _descriptive_doubts(context, siblings)
    if unsure:
        return open_question(RULE.name, _doubt(unsure, siblings))
    return proof(RULE.name, Evidence.CONSISTENT, _summary(list(said), untraced, siblings, context))


def _is_elsewhere(field: str, context: Context) -> bool:
    """Whether this is an old sdist that leaves the field out; requires.txt, where it has one, is checked by itself."""
    subject = context.subject
    if field == "dependencies" and subject.has_requires_txt_only:
        return True
    if field == "Requires-Python" and (
        subject.metadata.get("requires_python") is not None or subject.states_python
    ):
        return False
    if field == "dependencies" and any(tool in context.project.backend for tool in COMPLETE):
        return False
    if field == "extras" and subject.metadata.get("metadata_version") == "2.1":
        return False  # the first version that has a field for them, which every tool then writes
    return subject.may_leave_out_fields and not _value(field, subject)


def _is_confirmed(field: str, context: Context, siblings: list[Subject]) -> bool:
    """Whether the other artifacts state the same, or, without one that does, the packaging files hold the value."""
    speaking = [sibling for sibling in siblings if _value(field, sibling) or not sibling.may_leave_out_fields]
    agrees = _agrees(field, context.subject, speaking) if speaking else is_written(field, context)
    return agrees and is_declared(field, context)


def _agrees(field: str, subject: Subject, siblings: list[Subject]) -> bool:
    """Whether there is another artifact, and all of them state the same value as this one."""
    own = _value(field, subject)
    return bool(siblings) and all(_value(field, sibling) == own for sibling in siblings)


def _value(field: str, subject: Subject) -> object:
    if field == "dependencies":
        return subject.requirements
    return subject.extras if field == "extras" else comparable_fields(subject.metadata).get("requires_python")


def _descriptive_doubts(context: Context, siblings: list[Subject]) -> list[str]:
    """Fields that only describe and that neither the source nor the other artifacts confirm."""
    own, stated = comparable_fields(context.subject.metadata), source_fields(context)
    # old setuptools writes the maintainer as the author
    contacts = [stated[field] for field in ("maintainer", "maintainer_email") if field in stated]
    traced = {field for field in stated if own.get(field) == stated[field]} | {"requires_python"}
    traced |= {field for field in ("author", "author_email") if own.get(field) in contacts}
    readme = traced_readme(context.subject.metadata, context)
    if context.subject.may_leave_out_fields:
        traced |= (stated.keys() | {"description"}) - own.keys()
    doubts = (stated.keys() & own.keys()) - traced
    if readme:
        traced.add("description")
    elif context.project.readmes and "description" not in traced:
        doubts.add("description")
    doubts |= own.keys() & UNUSUAL
    traced |= set(IMPORTABLE)
    doubts |= {field for field in IMPORTABLE if not _are_modules(own.get(field, ()), context.subject)}
    for sibling in siblings:
        other = comparable_fields(sibling.metadata)
        fields = other.keys() | (spoken_of(sibling.metadata) if sibling.may_leave_out_fields else own.keys())
        fields &= own.keys() if context.subject.may_leave_out_fields else fields
        doubts |= {field for field in fields - traced if own.get(field) != other.get(field)}
    return sorted(field.replace("_", "-") for field in doubts)


def _are_modules(names: Iterable[str], subject: Subject) -> bool:
    """Whether each import name is a module or folder of the artifact."""
    paths = [name.partition(";")[0].strip().replace(".", "/") for name in names]
    known = {entry.path.removesuffix(".py") for entry in subject.tree} | subject.tree.folders
    compiled = {path.partition(".")[0] for path in subject.tree.entries}
    return all(any(f"/{each}".endswith(f"/{path}") for each in known | compiled) for path in paths)


def _doubt(unsure: list[str], siblings: list[Subject]) -> str:
    others = f" and from {siblings[0].filename}" if siblings else ""
    return f"not what the source states, or not to be traced to it{others}: {_listed(unsure)}"


def _summary(checked: list[str], untraced: list[str], siblings: list[Subject], context: Context) -> str:
    said = ["name and version hold"]
    if traced := [field for field in checked if field not in untraced]:
        said.append(f"{_listed(traced)} as the source states")
    if untraced:
        confirmed = f"the same in {siblings[0].filename}" if siblings else "as its packaging files write it"
        said.append(f"{_listed(untraced)} computed by the build, {confirmed}")
    readme = traced_readme(context.subject.metadata, context)
    said.append(f"description equal to {readme}" if readme else "description not traced to the source")
    return "; ".join(said)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


RULE = Rule(
    name="distribution-metadata",
    proves="The file parses without remainder; name and version are the release's; dependencies, Requires-Python and "
    "extras are what the source's own configuration states, conditions compared by the environments in which "
    "they hold. Where the build computes one of them, the release's other artifact states the same, or without "
    "one a packaging file holds it word for word; every dependency is one that the source's packaging files "
    "declare, in that range, under that condition, and below an extra if they declare it there; what they "
    "state outright is not missing, nor is an extra that a dependency names. Every other field is what the "
    "source states, or the same in the release's other artifact.",
    leaves_free="Which of the declared dependencies there are, where code computes them, as long as there are any and "
    "all artifacts agree. Fields that only describe (summary, authors, classifiers, licence, URLs, description) "
    "where the source leaves them to the build, as far as the release's artifacts repeat them alike or only "
    "one can state them (an sdist from before core metadata 2.2 may leave any field out, and dependencies to "
    "its requires.txt); the tools' own bookkeeping: Metadata-Version, Dynamic, Platform, Supported-Platform, "
    "License-File, Description-Content-Type; the order and repetition of fields, the letter case of their "
    "names, the spelling of names under PEP 503, UNKNOWN in place of nothing, labels of links and slashes at "
    "their ends, and blanks.",
    sources=("PyPA specification: core metadata", "PEP 621", "setuptools: setup.cfg and setup() keywords"),
    explain=explain,
)
