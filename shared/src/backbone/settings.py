"""What a process is told by its environment; nothing secret has a default."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backbone.clock import Clock, clock_of
from backbone.consume import ConsumeTimes
from backbone.kafka import Access
from backbone.seals import Seals
from backbone.sending import RelayTimes
from backbone.webhooks.guard import Guard

Seconds = Annotated[float, Field(gt=0)]
# Scheme, name and port: what a browser calls an origin.
Address = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]


class Settings(BaseSettings):
    """The environment of one service; every name is the field's with `O2D_` before it. Times are in seconds.

    `drain` lies below `rebalance`, and both below the supervisor's patience; `relay_heartbeat` lies well below
    `relay_idle`, after which the server takes a silent relay's lock away. Webhooks go to the open internet by https;
    `webhook_networks` are allowed beside it, `webhook_ports` are all that are (any where there are none).
    `portal_urls` is a JSON object: the name of each service with a portal and the address at which people reach it,
    all of one site, and the same for all services; who signed in at one goes over to the one beside it by these.
    """

    model_config = SettingsConfigDict(env_prefix="O2D_", frozen=True)

    service_dsn: str
    kafka_bootstrap: str
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    jwks: str = ""
    issuer: str = ""
    link_secret: SecretStr | None = None
    link_secret_before: SecretStr | None = None
    portal_urls: dict[str, Address] = {}
    clock: str = "rate:1"
    home: Path | None = None
    log_level: str = "INFO"

    webhook_http: bool = False
    webhook_ports: tuple[int, ...] = (443, 8443)
    webhook_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    webhook_ca: Path | None = None

    kafka_security: str = "PLAINTEXT"
    kafka_mechanism: str = "SCRAM-SHA-512"
    kafka_user: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca: str | None = None
    kafka_prefix: str = ""
    kafka_replication: int = Field(default=1, ge=1)

    pool: int = Field(default=10, ge=4)
    session: Seconds = 30
    rebalance: Seconds = 60
    drain: Seconds = 20
    stall: Seconds = 30
    relay_idle: Seconds = 10
    relay_heartbeat: Seconds = 2
    stop: Seconds = 30

    def access(self) -> Access:
        """Where Kafka is and how to be let in."""
        password = self.kafka_password.get_secret_value() if self.kafka_password else None
        return Access(
            self.kafka_bootstrap,
            self.kafka_security,
            self.kafka_mechanism,
            self.kafka_user,
            password,
            self.kafka_ca,
            self.kafka_prefix,
        )

    def seals(self) -> Seals | None:
        """What links and sessions are sealed with; None without a secret. Raises `ValueError` for a short one.

        What the secret before sealed is still opened: that is how one is changed.
        """
        given = [
            secret.get_secret_value() for secret in (self.link_secret, self.link_secret_before) if secret
        ]
        return Seals(given) if given else None

    def guard(self) -> Guard:
        """Which places webhooks may be sent to."""
        return Guard(self.webhook_http, frozenset(self.webhook_ports), self.webhook_networks)

    def business_clock(self) -> Clock:
        """The business clock. Raises `ValueError` for a setting of another form."""
        return clock_of(self.clock)

    def relay_times(self) -> RelayTimes:
        """How long the relay may take for things."""
        return RelayTimes(idle_session=self.relay_idle, heartbeat=self.relay_heartbeat)

    def consume_times(self) -> ConsumeTimes:
        """How long the consumer may take for things."""
        return ConsumeTimes(drain=self.drain, stall=self.stall)
