"""What each service may do at Kafka: write the topics it owns, read those it hears, and join its own group.

The numbers are those of Kafka's protocol (`org.apache.kafka.common.acl` and `.resource`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from backbone.service import Service


class Resource(IntEnum):
    """What a right is about."""

    TOPIC = 2
    GROUP = 3


class Operation(IntEnum):
    """What may be done; whoever may read or write a thing may see that it is there."""

    READ = 3
    WRITE = 4


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """A user of Kafka may do something with one topic, or as a member of one group."""

    user: str
    resource: Resource
    name: str
    operation: Operation


def rights_of(services: Iterable[Service], prefix: str = "") -> list[Right]:
    """The rights of all services, each a user of its own name; `prefix` is that of topics and groups."""
    found = set()
    for service in services:
        for topic in service.catalogue.topics:
            if topic.owner == service.name:
                found.add(Right(service.name, Resource.TOPIC, prefix + topic.name, Operation.WRITE))
        for name in service.topics_heard:
            found.add(Right(service.name, Resource.TOPIC, prefix + name, Operation.READ))
        if service.topics_heard:
            found.add(Right(service.name, Resource.GROUP, prefix + service.name, Operation.READ))
    return sorted(found)
