"""What the pipeline says it is doing in, a spinner on a terminal's stderr out; silence anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def showing_progress(*, silent: bool = False) -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the current stage while the block runs."""
    if silent or not sys.stderr.isatty():
        yield lambda _stage: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status("starting") as status:
        yield lambda stage: status.update(Text(stage))
