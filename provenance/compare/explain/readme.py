"""A description in, the source file that it was made from out."""

from __future__ import annotations

from provenance.compare.context import Context
from provenance.metadata import Metadata
from provenance.tree import join


def traced_readme(metadata: Metadata, context: Context) -> str | None:
    """Return the path of the readme whose text is the description; a folder's readme, or several joined in order."""
    wanted = _plain(metadata.description)
    if not wanted:
        return None
    folder = context.project.folder
    if context.project.readmes:
        paths = [join(folder, name) for name in context.project.readmes]
        texts = [context.source_tree.text(path) for path in paths]
        if (
            all(text is not None for text in texts)
            and _plain("\n".join(text or "" for text in texts)) == wanted
        ):
            return ", ".join(paths)
    for place in dict.fromkeys((folder, "")):
        for entry in context.source_tree.under(place):
            if entry.name.upper().startswith("README") and "/" not in entry.path.removeprefix(f"{place}/"):
                text = context.source_tree.text(entry.path)
                if text is not None and _plain(text) == wanted:
                    return entry.path
    return None


def _plain(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("\r\n", "\n").strip().split("\n"))
