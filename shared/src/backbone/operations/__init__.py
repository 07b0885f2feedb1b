"""Long work: asked for over HTTP, done in steps beside everything else, watched while it is done."""

from backbone.operations.operation import OPEN, LongWork, Operation
from backbone.operations.rows import add_operation

__all__ = ["OPEN", "LongWork", "Operation", "add_operation"]
