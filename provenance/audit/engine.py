"""What carries out an audit's tasks: some in, each with what came of it out, in the order in which they are done."""

from __future__ import annotations

from typing import Protocol

from provenance.audit.task import Done, Failed, Task

Settled = tuple[Task, Done | Failed]


class Engine(Protocol):
    """Processes on this machine or on others; whatever happens to them is a Failed of the task they had."""

    @property
    def room(self) -> int:
        """How many more tasks it can take now."""

    def submit(self, task: Task) -> None:
        """Begin a task; only where there is room."""

    def finished(self, timeout: float) -> list[Settled]:
        """Wait up to so many seconds for tasks to end, and return those that did. Raises AuditError."""
