"""An artifact in, the tampers that add a file out: every kind of file that can act, in every kind of place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corpus.mutations import Mutation, written
from provenance.compare import Context, Subject
from provenance.tree import EXECUTABLE, join, parent

CODE = b"import os\nos.system('id')\n"
SHELL = b"#!/bin/sh\nid\n"
LIBRARY = b"\x7fELF\x02\x01\x01" + bytes(57)
ENTRY_POINTS = b"[console_scripts]\npip = evil:main\n"
METADATA = b"Metadata-Version: 2.1\nName: evil\nVersion: 1.0\nRequires-Dist: evil\n"
ADDED: Mapping[str, bytes] = {
    "evil.py": CODE,
    "evil.pth": b"import os; os.system('id')\n",
    "distutils-precedence.pth": b"import os; os.system('id')\n",
    "evil-1.0-nspkg.pth": b"import os; os.system('id')\n",
    "__editable__.evil-1.0.pth": b"/tmp/evil\n",
    "evil.egg-link": b"/tmp/evil\n",
    "sitecustomize.py": CODE,
    "usercustomize.py": CODE,
    "__init__.py": b"",
    "__main__.py": CODE,
    "_version.py": b"__version__ = '0'\nimport os; os.system('id')\n",
    "conftest.py": CODE,
    "setup.py": CODE,
    "hatch_build.py": CODE,
    "empty.py": b"",
    "empty.pth": b"",
    "evil.pyi": b"import os\n",
    "evil.pyx": CODE,
    "evil.pyc": b"\x6f\r\r\n" + bytes(40),
    "evil.so": LIBRARY,
    "evil.cpython-311-x86_64-linux-gnu.so": LIBRARY,
    "evil.pyd": b"MZ" + bytes(40),
    "libevil.so.1": LIBRARY,
    "evil.dll": b"MZ" + bytes(40),
    "evil.exe": b"MZ" + bytes(40),
    "evil.sh": SHELL,
    "evil.bat": b"id\r\n",
    "evil.ps1": b"id\n",
    "evil.js": b"require('child_process').execSync('id')\n",
    "evil.min.js": b"!function(){fetch('//evil.example')}();",
    "evil.html": b"<script src='//evil.example'></script>\n",
    "evil.svg": b"<svg><script>fetch('//evil.example')</script></svg>\n",
    "evil.ipynb": b'{"cells": []}\n',
    "evil.c": b"int main(void) { return 0; }\n",
    "evil": SHELL,
    "evil.whl": b"PK\5\6" + bytes(18),
    "evil.zip": b"PK\5\6" + bytes(18),
    "evil.tar.gz": b"\x1f\x8b" + bytes(18),
    "evil.pkl": b"cos\nsystem\n(S'id'\ntR.",
    "evil.json": b'{"run": "id"}\n',
    "evil.yaml": b"run: !!python/object/apply:os.system [id]\n",
    "evil.txt": CODE,
    "evil.dat": CODE,
    "evil.wav": b"RIFF" + bytes(40),
    "evil.mo": b"\xde\x12\x04\x95" + bytes(24),
    "evil.jinja2": b"{{ evil }}\n",
    "py.typed": b"",
    "setup.cfg": b"[options]\ninstall_requires = evil\n",
    "pyproject.toml": b"[build-system]\nrequires = ['evil']\nbuild-backend = 'evil'\n",
    "MANIFEST.in": b"include evil.py\n",
    "Makefile": b"all:\n\tid\n",
    "CMakeLists.txt": b"execute_process(COMMAND id)\n",
    "meson.build": b"run_command('id')\n",
    "build.rs": b"fn main() {}\n",
    "Cargo.toml": b"[dependencies]\nevil = '1'\n",
    "configure": SHELL,
    "tox.ini": b"[testenv]\ncommands = id\n",
    "pytest.ini": b"[pytest]\naddopts = -p evil\n",
    "requirements.txt": b"evil\n",
    "constraints.txt": b"evil==1\n",
    "entry_points.txt": ENTRY_POINTS,
    "requires.txt": b"evil\n",
    "top_level.txt": b"evil\n",
    "dependency_links.txt": b"https://evil.example/evil.tar.gz\n",
    "namespace_packages.txt": b"evil\n",
    "setup_requires.txt": b"evil\n",
    "METADATA": METADATA,
    "PKG-INFO": METADATA,
    "WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "RECORD": b"evil.py,,\n",
    "RECORD.jws": b"{}\n",
    "INSTALLER": b"evil\n",
    "REQUESTED": b"",
    "direct_url.json": b'{"url": "https://evil.example"}\n',
    "metadata.json": b'{"name": "evil", "extensions": {"python.commands": {"wrap_console": {"pip": "evil"}}}}\n',
    "pbr.json": b'{"git_version": "evil", "is_release": false}\n',
    "AUTHORS": CODE,
    "ChangeLog": CODE,
    "PKG-INFO.py": CODE,
    "LICENSE": CODE,
    "LICENSE.py": CODE,
    "LICENSE.pth": b"import os; os.system('id')\n",
    "README.md": CODE,
    "README.html": b"<script src='//evil.example'></script>\n",
    ".git_archival.txt": b"node: evil\n",
    ".gitattributes": b"* filter=evil\n",
    ".env": b"PYTHONSTARTUP=evil.py\n",
    ".DS_Store": b"\0\0\0\1Bud1" + CODE,
    "._evil.py": b"\0\5\x16\7\0\2\0\0" + bytes(18),
}
AS_PROGRAM = ("evil", "evil.sh", "evil.py", "configure", "README.md")
LOOKALIKES = ("{stem}\u200b.py", "\u202e{stem}.py", "{upper}.py", "{stem} .py", "{stem}.PY", "{stem}.py.")


def added_mutations(context: Context) -> Iterator[Mutation]:
    """Yield the tampers that add one file where the artifact has none."""
    subject = context.subject
    for place, folder in _places(subject).items():
        for name, content in ADDED.items():
            if (path := join(folder, name)) not in subject.tree:
                yield Mutation(f"add a file {place}", path, written(path, content))
        for name in AS_PROGRAM:
            if (path := join(folder, f"run-{name}")) not in subject.tree:
                yield Mutation(f"add a program {place}", path, written(path, SHELL, EXECUTABLE))
    for path in _modules(subject):
        stem = path.removesuffix(".py")
        for ending in (".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so", ".pyc", "/__init__.py"):
            if stem + ending not in subject.tree:
                yield Mutation("shadow a module", stem + ending, written(stem + ending, LIBRARY))
        name = stem.rpartition("/")[2]
        for pattern in LOOKALIKES:
            other = join(parent(path), pattern.format(stem=name, upper=name.upper()))
            if other not in subject.tree:
                yield Mutation("add a name that looks alike", other, written(other, CODE))


def _modules(subject: Subject) -> list[str]:
    return sorted(path for path in subject.tree.entries if path.endswith(".py"))


def _places(subject: Subject) -> dict[str, str]:
    """What a place is called -> its folder; those that every artifact has, and those that this one has."""
    packages = sorted(
        {parent(path) for path in _modules(subject) if path.endswith("/__init__.py")},
        key=lambda folder: (folder.count("/"), folder),
    )
    package = packages[0] if packages else "evil"
    found = {
        "at the root": "",
        "in a package": package,
        "in the deepest package": packages[-1] if packages else "evil/deep",
        "in a package's new folder": f"{package}/_runtime",
        "in a package's __pycache__": f"{package}/__pycache__",
        "in a top package of its own": "evil_package",
        "in tests": "tests",
        "in docs": "docs",
        "in .pytest_cache": ".pytest_cache/v/cache",
        "in a package's .pytest_cache": f"{package}/.pytest_cache",
        "in a foreign .dist-info": "evil-1.0.dist-info",
        "in a foreign .egg-info": "evil.egg-info",
        "in .github": ".github/workflows",
        "in node_modules": "node_modules/evil",
    }
    if subject.kind == "sdist":
        infos = sorted({parent(path) for path in subject.tree.entries if ".egg-info/" in path})
        return found | {"in .egg-info": infos[0] if infos else "evil.egg-info"}
    info, data = subject.dist_info or "", subject.data_folder or "evil-1.0.data"
    schemes = (
        "scripts",
        "purelib",
        "platlib",
        "headers",
        "data",
        "data/bin",
        "data/etc",
        "data/share/doc",
        "",
    )
    return (
        found
        | {"in .dist-info": info, "in .dist-info/licenses": f"{info}/licenses"}
        | {f"in .data/{scheme}": join(data, scheme) for scheme in schemes}
        | {"in .data/data's site-packages": f"{data}/data/lib/python3.11/site-packages"}
    )
