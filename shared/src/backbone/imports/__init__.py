"""Bulk imports: a file is taken part by part, then tried or worked on row by row, and each refused row says why."""

from backbone.imports.definition import Import
from backbone.imports.routes import router

__all__ = ["Import", "router"]
