"""Bytes that nobody would write in, no crash out: a short run of what `python -m tests.fuzz` does for hours."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, give
from tests.hostile import sdists, wheels

SEEDS = sorted((Path(__file__).parent / "seeds").glob("*/*"))
NEAR: dict[str, list[bytes]] = {
    "wheel": [case.content for case in wheels.crafted()],
    "sdist": [
        gzip.decompress(sdists.crafted()[0].content),
        *(each.content for each in sdists.crafted()[:20]),
    ],
    "metadata": [b"Metadata-Version: 2.4\nName: plume\nVersion: 1.0.0\nProject-URL: a, b\n\nText\n"],
    "project": [
        b"from setuptools import setup\nsetup(name='plume', version=open('v').read())\n",
        b"[metadata]\nname = plume\nversion = attr: plume.v\n[options]\npackages = find:\n",
        b"[project]\nname = 'plume'\ndynamic = ['version']\n[tool.setuptools.packages.find]\nwhere = ['src']\n",
    ],
    "locks": [
        b"plume==1.0.0 --hash=sha256:00 ; python_version > '3'\n-r other.txt\n",
        b"[[package]]\nname = 'plume'\n",
    ],
    "judge": [
        b"[section]\nkey = value\n",
        b"__version__ = version = '1.0.0'\n",
        b"plume/a.py,sha256=x,1\n",
        b"{}",
    ],
    "pack": [b"PACK\0\0\0\2\0\0\0\1\x33x\x9cKLJ\6\0\2M\1'", b"PACK\0\0\0\2\0\0\0\1\x6f\1x\x9c"],
    "envelope": [
        json.dumps(
            {"payload": base64.b64encode(b"{}").decode(), "payloadType": "x", "signatures": []}
        ).encode()
    ],
    "checkpoint": [b"log.example\n1\nAAAA\n\n\xe2\x80\x94 log.example AAAA\n"],
}


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{seed.parent.name}-{seed.name}")
def test_what_once_crashed_a_reader_is_refused(seed: Path) -> None:
    """Every crash that a run found stands here, named by its target."""
    give(seed.parent.name, seed.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_any_bytes_are_read_or_refused(target: str) -> None:
    """Noise, and changes to what the reader knows."""
    near = NEAR.get(target, [b""])

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(near), st.integers(0, 4000), st.binary(max_size=40), st.integers(0, 40))
    def read(known: bytes, at: int, new: bytes, gone: int) -> None:
        place = at % (len(known) + 1)
        give(target, known[:place] + new + known[place + gone :])

    read()
