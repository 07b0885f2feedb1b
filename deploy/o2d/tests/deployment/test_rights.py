"""What each service may do at Kafka: its own topics, what it hears, its own group, and nothing else."""

from __future__ import annotations

from contracts.topics import TOPICS
from o2d.deployment.parts import PACKAGES, services
from o2d.deployment.rights import Operation, Resource, Right, rights_of


def test_each_topic_is_written_by_its_owner_alone() -> None:
    rights = rights_of(services().values())
    writers = [(each.name, each.user) for each in rights if each.operation is Operation.WRITE]
    assert sorted(writers) == sorted((topic.name, topic.owner) for topic in TOPICS)


def test_a_service_reads_what_it_subscribes_to_and_the_control_tower_all() -> None:
    known = services()
    rights = rights_of(known.values(), prefix="a.")
    for name, service in known.items():
        read = {
            each.name
            for each in rights
            if (each.user, each.resource, each.operation) == (name, Resource.TOPIC, Operation.READ)
        }
        assert read == {f"a.{topic}" for topic in service.topics_heard}
    assert {f"a.{topic.name}" for topic in TOPICS} == {
        each.name for each in rights if each.user == "control-tower" and each.resource is Resource.TOPIC
    }


def test_nobody_joins_the_group_of_another() -> None:
    groups = [each for each in rights_of(services().values()) if each.resource is Resource.GROUP]
    assert groups == [Right(name, Resource.GROUP, name, Operation.READ) for name in sorted(PACKAGES)]
