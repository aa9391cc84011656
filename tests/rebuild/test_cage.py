"""What a hostile build may try inside the cage, and that nothing comes of it."""

from __future__ import annotations

import ast
import io
import os
import pwd
import shutil
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from provenance.errors import CageError
from provenance.rebuild.cage import Bubblewrap, CageLimits, Ended, Job, Unsandboxed, sandbox
from provenance.rebuild.control_group import ControlGroup

needs_bubblewrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
DEVICES = [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty")]
SMALL = CageLimits(seconds=60, memory=1 << 30, processes=40, disk=32 << 20, output=8 << 20)


def job(folder: Path, build: str, limits: CageLimits = SMALL) -> Job:
    """A project whose build backend is this Python code, in a function that has `out` to write to."""
    source = folder / "source"
    source.mkdir(exist_ok=True)
    body = "\n".join(f"    {line}" for line in build.splitlines())
    (source / "backend.py").write_text(f"import os, sys\n\ndef build_wheel(out):\n{body}\n    return ''\n")
    return Job(
        task={
            "source": "/source",
            "name": "plume",
            "subdirectory": "",
            "moment": None,
            "backend": "backend",
            "backend_path": ["."],
            "hook": "build_wheel",
        },
        python=str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"),
        interpreter=Path(sys.base_prefix),
        places={"/source": source},
        environment={"PATH": "/usr/bin:/bin"},
        limits=limits,
    )


def caged(folder: Path, build: str, limits: CageLimits = SMALL) -> Ended:
    """Run a hostile build in the cage."""
    return Bubblewrap().run(job(folder, build, limits))


def made(ended: Ended) -> dict[str, str]:
    """The files that a build made."""
    with tarfile.open(fileobj=io.BytesIO(ended.output)) as archive:
        found = [(each.name, archive.extractfile(each)) for each in archive]
        return {name.removeprefix("out/"): file.read().decode() for name, file in found if file}


def report(expression: str) -> str:
    """Code of a build that writes what an expression gives into its output."""
    return f"open(os.path.join(out, 'said'), 'w').write(str({expression}))"


@needs_bubblewrap
def test_what_a_build_makes_comes_out(tmp_path: Path) -> None:
    ended = caged(tmp_path, report("'made'"))
    assert (ended.failure, made(ended)) == ("", {"said": "made"})


@needs_bubblewrap
def test_a_build_reaches_no_network(tmp_path: Path) -> None:
    ended = caged(tmp_path, "import socket\nsocket.create_connection(('127.0.0.1', 9), 5)")
    assert ended.failure == "it ended with status 1"
    assert "OSError" in ended.log or "refused" in ended.log or "unreachable" in ended.log
    interfaces = caged(tmp_path, f"import socket\n{report('[name for _, name in socket.if_nameindex()]')}")
    assert made(interfaces) == {"said": "['lo']"}


@needs_bubblewrap
def test_a_build_sees_an_empty_home_and_none_of_the_users_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hush")
    looked = f"(os.listdir(os.path.expanduser('~')), os.path.exists({str(secret)!r}), os.path.exists('/etc/passwd'))"
    assert made(caged(tmp_path, report(looked))) == {"said": "([], False, False)"}


@needs_bubblewrap
def test_the_root_holds_system_programs_and_what_the_job_names_only(tmp_path: Path) -> None:
    places = set(made(caged(tmp_path, report("' '.join(os.listdir('/'))")))["said"].split())
    own = Path(sys.base_prefix).parts[1]
    system = {"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "proc", "dev", "tmp"}
    assert places <= {*system, own, "source", "driver.py"}
    assert made(caged(tmp_path, report("os.listdir('/usr/local')"))) == {"said": "[]"} or own == "usr"


@needs_bubblewrap
def test_a_build_sees_no_variable_of_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "hush")
    names = set(made(caged(tmp_path, report("' '.join(os.environ)")))["said"].split())
    assert names - {"PWD", "LC_CTYPE"} == {"HOME", "PATH", "TMPDIR"}


@needs_bubblewrap
def test_a_build_sees_no_process_of_the_users(tmp_path: Path) -> None:
    commands = "[open(f'/proc/{p}/cmdline').read() for p in os.listdir('/proc') if p.isdigit()]"
    seen = made(caged(tmp_path, report(commands)))["said"]
    assert "pytest" not in seen


@needs_bubblewrap
@pytest.mark.parametrize(
    "place", ["/written", "/usr/written", "/source/written", "/dev/written", "/driver.py"]
)
def test_a_build_cannot_write_outside_its_folder(place: str, tmp_path: Path) -> None:
    ended = caged(tmp_path, f"open({place!r}, 'w').write('x')")
    assert ended.failure == "it ended with status 1"
    assert "Read-only file system" in ended.log
    assert not (tmp_path / "source" / "written").exists()


@needs_bubblewrap
def test_everything_but_the_builds_own_memory_is_mounted_read_only(tmp_path: Path) -> None:
    """Looked up and not tried out: what is not so would be a setting or a device of this machine that is changed."""
    mounts = made(caged(tmp_path, report("open('/proc/self/mountinfo').read()")))["said"].splitlines()
    rows = [line.split() for line in mounts]
    writable = {row[4] for row in rows if "ro" not in row[5].split(",")}
    assert writable - set(DEVICES) == {"/tmp", "/dev/shm", "/dev/pts"}
    assert {row[row.index("-") + 1] for row in rows if row[4] in writable - set(DEVICES)} == {
        "tmpfs",
        "devpts",
    }


@needs_bubblewrap
def test_devices_work_and_are_not_the_builds_to_change(tmp_path: Path) -> None:
    used = "open('/dev/null', 'r+b', 0).write(b'x'), len(open('/dev/urandom', 'rb').read(4))"
    owned = f"[p for p in {DEVICES!r} if os.stat(p).st_uid == os.getuid()]"
    assert made(caged(tmp_path, report(f"({used}, {owned})"))) == {"said": "(1, 4, [])"}


@needs_bubblewrap
def test_a_build_is_a_user_without_privileges(tmp_path: Path) -> None:
    asked = "(os.getuid(), os.getgid(), open('/proc/self/status').read().split())"
    user, group, status = ast.literal_eval(made(caged(tmp_path, report(asked)))["said"])
    assert (user, group) == (1000, 1000)
    rights = {name: status[status.index(name) + 1] for name in ("CapPrm:", "CapEff:", "CapBnd:", "CapAmb:")}
    assert set(rights.values()) == {"0" * 16}
    assert status[status.index("NoNewPrivs:") + 1] == "1"


@needs_bubblewrap
@pytest.mark.skipif(os.geteuid() != 0, reason="another user's builds have that user's id")
def test_roots_builds_run_as_a_user_whom_nobody_else_is(tmp_path: Path) -> None:
    rows = made(caged(tmp_path, report("open('/proc/self/uid_map').read()")))["said"].splitlines()
    outside = {int(row.split()[0]): int(row.split()[1]) for row in rows}[1000]
    assert outside not in {account.pw_uid for account in pwd.getpwall()}


@needs_bubblewrap
def test_git_works_inside(tmp_path: Path) -> None:
    code = "import subprocess\nran = subprocess.run(['git', 'init', '.'], stdin=-3, stdout=-3, check=True)\n"
    assert made(caged(tmp_path, code + report("ran.returncode"))) == {"said": "0"}


@needs_bubblewrap
def test_no_setting_of_the_kernel_can_be_opened_for_writing(tmp_path: Path) -> None:
    """Not even where the user is root; asked of the kernel, without writing."""
    settings = "sys/kernel/core_pattern", "sys/vm/drop_caches", "sys/kernel/hostname", "sysrq-trigger"
    asked = f"[each for each in {settings!r} if os.access('/proc/' + each, os.W_OK)]"
    assert made(caged(tmp_path, report(asked))) == {"said": "[]"}


@needs_bubblewrap
def test_a_build_that_fills_the_disk_fails(tmp_path: Path) -> None:
    ended = caged(tmp_path, "for n in range(90):\n    open(f'/tmp/{n}', 'wb').write(bytes(1 << 20))")
    assert ended.failure == "it ended with status 1"
    assert "No space left on device" in ended.log


@needs_bubblewrap
def test_a_build_cannot_have_a_larger_disk_by_mounting_one(tmp_path: Path) -> None:
    ended = caged(
        tmp_path,
        "import subprocess\nsubprocess.run(['unshare', '--user', '--map-root-user', '--mount', 'true'], check=True)",
    )
    assert ended.failure == "it ended with status 1"
    assert "unshare failed" in ended.log


@needs_bubblewrap
def test_a_build_that_takes_all_memory_fails(tmp_path: Path) -> None:
    ended = caged(tmp_path, "held = bytearray(4 << 30)")
    assert ended.failure == "it ended with status 1"
    assert "MemoryError" in ended.log


@needs_bubblewrap
def test_a_build_that_forks_forever_is_stopped(tmp_path: Path) -> None:
    ended = caged(tmp_path, "while True:\n    os.fork()", SMALL.model_copy(update={"seconds": 8.0}))
    assert ended.failure
    assert "Resource temporarily unavailable" in ended.log
    assert not left_over("plume")


@needs_bubblewrap
def test_a_build_that_sleeps_forever_is_stopped(tmp_path: Path) -> None:
    ended = caged(tmp_path, "import time\ntime.sleep(86399)", SMALL.model_copy(update={"seconds": 1.0}))
    assert ended.failure == "it did not end within 1 seconds"
    assert not left_over("plume")


@needs_bubblewrap
def test_a_daemon_that_a_build_leaves_behind_is_killed(tmp_path: Path) -> None:
    daemon = (
        "import subprocess\n"
        "subprocess.Popen(['sleep', '86397'], start_new_session=True, stdout=-3, stderr=-3, stdin=-3)\n"
    )
    ended = caged(tmp_path, daemon + report("'made'"))
    assert (ended.failure, made(ended)) == ("", {"said": "made"})
    assert not left_over("86397")


@needs_bubblewrap
def test_a_build_that_writes_without_end_is_stopped(tmp_path: Path) -> None:
    endless = "held = os.path.join(out, 'large')\nopen(held, 'wb').write(bytes(9 << 20))"
    assert caged(tmp_path, endless).failure == "it made more than 8,388,608 bytes"
    shouting = caged(
        tmp_path, "while True:\n    print('x' * 9999)", SMALL.model_copy(update={"seconds": 2.0})
    )
    assert shouting.failure == "it did not end within 2 seconds"
    assert len(shouting.log) <= SMALL.log


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's builds need a control group")
def test_no_control_group_is_left() -> None:
    with ControlGroup(processes=10, memory=1 << 20) as group:
        made = [Path(file).parent for file in group.enter if file.endswith("cgroup.procs")]
        assert made
        assert all(folder.is_dir() for folder in made)
    assert not any(folder.exists() for folder in made)


def test_without_a_sandbox_nothing_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CageError, match="needs bubblewrap") as raised:
        sandbox(is_trusted=False)
    assert "apt-get install bubblewrap" in raised.value.hint


def test_a_build_that_the_user_trusts_runs_without_one(tmp_path: Path) -> None:
    assert isinstance(sandbox(is_trusted=True), Unsandboxed)
    assert made(Unsandboxed().run(job(tmp_path, report("'made'")))) == {"said": "made"}


def left_over(word: str) -> list[str]:
    """Command lines of this machine that hold a word, a moment later; other than this test's own."""
    for _ in range(50):
        found = [
            line for line in command_lines() if word in line and ("driver.py" in line or "sleep" in line)
        ]
        if not found:
            break
        time.sleep(0.1)
    return found


def command_lines() -> Iterator[str]:
    """The command line of every process."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield (folder / "cmdline").read_bytes().decode(errors="replace")
