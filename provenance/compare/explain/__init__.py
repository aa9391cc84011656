"""The explanation rules, tried in this order on every file that is not identical to its source."""

from provenance.compare.explain import (
    distribution_metadata,
    egg_info,
    entry_points,
    export_subst,
    lfs_pointers,
    licence_files,
    line_endings,
    pth_files,
    record,
    scripts,
    setup_cfg_stamp,
    symlinks,
    tool_leftovers,
    version_files,
    wheel_file,
)
from provenance.compare.explain.rule import Rule

RULES: tuple[Rule, ...] = (
    symlinks.RULE,
    line_endings.RULE,
    export_subst.RULE,
    lfs_pointers.RULE,
    licence_files.RULE,
    setup_cfg_stamp.RULE,
    record.RULE,
    wheel_file.RULE,
    distribution_metadata.RULE,
    entry_points.RULE,
    egg_info.RULE,
    version_files.RULE,
    pth_files.RULE,
    scripts.RULE,
    tool_leftovers.RULE,
)
