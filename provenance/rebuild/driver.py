"""Inside the cage: a task as JSON in, a tar archive of what a build backend's hook made out, on standard output.

Runs in the interpreter that the build needs, Python 3.6 or newer, with nothing but its standard library. The build is a
child process, so that nothing it does to itself keeps this one from its end.
"""

import builtins
import importlib
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tarfile
import zipfile
from typing import Any, Dict, Optional


def main(task: Dict[str, Any]) -> None:
    """Copy the source, run the hook in a child, and write out what it made."""
    for kind, name in (("AS", "memory"), ("NPROC", "processes"), ("FSIZE", "disk")):
        if name in task["limits"]:
            limit = task["limits"][name]
            resource.setrlimit(getattr(resource, "RLIMIT_" + kind), (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o022)
    results = os.dup(1)
    os.dup2(2, 1)
    out = os.path.join(task["work"], "out")
    for folder in (out, os.environ["HOME"]):
        os.makedirs(folder, exist_ok=True)
    project = copied(task["source"], os.path.join(task["work"], "build"), task["name"], task["moment"])
    child = os.fork()
    if child == 0:
        os.close(results)
        os.chdir(os.path.join(project, task["subdirectory"]))
        run(task, out)
        sys.stdout.flush()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(os.WEXITSTATUS(status) or 128 + os.WTERMSIG(status))
    with os.fdopen(results, "wb") as stream, tarfile.open(fileobj=stream, mode="w|") as archive:
        archive.add(out, arcname="out")


def copied(source: str, folder: str, name: str, moment: Optional[int]) -> str:
    """Return a folder with a copy of the source: a checkout, or an sdist's only folder; `moment` is its files' time."""
    os.makedirs(folder)
    if os.path.isdir(source):
        project = os.path.join(folder, name)
        shutil.copytree(source, project, symlinks=True)
    else:
        if zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                archive.extractall(folder)
        else:
            with tarfile.open(source) as archive:
                archive.extractall(folder)
        (top,) = os.listdir(folder)
        project = os.path.join(folder, top)
    if moment is not None:
        for place, folders, files in os.walk(project):
            for entry in folders + files:
                os.utime(os.path.join(place, entry), (moment, moment), follow_symlinks=False)
    return project


def run(task: Dict[str, Any], out: str) -> None:
    """Run the command that the task gives, else one hook of the backend (PEP 517)."""
    if task.get("before"):
        subprocess.check_call(task["before"])
    if task.get("is_windows"):
        write_as_windows()
    if task.get("command"):
        done = subprocess.run(task["command"]).returncode
        if done == 0:
            for name in os.listdir("dist"):
                shutil.copy(os.path.join("dist", name), out)
        os._exit(done)
    here = os.getcwd()
    in_tree = [os.path.join(here, path) for path in task["backend_path"]]
    sys.path[:0] = in_tree
    module, _, attribute = task["backend"].partition(":")
    backend = importlib.import_module(module)
    for part in attribute.split(".") if attribute else ():
        backend = getattr(backend, part)
    if task["hook"] == "get_requires":
        hooks = [getattr(backend, "get_requires_for_build_" + kind, None) for kind in ("sdist", "wheel")]
        found = [row for hook in hooks if hook for row in hook()]
        with open(os.path.join(out, "requires.json"), "w", encoding="utf-8") as file:
            json.dump(found, file)
    else:
        getattr(backend, task["hook"])(out)


def write_as_windows() -> None:
    """Have text files written from here on end their lines as Python on Windows does."""
    plain = io.open

    def opened(file: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
        is_text = "b" not in mode and "+" not in mode and not mode.startswith("r")
        if is_text and len(rest) < 4 and options.get("newline") is None:
            options["newline"] = "\r\n"
        elif is_text and len(rest) >= 4 and rest[3] is None:
            rest = (*rest[:3], "\r\n", *rest[4:])
        return plain(file, mode, *rest, **options)

    builtins.open = io.open = opened


if __name__ == "__main__":
    sys.path.pop(0)  # this file's own folder
    main(json.loads(sys.argv[1]))
