"""What the tests of hostile hosts stand on: in, the fixtures of git's transport; out, the same here."""

from __future__ import annotations

from tests.source.conftest import ask, git_root

__all__ = ["ask", "git_root"]
