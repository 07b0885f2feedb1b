"""The services of an installation, as their packages describe themselves."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Final

from backbone.service import Service

PACKAGES: Final[Mapping[str, str]] = {
    name: name.replace("-", "_")
    for name in ("orders", "materials", "production", "vendors", "service-desk", "control-tower")
}


def services() -> dict[str, Service]:
    """Every service by its name."""
    found = (importlib.import_module(f"{package}.__main__").SERVICE for package in PACKAGES.values())
    return {service.name: service for service in found}
