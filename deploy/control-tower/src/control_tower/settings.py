"""What the environment tells the control tower beside what it tells every service."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class TowerSettings(BaseSettings):
    """`O2D_SERVICE_URLS` is a JSON object: the name of each service and the address at which it answers.

    `O2D_TOWER_TOKEN` is a bearer token of role `system` that says `stands_in`: with it the control tower asks them for
    people at pages, who may what they might if they asked themselves.
    """

    model_config = SettingsConfigDict(env_prefix="O2D_", frozen=True)

    service_urls: dict[str, str] = {}
    tower_token: SecretStr = SecretStr("")
