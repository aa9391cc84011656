"""Cases of the message-catalogs rule."""

import struct

from corpus.cases.case import Case, Files
from provenance.model import Evidence

HEADER = "Plural-Forms: nplurals=2; plural=(n != 1);\nLanguage: de\n"
PO = (
    'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n"Language: de\\n"\n\n'
    '#: a.py:1\nmsgid "Yes"\nmsgstr "Ja"\n\nmsgctxt "menu"\nmsgid "%d file"\nmsgid_plural "%d files"\n'
    'msgstr[0] "%d Datei"\nmsgstr[1] ""\n"%d Dateien"\n\n#, fuzzy\nmsgid "No"\nmsgstr ""\n'
)
GOOD = {"": HEADER, "Yes": "Ja", "menu\x04%d file\0%d files": "%d Datei\0%d Dateien"}
PATH = "example/locale/de/LC_MESSAGES/example.mo"


def _mo(messages: dict[str, str], after: bytes = b"") -> bytes:
    rows = [(key.encode(), value.encode()) for key, value in sorted(messages.items())]
    start = 28 + 16 * len(rows)
    places, data = [], b""
    for side in (0, 1):
        for row in rows:
            places.append((len(row[side]), start + len(data)))
            data += row[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, 28 + 16 * len(rows))
    return head + b"".join(struct.pack("<2I", *place) for place in places) + data + after


def _case(
    title: str,
    content: bytes,
    evidence: Evidence | None = None,
    path: str = PATH,
    source: Files | None = None,
) -> Case:
    files = {PATH.replace(".mo", ".po"): PO} if source is None else source
    return Case(title, path, {path: content}, files, evidence)


CASES = (
    _case("every message", _mo(GOOD), Evidence.REPRODUCED),
    _case(
        "another name in the header",
        _mo(GOOD | {"": HEADER + "Generated-By: Babel 2\n"}),
        Evidence.CONSISTENT,
    ),
    _case("another translation", _mo(GOOD | {"Yes": "Nein"})),
    _case("a message more", _mo(GOOD | {"Evil": "x"})),
    _case("another rule for plurals", _mo(GOOD | {"": HEADER.replace("n != 1", "n != 2")})),
    _case("a header that is no header", _mo(GOOD | {"": HEADER + "import os\n"})),
    _case("bytes after the end", _mo(GOOD, b"import os\n")),
    _case("no catalogue", b"\xde\x12\x04\x95import os; import os; import os"),
    _case("no .po file", _mo(GOOD), source={}),
    _case("a catalogue called a module", _mo(GOOD), path=PATH.replace(".mo", ".py")),
)
