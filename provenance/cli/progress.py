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


@contextmanager
def counting_progress(total: int, *, silent: bool = False) -> Iterator[Callable[[str], None]]:
    """Yield a function that says which of many was done last, shown as a bar while the block runs."""
    if silent or not sys.stderr.isatty():
        yield lambda _name: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda name: progress.update(task, advance=1, description=escape(name))
