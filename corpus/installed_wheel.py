"""An installed distribution in, the wheel that it was installed from out, near enough to be installed again offline."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

LEFT_OUT = ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json")


def installed_wheel(name: str, folder: Path) -> Path:
    """Write the wheel of a pure Python distribution of this environment; its scripts are left out."""
    found = distribution(name)
    files = {
        str(path): path.read_binary()
        for path in found.files or ()
        if not str(path).startswith("..") and path.suffix != ".pyc" and path.name not in LEFT_OUT
    }
    info = next(path.partition("/")[0] for path in files if path.endswith(".dist-info/METADATA"))
    rows = [f"{path},sha256={_digest(content)},{len(content)}" for path, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    wheel = folder / f"{info.removesuffix('.dist-info')}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return wheel


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
