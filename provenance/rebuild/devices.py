"""Nothing in, device nodes of the cage's own out: so that a build which root runs does not own those of the host.

Bubblewrap shows the host's own nodes inside. For other users these are root's, and cannot be changed.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provenance.errors import CageError

NODES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}


@contextmanager
def own_devices() -> Iterator[list[str]]:
    """Yield bubblewrap's options that put new nodes over the host's, none for users other than root.

    Raises CageError where none can be made.
    """
    if os.geteuid() != 0:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="provenance-") as folder:
        options: list[str] = []
        for name, numbers in NODES.items():
            node = Path(folder, name)
            try:
                os.mknod(node, 0o600 | stat.S_IFCHR, os.makedev(*numbers))
                node.chmod(0o666)
            except OSError as error:
                raise CageError(
                    f"As root a build would own this machine's devices, and others cannot be made: {error}",
                    hint="run it as another user",
                ) from error
            options += ["--dev-bind", str(node), f"/dev/{name}"]
        yield options
