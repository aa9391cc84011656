"""Floods at their full size in, refusals with their numbers out, each in a process that has little memory."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from tests.hostile import floods

MEMORY = 1536 << 20  # bytes of address space, the servers that send the flood among them
REFUSALS = {
    floods.page_of_100_megabytes: "sent more than the limit of 67,108,864 bytes",
    floods.page_of_ten_megabytes: "sent more HTML than the limit of 8,388,608 bytes",
    floods.page_just_below_the_limit: "lists more than the limit of 100,000 files",
    floods.a_million_refs: "lists more than the limit of 200,000 branches and tags",
    floods.a_pack_of_zeros: "unpacks to more than the limit of 1,073,741,824 bytes",
    floods.folders_10_000_deep: "folders more than 200 deep",
    floods.a_million_files_in_a_folder: "has more than the limit of 500,000 files and folders",
    floods.ten_folders_in_ten_folders: "has more than the limit of 500,000 files and folders",
    floods.paths_that_are_long: "has paths of more than 100,000,000 characters",
}


@pytest.mark.parametrize("flood", REFUSALS, ids=lambda flood: flood.__name__)
def test_a_flood_is_cut_off_at_its_limit(flood: object) -> None:
    """`python -m tests.hostile.floods NAME` says what it takes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.floods", flood.__name__],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    assert REFUSALS[flood] in done.stdout, done.stderr[-2000:]
