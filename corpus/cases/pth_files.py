"""Cases of the pth-files rule."""

from corpus.cases.case import Case, Files, Link
from provenance.model import Evidence

OWN = "distutils-precedence.pth"
SHIM = (
    "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
    "enabled and __import__('_distutils_hack').add_shim(); \n"
)
SETUPTOOLS: Files = {"setup.py": f"_pth_contents = '''\n{SHIM.replace('; ', chr(10))}'''\n"}

INFO: Files = {"example-1.0.dist-info/WHEEL": ""}
SPACES = "example-1.0-py3.9-nspkg.pth"
CFG: Files = {"setup.cfg": "[options]\nnamespace_packages = acme\n"}
DEEP: Files = {"setup.py": "from setuptools import setup\nsetup(namespace_packages=['acme.tools'])\n"}
FIRST = (
    "import sys,types,os; p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('acme',)); "
    "ie = os.path.exists(os.path.join(p,'__init__.py')); "
    "m = not ie and sys.modules.setdefault('acme',types.ModuleType('acme')); "
    "mp = (m or []) and m.__dict__.setdefault('__path__',[]); (p not in mp) and mp.append(p)\n"
)
MIDDLE = (
    "import sys, types, os;has_mfs = sys.version_info > (3, 5);"
    "p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('acme',));"
    "importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');"
    "m = has_mfs and sys.modules.setdefault('acme', importlib.util.module_from_spec("
    "importlib.machinery.PathFinder.find_spec('acme', [os.path.dirname(p)])));"
    "m = m or sys.modules.setdefault('acme', types.ModuleType('acme'));"
    "mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n"
)
CHILD = (
    MIDDLE.replace("('acme',)", "('acme', 'tools')")
    .replace("'acme',", "'acme.tools',")
    .replace("('acme')", "('acme.tools')")
    .replace("*('acme.tools', 'tools')", "*('acme', 'tools')")
    .rstrip("\n")
    + ";m and setattr(sys.modules['acme'], 'tools', m)\n"
)
NEWEST = MIDDLE.replace("has_mfs = sys.version_info > (3, 5);", "").replace("has_mfs and ", "")


def own(
    title: str, content: str, evidence: Evidence | None, source: Files = SETUPTOOLS, name: str = "setuptools"
) -> Case:
    """A case of setuptools' own file."""
    return Case(title, OWN, {OWN: content}, source, evidence, kind="wheel", name=name)


def spaces(
    title: str, content: str, evidence: Evidence | None, source: Files = CFG, path: str = SPACES
) -> Case:
    """A case of a namespace package's file."""
    return Case(title, path, {path: content, **INFO}, source, evidence, kind="wheel")


CASES = (
    own("setuptools' own", SHIM, Evidence.REPRODUCED),
    own(
        "the same of versions 50.1 to 59",
        SHIM.replace("'local')", "'stdlib')"),
        Evidence.REPRODUCED,
        {"setup.py": SETUPTOOLS["setup.py"].replace("'local')", "'stdlib')")},
    ),
    own("one more statement", SHIM.replace("\n", "import evil\n"), None),
    own("one more line", f"{SHIM}import evil\n", None),
    own("another module", SHIM.replace("_distutils_hack", "_distutils_hock"), None),
    own("the default of another version", SHIM.replace("'local')", "'stdlib')"), None),
    own(
        "a source that does not state it", SHIM, None, {"setup.py": "import setuptools\nsetuptools.setup()\n"}
    ),
    own("another project's wheel", SHIM, None, name="example"),
    Case("a link", OWN, {OWN: Link("evil")}, SETUPTOOLS, None, kind="wheel", name="setuptools"),
    spaces("setuptools 0.6 to 5.1", FIRST, Evidence.REPRODUCED),
    spaces("setuptools 34.3 to 69.0", MIDDLE, Evidence.REPRODUCED),
    spaces("setuptools 69.1 and later", NEWEST, Evidence.REPRODUCED),
    spaces("a namespace in a namespace", MIDDLE + CHILD, Evidence.REPRODUCED, DEEP),
    spaces("one line more", f"{MIDDLE}import evil\n", None),
    spaces("one statement more", MIDDLE.replace("\n", ";import evil\n"), None),
    spaces("one letter else", MIDDLE.replace("os.path.dirname(p)", "os.path.dirname(q)"), None),
    spaces("another package", MIDDLE.replace("acme", "evil"), None),
    spaces("the inner namespace alone", CHILD, None, DEEP),
    spaces("two versions' lines in one file", MIDDLE + CHILD.replace("has_mfs and ", ""), None, DEEP),
    spaces("no namespace in the source", MIDDLE, None, {"setup.cfg": "[options]\npackages = acme\n"}),
    spaces("a namespace that is computed", MIDDLE, None, {"setup.py": "setup(namespace_packages=find())\n"}),
    spaces(
        "a namespace that is code",
        MIDDLE.replace("'acme'", "\"'+evil()+'\""),
        None,
        {"setup.py": "setup(namespace_packages=[\"'+evil()+'\"])\n"},
    ),
    spaces("another release's name", MIDDLE, None, path="evil-1.0-py3.9-nspkg.pth"),
    spaces("another version's name", MIDDLE, None, path="example-1.1-py3.9-nspkg.pth"),
    spaces("another name", MIDDLE, None, path="example.pth"),
    spaces("in a folder", MIDDLE, None, path=f"acme/{SPACES}"),
)
