"""Line endings, `$Id$` and encodings that git writes when it checks a file out under the commit's .gitattributes."""

from __future__ import annotations

from provenance.compare.attributes import attributes_of
from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, once_per_context, proof
from provenance.compare.worktree import checked_out, line_endings
from provenance.model import Evidence, Explanation
from provenance.tree import EXECUTABLE, REGULAR, Entry


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Write the source blob as git would, and compare byte for byte."""
    counterpart = context.counterpart(entry.path)
    if counterpart is None:
        return None
    reason = how_checked_out(entry, counterpart, context)
    if reason is None:
        return None
    return proof(RULE.name, Evidence.NORMALIZED, f"{reason}, else the same bytes", counterpart.path)


def how_checked_out(entry: Entry, counterpart: Entry, context: Context) -> str | None:
    """Say how git turns the source file into this one when it checks it out; None where it does not."""
    if not {counterpart.mode, entry.mode} <= {REGULAR, EXECUTABLE}:
        return None
    content, original = context.tree.load(entry.blob), context.source_tree.load(counterpart.blob)
    if content is None or original is None:
        return None
    attributes = attributes_of(context.source_tree, counterpart.path)
    endings = line_endings(attributes)
    if endings != "crlf" and content in checked_out(original, counterpart.blob, attributes, with_crlf=False):
        return "as git checks it out under .gitattributes"
    if endings == "lf" or content not in checked_out(original, counterpart.blob, attributes, with_crlf=True):
        return None
    if endings == "crlf":
        return "CRLF as .gitattributes demand"
    if endings == "native":
        return "CRLF as .gitattributes allow, here for every such file" if _marked_agree(context) else None
    return "CRLF as every text file here: built from a Windows checkout" if _all_agree(context) else None


@once_per_context
def _marked_agree(context: Context) -> bool:
    """Whether no file that .gitattributes call text without naming its line ending has LF."""
    return not any(_has_lf(entry, context, {"native"}) for entry in context.tree)


@once_per_context
def _all_agree(context: Context) -> bool:
    """Whether no text file has LF, but for those whose attributes demand it."""
    return not any(_has_lf(entry, context, {"native", "any"}) for entry in context.tree)


def _has_lf(entry: Entry, context: Context, kinds: set[str]) -> bool:
    """Whether the file is the source's own with LF, though a Windows checkout would have given it CRLF."""
    counterpart = context.counterpart(entry.path)
    if counterpart is None or counterpart.blob != entry.blob or entry.mode not in (REGULAR, EXECUTABLE):
        return False
    attributes = attributes_of(context.source_tree, counterpart.path)
    content = context.tree.load(entry.blob) or b""
    return line_endings(attributes) in kinds and content not in checked_out(
        content, counterpart.blob, attributes, with_crlf=True
    )


RULE = Rule(
    name="line-endings",
    proves="The file is what git writes when it checks the source file out under the commit's .gitattributes: CRLF "
    "where they demand it; where they leave it to the platform, only if all such files of the artifact agree; `$Id$` "
    "filled with the blob's id; text in the encoding that they name. Without attributes every text file of the "
    "artifact must have CRLF, as a Windows checkout makes it.",
    leaves_free="Nothing but the line endings, of the whole file alike.",
    sources=(
        "gitattributes(5): text, eol, ident, working-tree-encoding",
        "git-config(1): core.autocrlf",
        "git: convert.c",
    ),
    explain=explain,
)
