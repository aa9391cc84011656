"""`python -m corpus advisories` in: this environment; out, its packages with known flaws.

A service that cannot be reached is no flaw, and no clean bill either: flaws alone fail, and the last line says how many
packages were looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys

PIP_AUDIT = (
    sys.executable,
    "-m",
    "pip_audit",
    "--skip-editable",
    "--format",
    "json",
    "--progress-spinner",
    "off",
)
TIME_LIMIT = 300  # seconds


def advisories() -> bool:
    """Look every installed package up, print what is known, and return whether nothing is."""
    try:
        done = subprocess.run(PIP_AUDIT, capture_output=True, text=True, check=False, timeout=TIME_LIMIT)
        rows = json.loads(done.stdout)["dependencies"]
    except (ValueError, subprocess.TimeoutExpired):
        print("No package was looked up: the advisories cannot be had from here.")
        return True
    flawed = [row for row in rows if row.get("vulns")]
    for row in flawed:
        print(f"{row['name']} {row['version']}: {', '.join(flaw['id'] for flaw in row['vulns'])}")
    looked_up = sum("skip_reason" not in row for row in rows)
    print(f"{looked_up} of {len(rows)} packages were looked up; {len(flawed)} with known flaws.")
    return not flawed
