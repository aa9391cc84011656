"""Nothing in, a user of this machine whom nobody else is out: root's builds run as that one.

For other users a build has their own id, which owns nothing that is mounted for it to write to. Root's would own the
machine's devices and kernel settings, so that a user namespace maps the build's id to one that no account has.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import CageError

INSIDE = "1000"
UNUSED = range(61184, 65520)  # where systemd too takes users from who exist for as long as a service runs
TOOLS = ("unshare", "nsenter", "setpriv")
HOLD = "echo; read _"  # says that the namespace is there, and keeps it
NO_MORE = "echo 0 > /proc/sys/user/max_user_namespaces"
PRIVILEGES = ("SETUID", "SETGID", "SETPCAP")  # what becoming that user takes; none is left after it


@dataclass(frozen=True)
class BuildUser:
    """Options of bubblewrap, the words before a command that make it the build's user's, and a file to pass on."""

    options: tuple[str, ...]
    become: tuple[str, ...] = ()
    files: tuple[int, ...] = ()


@contextmanager
def build_user() -> Iterator[BuildUser]:
    """Yield the user that a build runs as. Raises CageError where root cannot give it one of its own."""
    if os.geteuid() != 0:
        yield BuildUser(("--unshare-user", "--disable-userns", "--uid", INSIDE, "--gid", INSIDE))
        return
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        raise CageError(
            f"Building as root needs {missing[0]}, which is not installed", hint="install util-linux"
        )
    command = ["unshare", "--user", "--", "/bin/sh", "-c", HOLD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:  # noqa: S603 - fixed
        try:
            user = _mapped(holder)
            try:
                yield user
            finally:
                os.close(user.files[0])
        finally:
            holder.kill()


def _mapped(holder: subprocess.Popen[bytes]) -> BuildUser:
    """The user in the namespace that a process holds."""
    try:
        if holder.stdout is None or not holder.stdout.readline():
            raise CageError("As root a build runs as another user, and no namespace can be made for one")
        for name in ("uid_map", "gid_map"):
            with Path(f"/proc/{holder.pid}/{name}").open("wb", buffering=0) as file:
                file.write(f"0 0 1\n{INSIDE} {_unused()} 1\n".encode())
        namespace = os.open(f"/proc/{holder.pid}/ns/user", os.O_RDONLY)
        enter = ["nsenter", f"--user=/proc/self/fd/{namespace}", "--", "/bin/sh", "-c", NO_MORE]
        subprocess.run(enter, pass_fds=(namespace,), check=True, capture_output=True)  # noqa: S603 - fixed
    except (OSError, subprocess.CalledProcessError) as error:
        raise CageError(f"As root a build runs as another user, and none can be had: {error}") from error
    privileges = [word for name in PRIVILEGES for word in ("--cap-add", f"CAP_{name}")]
    become = ["setpriv", "--reuid", INSIDE, "--regid", INSIDE, "--clear-groups", "--no-new-privs"]
    become += ["--inh-caps=-all", "--bounding-set=-all"]
    return BuildUser(("--userns", str(namespace), *privileges), tuple(become), (namespace,))


def _unused() -> int:
    """An id that no account has."""
    taken = {account.pw_uid for account in pwd.getpwall()}
    return secrets.choice([number for number in UNUSED if number not in taken])
