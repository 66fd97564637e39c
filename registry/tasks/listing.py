"""A long list as a PDF: drawn from what was set down when it was asked for, in the asker's language.

What stands on a list is read while somebody looks at it, with that person's rights; the worker draws the value and
reads nothing. So a list that changes meanwhile is another task, and the same list is the same file for everybody.
"""

from io import BytesIO

from registry import files
from registry.domain.filetypes import StoredFile
from registry.models import Task
from registry.rendering import list_pages, lists
from registry.tasks.bench import Bench


def draw(bench: Bench, task: Task) -> StoredFile:
    """Draw the list of a task and keep it."""
    content = list_pages.render(lists.unpacked(task.parameters["paper"]))
    return files.keep(bench.folder, BytesIO(content), media_type="application/pdf")
