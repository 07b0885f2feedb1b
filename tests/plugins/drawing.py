"""How hypothesis draws in every test: for as long as it takes, since a slow machine is no fault of what is tested."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("o2d", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("o2d")
