"""What Kubernetes is told of each service, and Strimzi of each user of Kafka.

`python -m o2d.deployment.manifests` writes the files below deploy/kubernetes that are alike for every service; a
test fails when one is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Final

from o2d.deployment.parts import PACKAGES, services
from o2d.deployment.rights import Operation, Resource, Right, rights_of
from o2d.home import clone_folder

FOLDER: Final = Path("deploy/kubernetes")
HEAD: Final = "# Written by `python -m o2d.deployment.manifests`.\n"
ASKER: Final = "control-tower"

SERVICE: Final = Template(
    """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: $name, labels: {app.kubernetes.io/part-of: o2d, app.kubernetes.io/name: $name}}
spec:
  replicas: 2
  selector: {matchLabels: {app.kubernetes.io/name: $name}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  template:
    metadata: {labels: {app.kubernetes.io/part-of: o2d, app.kubernetes.io/name: $name}}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      # Longer than O2D_STOP: what is in work is finished, what was told is sent.
      terminationGracePeriodSeconds: 45
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: {matchLabels: {app.kubernetes.io/name: $name}}
      containers:
        - name: $name
          image: o2d
          args: [$package, run]
          ports: [{name: http, containerPort: 8080}]
          envFrom: [{configMapRef: {name: o2d}}]
          env:
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: o2d, key: ${shout}_DATABASE_PASSWORD}}}
            - {name: O2D_SERVICE_DSN, value: "postgresql://$package:$$(PASSWORD)@$$(DATABASE)/$package"}
            - {name: O2D_KAFKA_USER, value: $name}
            - {name: O2D_KAFKA_PASSWORD, valueFrom: {secretKeyRef: {name: o2d, key: ${shout}_KAFKA_PASSWORD}}}
            - {name: O2D_LINK_SECRET, valueFrom: {secretKeyRef: {name: o2d, key: LINK_SECRET}}}$more
          resources: {requests: {cpu: 200m, memory: 192Mi}, limits: {memory: 1Gi}}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          startupProbe: {httpGet: {path: /startupz, port: http}, periodSeconds: 2, failureThreshold: 60}
          readinessProbe: {httpGet: {path: /readyz, port: http}, periodSeconds: 5, timeoutSeconds: 4}
          livenessProbe: {httpGet: {path: /livez, port: http}, periodSeconds: 10, timeoutSeconds: 5}
          volumeMounts:
            - {name: keys, mountPath: /run/o2d, readOnly: true}
            - {name: kafka, mountPath: /run/kafka, readOnly: true}
            - {name: scratch, mountPath: /tmp}
      volumes:
        - {name: keys, configMap: {name: o2d-keys}}
        - {name: kafka, secret: {secretName: kafka-cluster-ca-cert}}
        - {name: scratch, emptyDir: {sizeLimit: 64Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: $name, labels: {app.kubernetes.io/part-of: o2d, app.kubernetes.io/name: $name}}
spec:
  selector: {app.kubernetes.io/name: $name}
  ports: [{name: http, port: 8080, targetPort: http}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: $name, labels: {app.kubernetes.io/part-of: o2d, app.kubernetes.io/name: $name}}
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app.kubernetes.io/name: $name}}
"""
)
STANDS_IN: Final = """
            - {name: O2D_TOWER_TOKEN, valueFrom: {secretKeyRef: {name: o2d, key: TOWER_TOKEN}}}"""

USER: Final = Template(
    """\
apiVersion: kafka.strimzi.io/v1
kind: KafkaUser
metadata: {name: $name, labels: {strimzi.io/cluster: kafka}}
spec:
  authentication:
    type: scram-sha-512
    password: {valueFrom: {secretKeyRef: {name: o2d, key: ${shout}_KAFKA_PASSWORD}}}
  authorization:
    type: simple
    acls:
$acls
"""
)
ACL: Final = Template(
    "      - {resource: {type: $kind, name: $name, patternType: literal}, operations: [$may]}"
)
_WORDS: Final[Mapping[Resource | Operation, str]] = {
    Resource.TOPIC: "topic",
    Resource.GROUP: "group",
    Operation.READ: "Read",
    Operation.WRITE: "Write",
}


def manifests() -> dict[Path, str]:
    """Every written file by its place below deploy/kubernetes."""
    found = {Path("base") / f"{name}.yaml": HEAD + _service(name) for name in PACKAGES}
    users = [_user(name, rights_of([service])) for name, service in services().items()]
    found[Path("examples/strimzi/users.yaml")] = HEAD + "---\n".join(users)
    return found


def _service(name: str) -> str:
    package = PACKAGES[name]
    more = STANDS_IN if name == ASKER else ""
    return SERVICE.substitute(name=name, package=package, shout=package.upper(), more=more)


def _user(name: str, rights: Iterable[Right]) -> str:
    acls = [
        ACL.substitute(kind=_WORDS[right.resource], name=right.name, may=_WORDS[right.operation])
        for right in rights
    ]
    return USER.substitute(name=name, shout=PACKAGES[name].upper(), acls="\n".join(acls))


if __name__ == "__main__":
    clone = clone_folder()
    assert clone is not None
    for place, text in manifests().items():
        (clone / FOLDER / place).write_text(text)
        print(FOLDER / place)
