"""A job in, what it left behind out: the one place where a project's build code runs, and what holds it there.

Inside there are the system's programs, the interpreter and the folders that the job names, all read-only; one folder in
memory to write to; no network, no host's process, no environment but the job's. Whatever is left at the end is killed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pydantic import Field

from provenance.errors import CageError
from provenance.model import Value
from provenance.rebuild.build_user import BuildUser, build_user
from provenance.rebuild.control_group import ControlGroup
from provenance.rebuild.stream import Streams, end, read_streams

DRIVER = Path(__file__).with_name("driver.py")
WORK = "/tmp/work"  # noqa: S108 - inside the cage, where nobody else is
SHARED_MEMORY = 64 << 20
HINT = (
    "install it: `apt-get install bubblewrap`, `dnf install bubblewrap` or `pacman -S bubblewrap`; "
    "--i-trust-this-build runs the project's build code with all that you can do"
)


class CageLimits(Value):
    """Bounds on one build; sizes in bytes."""

    seconds: float = Field(default=600.0, gt=0)
    memory: int = Field(default=4 << 30, gt=0)
    processes: int = Field(default=256, gt=0)
    disk: int = Field(default=2 << 30, gt=0)
    output: int = Field(default=512 << 20, gt=0)
    log: int = Field(default=64 << 10, gt=0)


@dataclass(frozen=True)
class Job:
    """What to run: a task for the driver, and the folders that it may read, as path inside -> path outside.

    `python` is a path inside; `interpreter` the folder of the host's Python that is behind it.
    """

    task: Mapping[str, object]
    python: str
    interpreter: Path
    places: Mapping[str, Path]
    environment: Mapping[str, str]
    limits: CageLimits = field(default_factory=CageLimits)


@dataclass(frozen=True)
class Ended:
    """How a job ended: the tar archive of what it made, the end of what it printed, and why it failed ("" if not)."""

    output: bytes
    log: str
    failure: str = ""


class Sandbox(Protocol):
    """What runs a job apart from the host; another one is another class."""

    def run(self, job: Job) -> Ended:
        """Run a job to its end or to its limits; nothing of it is left. Raises CageError where it cannot be held."""


class Bubblewrap:
    """Linux namespaces for users, mounts, processes, network, IPC and host names, by bubblewrap."""

    def __init__(self) -> None:
        found = shutil.which("bwrap")
        if found is None:
            raise CageError(
                "Rebuilding needs bubblewrap to hold the build, and it is not installed", hint=HINT
            )
        self._program = found

    def run(self, job: Job) -> Ended:
        """Run a job in namespaces of its own."""
        memory = job.limits.memory + job.limits.disk
        with (
            ControlGroup(job.limits.processes, memory) as group,
            build_user() as user,
            tempfile.TemporaryFile() as file,
        ):
            options = [*_namespaces(user), *_files(job), *_environment(job.environment)]
            file.write(b"".join(os.fsencode(option) + b"\0" for option in options))
            file.seek(0)
            read = ["--args", str(file.fileno())]  # not on its command line, which the build can read
            command = [*group.enter, self._program, *read, "--", *user.become, *_driven(job, {})]
            ended = _run(command, job.limits, {}, (file.fileno(), *user.files))
        if ended.failure and "bwrap: " in ended.log:
            said = ended.log.strip().splitlines()[-1].removeprefix("bwrap: ")
            raise CageError(
                f"Bubblewrap could not hold the build: {said}", hint="see whether user namespaces are on"
            )
        return ended


class Unsandboxed:
    """Nothing at all between the build and the host: only for builds that the user trusts."""

    def run(self, job: Job) -> Ended:
        """Run a job with all rights of the user, in a temporary folder."""
        with tempfile.TemporaryDirectory(prefix="provenance-") as folder:
            places = {**job.places, WORK: Path(folder)}
            moved = {name: _outside(value, places) for name, value in job.environment.items()}
            return _run(_driven(job, places), job.limits, {**moved, "HOME": folder, "TMPDIR": folder})


def _namespaces(user: BuildUser) -> list[str]:
    return [
        "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
        "--hostname", "build", "--die-with-parent", "--new-session", "--clearenv",
        "--cap-drop", "ALL", *user.options,
    ]  # fmt: skip


def _files(job: Job) -> Iterator[str]:
    """The file system inside: what may be read, and the one folder that may be written to."""
    yield from ("--ro-bind", "/usr", "/usr", "--tmpfs", "/usr/local", "--remount-ro", "/usr/local")
    for path in (Path("/", name) for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32")):
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.exists():
            yield from ("--ro-bind", str(path), str(path))
    yield from ("--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev")
    yield from _writable("/dev/shm", SHARED_MEMORY)  # noqa: S108
    yield from ("--remount-ro", "/dev")
    yield from _writable("/tmp", job.limits.disk)  # noqa: S108
    if job.interpreter != Path("/usr"):
        for folder in reversed(
            job.interpreter.parents[:-1]
        ):  # that of root's home is closed to others otherwise
            yield from ("--perms", "0755", "--dir", str(folder))
        yield from ("--ro-bind", str(job.interpreter), str(job.interpreter))
    for inside, outside in {**job.places, "/driver.py": DRIVER}.items():
        yield from ("--ro-bind", str(outside), inside)
    yield from ("--remount-ro", "/")


def _writable(folder: str, size: int) -> tuple[str, ...]:
    return ("--perms", "1777", "--size", str(size), "--tmpfs", folder)


def _environment(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in {"HOME": "/tmp/home", "TMPDIR": "/tmp", **environment}.items():  # noqa: S108
        yield from ("--setenv", name, value)


def _driven(job: Job, places: Mapping[str, Path]) -> list[str]:
    """The command that has the driver do the task; it sets what the kernel limits for each process."""
    limits = {"memory": job.limits.memory, "processes": job.limits.processes, "disk": job.limits.disk}
    task = {"work": WORK, **job.task, "limits": limits if not places else {}}
    moved = {
        name: _outside(value, places) if isinstance(value, str) else value for name, value in task.items()
    }
    driver = str(DRIVER) if places else "/driver.py"
    return [_outside(job.python, places), driver, json.dumps(moved)]


def _outside(value: str, places: Mapping[str, Path]) -> str:
    """Words with the paths of places inside replaced by those outside."""
    for inside, path in places.items():
        value = os.pathsep.join(
            f"{path}{part.removeprefix(inside)}" if part == inside or part.startswith(f"{inside}/") else part
            for part in value.split(os.pathsep)
        )
    return value


def _run(
    command: list[str], limits: CageLimits, environment: Mapping[str, str], files: tuple[int, ...] = ()
) -> Ended:
    with _started(command, environment, files) as process:
        streams = read_streams(process, limits.seconds, limits.output, limits.log)
    return Ended(streams.output, streams.log, _failure(streams, limits, process.returncode))


@contextmanager
def _started(
    command: list[str], environment: Mapping[str, str], files: tuple[int, ...]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, which is killed as a whole at the end."""
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - the sandbox itself; what it runs is what it is for
        command,
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        env=dict(environment),
        pass_fds=files,
        process_group=0,
    ) as process:
        try:
            yield process
        finally:
            end(process)


def _failure(streams: Streams, limits: CageLimits, code: int | None) -> str:
    if streams.is_late:
        return f"it did not end within {limits.seconds:g} seconds"
    if streams.is_too_long:
        return f"it made more than {limits.output:,} bytes"
    return f"it ended with status {code}" if code else ""


def sandbox(*, is_trusted: bool) -> Sandbox:
    """Return the sandbox of this system. Raises CageError where it has none, and the build is not trusted."""
    if is_trusted:
        return Unsandboxed()
    if not sys.platform.startswith("linux"):
        raise CageError("Only Linux can hold a build here", hint=HINT.rpartition("; ")[2])
    return Bubblewrap()
