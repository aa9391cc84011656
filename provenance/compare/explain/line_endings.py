"""Line endings that git itself writes when it checks a file out under the commit's .gitattributes."""

from __future__ import annotations

from provenance.compare.attributes import attributes_of
from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, once_per_context, proof
from provenance.model import Evidence, Explanation
from provenance.tree import GITLINK, SYMLINK, Entry, Tree


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Convert the source blob as git would, and compare byte for byte."""
    counterpart = context.counterpart(entry.path)
    if counterpart is None or counterpart.mode in (SYMLINK, GITLINK) or entry.mode == SYMLINK:
        return None
    content = context.tree.load(entry.blob)
    original = context.source_tree.load(counterpart.blob)
    if content is None or original is None or not _same_but_for_crlf(content, original):
        return None
    attributes = attributes_of(context.source_tree, counterpart.path)
    text, eol = attributes.get("text"), attributes.get("eol")
    if text is False or (text is None and eol is None):
        return _windows_checkout(entry, context, counterpart)
    if eol == "lf":
        return None
    reason = f"line endings are CRLF as .gitattributes {'demands' if eol == 'crlf' else 'allows'}, else the same bytes"
    return proof(RULE.name, Evidence.NORMALIZED, reason, counterpart.path)


def _same_but_for_crlf(content: bytes, original: bytes) -> bool:
    """Whether content is the original with every LF as CRLF; binary files and mixed ones are not."""
    return b"\0" not in original and b"\r\n" not in original and content == original.replace(b"\n", b"\r\n")


def _windows_checkout(entry: Entry, context: Context, counterpart: Entry) -> Explanation | None:
    """CRLF throughout: built from a Windows checkout. Holds only where every text file of the artifact agrees."""
    if attributes_of(context.source_tree, counterpart.path).get("text") is False or not _all_crlf(context):
        return None
    reason = (
        "CRLF as every text file of this artifact: it was built from a Windows checkout; else the same bytes"
    )
    return proof(RULE.name, Evidence.NORMALIZED, reason, counterpart.path)


@once_per_context
def _all_crlf(context: Context) -> bool:
    """Whether every text file whose source has LF line endings comes with CRLF, except where attributes forbid."""
    agreeing = 0
    for entry in context.tree:
        counterpart = context.counterpart(entry.path)
        if counterpart is None or counterpart.mode in (SYMLINK, GITLINK) or entry.mode == SYMLINK:
            continue
        if counterpart.blob == entry.blob:
            if _is_lf_text(context.tree, entry) and not _kept_lf(context, counterpart):
                return False
            continue
        content, original = context.tree.load(entry.blob), context.source_tree.load(counterpart.blob)
        agreeing += content is not None and original is not None and _same_but_for_crlf(content, original)
    return agreeing > 0


def _is_lf_text(tree: Tree, entry: Entry) -> bool:
    content = tree.load(entry.blob) or b""
    return b"\0" not in content[:8000] and b"\n" in content and b"\r\n" not in content


def _kept_lf(context: Context, counterpart: Entry) -> bool:
    attributes = attributes_of(context.source_tree, counterpart.path)
    return attributes.get("eol") == "lf" or attributes.get("text") is False


RULE = Rule(
    name="line-endings",
    proves="The file is the source file with every LF written as CRLF, which the commit's .gitattributes demand or "
    "allow for it; or, without attributes, every text file of the artifact is so, as a Windows checkout makes it.",
    leaves_free="Nothing but the line endings, of the whole file alike.",
    sources=("gitattributes(5): text, eol", "git-config(1): core.autocrlf"),
    explain=explain,
)
