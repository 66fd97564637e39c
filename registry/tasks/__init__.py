"""Long work, done beside the worker's turn (`registry.jobs`): lists as PDFs, exports, and the issue of certificates."""

from registry.tasks.working import KINDS, work_off

__all__ = ["KINDS", "work_off"]
