"""The explanation rules, tried in this order on every file that is not identical to its source."""

from provenance.compare.explain import (
    distribution_metadata,
    egg_info,
    entry_points,
    licence_files,
    line_endings,
    record,
    setup_cfg_stamp,
    symlinks,
    wheel_file,
)
from provenance.compare.explain.rule import Rule

RULES: tuple[Rule, ...] = (
    symlinks.RULE,
    line_endings.RULE,
    licence_files.RULE,
    setup_cfg_stamp.RULE,
    record.RULE,
    wheel_file.RULE,
    distribution_metadata.RULE,
    entry_points.RULE,
    egg_info.RULE,
)
