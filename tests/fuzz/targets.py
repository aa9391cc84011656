"""Nothing in, every target by its name out: all that reads what a stranger may have written."""

from collections.abc import Iterator

from tests.fuzz import answers, archives, configuration, lock_files, names, rules, stored
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {
    **archives.TARGETS,
    **configuration.TARGETS,
    **names.TARGETS,
    **lock_files.TARGETS,
    **answers.TARGETS,
    **rules.TARGETS,
    **stored.TARGETS,
}


def read_any(content: bytes) -> None:
    """One of them all, told by the first byte: the short run of the test suite."""
    if content:
        [*TARGETS.values()][content[0] % len(TARGETS)].read(content[1:])


def seeds_of_all() -> Iterator[bytes]:
    """A few seeds of every target."""
    for number, target in enumerate(TARGETS.values()):
        yield from (bytes([number]) + seed for seed in [*target.seeds()][:4])


ANY = Target(read_any, seeds_of_all, longest=4_000)
