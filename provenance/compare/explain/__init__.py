"""The explanation rules, tried in this order on every file that is not identical to its source."""

import hashlib

import rfc8785

from provenance.compare.explain import (
    bundled_headers,
    bytecode,
    cargo_lock,
    cargo_vendor,
    compiled_files,
    configured_files,
    cython_output,
    data_files,
    distribution_metadata,
    egg_info,
    entry_points,
    export_subst,
    generated_setup_py,
    lfs_pointers,
    licence_files,
    line_endings,
    maturin_sdist,
    maturin_wheel,
    message_catalogs,
    minified_scripts,
    moved_by_backend,
    old_wheel_files,
    parser_tables,
    pbr_files,
    protobuf_modules,
    pth_files,
    record,
    rewritten_pyproject,
    scripts,
    setup_cfg_stamp,
    symlinks,
    time_zones,
    tool_leftovers,
    version_files,
    wheel_file,
)
from provenance.compare.explain.rule import Rule
from provenance.model import RuleSet

# Raised with every change to what a rule or the judge answers, or to a reason that they give.
RULE_SET_VERSION = "1"

RULES: tuple[Rule, ...] = (
    symlinks.RULE,
    line_endings.RULE,
    export_subst.RULE,
    lfs_pointers.RULE,
    licence_files.RULE,
    moved_by_backend.RULE,
    maturin_wheel.RULE,
    maturin_sdist.RULE,
    message_catalogs.RULE,
    setup_cfg_stamp.RULE,
    record.RULE,
    wheel_file.RULE,
    distribution_metadata.RULE,
    entry_points.RULE,
    egg_info.RULE,
    rewritten_pyproject.RULE,
    old_wheel_files.RULE,
    data_files.RULE,
    version_files.RULE,
    generated_setup_py.RULE,
    pth_files.RULE,
    scripts.RULE,
    pbr_files.RULE,
    tool_leftovers.RULE,
    cargo_vendor.RULE,
    cargo_lock.RULE,
    compiled_files.RULE,
    cython_output.RULE,
    bytecode.RULE,
    time_zones.RULE,
    parser_tables.RULE,
    configured_files.RULE,
    bundled_headers.RULE,
    minified_scripts.RULE,
    protobuf_modules.RULE,
)


def rule_set() -> RuleSet:
    """Return which rules these are: their version, and one digest over their names, their order and what they say."""
    texts = [
        {
            "name": rule.name,
            "proves": rule.proves,
            "leavesFree": rule.leaves_free,
            "sources": list(rule.sources),
        }
        for rule in RULES
    ]
    return RuleSet(version=RULE_SET_VERSION, sha256=hashlib.sha256(rfc8785.dumps(texts)).hexdigest())
