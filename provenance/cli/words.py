"""Words of the field that answers use in, what they mean to somebody who is no developer out."""

from __future__ import annotations

WORDS = {
    "release": "One version of a package, such as requests 2.32.5.",
    "index": "The server that packages are downloaded from; pip asks PyPI unless it is told otherwise.",
    "artifact": "A file of a release that can be downloaded: an sdist or a wheel.",
    "sdist": "A source distribution (.tar.gz): pip builds the package from it, and runs code from it to do so.",
    "wheel": "A finished package (.whl): pip only unpacks it. Some hold machine code, for one kind of machine.",
    "metadata": "What a package says about itself: name, version, dependencies, links.",
    "repository": "Where a project keeps its source, with the history of every change.",
    "commit": "One state of a repository; its id is a fingerprint of everything in it.",
    "tag": "The name that a project gives a commit, usually a version's: v2.32.5.",
    "branch": "The name of a line of work; unlike a tag it moves on with every commit.",
    "submodule": "A folder of a repository that is another repository, at a commit that the first one names.",
    "source": "The repository at the commit that a release says it was made from.",
    "sha256": "A fingerprint of a file. Two files with the same one are the same.",
    "RECORD": "The list of its files that a wheel carries, with their fingerprints.",
    "PKG-INFO": "The metadata of an sdist; in a wheel it is called METADATA.",
    "packaging files": "The project's files that say how to build it: pyproject.toml, setup.cfg, setup.py.",
    "backend": "The program that builds a package: setuptools, hatchling, flit, poetry-core and others.",
    "entry point": "A name under which an installed package can be called: by a command, or by another package.",
    "extra": "A set of dependencies that is installed only when it is asked for: package[extra].",
    ".pth file": "A file that Python reads at each of its starts; lines that begin with import are run.",
    "machine code": "Programs as the processor runs them. Their source can be read, they themselves cannot.",
    "generated": "Made when the package was built, so it is in no repository; a rule computes or checks it.",
    "yanked": "Withdrawn by its publishers: pip takes such a release only where exactly it is asked for.",
    "attestations": "Signed statements of who uploaded a file, from which repository and by which workflow.",
    "signature": "Proof that whoever holds a key has seen exactly these bytes.",
    "pinned": "With an exact version, so that no other one can be installed.",
}
