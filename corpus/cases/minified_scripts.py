"""Cases of the minified-scripts rule."""

import json

from corpus.cases.case import Case
from provenance.model import Evidence

READABLE = (
    "function greet(person) {\n    // say hello\n    return document.write('hello ' + person.name);\n}\n" * 4
)
MINIFIED = "function greet(n){return document.write('hello '+n.name)}" * 4 + "\n"
MAP = {"version": 3, "file": "a.min.js", "sources": ["a.js"], "names": [], "mappings": "AAAA,SAASA"}


def _case(
    title: str, content: str, evidence: Evidence | None = None, name: str = "a.min.js", origin: str = "a.js"
) -> Case:
    path = f"example/static/{name}"
    return Case(title, path, {path: content}, {f"example/static/{origin}": READABLE}, evidence)


CASES = (
    _case("a script", MINIFIED, Evidence.RECOGNIZED),
    _case("its source map", json.dumps(MAP), Evidence.RECOGNIZED, "a.min.js.map"),
    _case("a word more", MINIFIED.strip() + ";fetch('//evil.example')\n"),
    _case("no readable file", MINIFIED, origin="b.js"),
    _case("a readable file elsewhere", MINIFIED, origin="src/a.js"),
    _case("another name", MINIFIED, name="b.js"),
    _case("short lines", MINIFIED.replace(";", ";\n").replace("{", "{\n").replace("(", "(\n")),
    _case("a source map of two files", json.dumps({**MAP, "sources": ["a.js", "b.js"]}), name="a.min.js.map"),
    _case("a script called a source map", MINIFIED, name="a.min.js.map"),
)
