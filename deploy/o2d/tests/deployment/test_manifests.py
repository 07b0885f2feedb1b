"""Manifests, secrets and settings name the same things; what is written is what the code says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from backbone.metrics import METRICS
from backbone.settings import Settings
from control_tower.settings import TowerSettings
from o2d.deployment.manifests import FOLDER, manifests
from o2d.deployment.parts import PACKAGES
from o2d.deployment.prepare import Servers
from o2d.deployment.secret import names, write
from o2d.home import read_json
from o2d.local.services import SERVICES

ROOT: Final = Path(__file__).parents[4]
KUBERNETES: Final = ROOT / FOLDER
COMPOSE: Final = ROOT / "deploy" / "compose"
OBSERVED: Final = ROOT / "deploy" / "observability"
KNOWN: Final = {
    f"O2D_{name.upper()}" for kind in (Settings, TowerSettings, Servers) for name in kind.model_fields
}
SECRETS: Final = {*names(), "TOWER_TOKEN"}


def documents() -> Iterator[dict[str, Any]]:
    """Every manifest of Kubernetes."""
    for file in sorted(KUBERNETES.rglob("*.yaml")):
        yield from (each for each in yaml.safe_load_all(file.read_text()) if each)


def containers() -> Iterator[dict[str, Any]]:
    for each in documents():
        if each["kind"] in {"Deployment", "Job"}:
            yield from each["spec"]["template"]["spec"]["containers"]


def test_what_is_written_for_every_service_is_what_the_code_says() -> None:
    stale = [place for place, text in manifests().items() if (KUBERNETES / place).read_text() != text]
    assert stale == [], "python -m o2d.deployment.manifests"


def test_every_service_has_a_manifest_and_a_place_in_the_composed_installation() -> None:
    assert {spec.name for spec in SERVICES} == set(PACKAGES)
    deployed = {each["metadata"]["name"] for each in documents() if each["kind"] == "Deployment"}
    composed = yaml.safe_load((COMPOSE / "compose.yaml").read_text())["services"]
    assert deployed == set(PACKAGES)
    assert set(PACKAGES) <= set(composed)
    assert all(composed[name]["command"] == [PACKAGES[name], "run"] for name in PACKAGES)


def test_each_setting_that_is_told_is_one_that_is_read() -> None:
    composed = yaml.safe_load((COMPOSE / "compose.yaml").read_text())["services"]
    told = {
        key for each in composed.values() for key in each.get("environment", {}) if key.startswith("O2D_")
    }
    told |= {one["name"] for each in containers() for one in each["env"] if one["name"].startswith("O2D_")}
    said = yaml.safe_load((KUBERNETES / "base" / "kustomization.yaml").read_text())["configMapGenerator"]
    told |= {line.partition("=")[0] for line in said[0]["literals"]} - {"DATABASE"}
    assert told - KNOWN == set()
    assert {"O2D_SERVICE_DSN", "O2D_KAFKA_USER", "O2D_LINK_SECRET", "O2D_TOWER_TOKEN"} <= told


def test_each_secret_that_is_asked_for_is_written() -> None:
    asked = {
        one["valueFrom"]["secretKeyRef"]["key"]
        for each in containers()
        for one in each["env"]
        if "valueFrom" in one
    }
    asked |= {
        each["spec"]["authentication"]["password"]["valueFrom"]["secretKeyRef"]["key"]
        for each in documents()
        if each["kind"] == "KafkaUser"
    }
    asked |= set(re.findall(r"\$\{([A-Z_]+)", (COMPOSE / "compose.yaml").read_text()))
    assert asked == SECRETS


def test_secrets_that_are_written_again_stay_and_tokens_are_renewed(tmp_path: Path) -> None:
    files = write(tmp_path)
    first = {file.name: file.read_text() for file in files}
    assert {line.partition("=")[0] for line in first[".env"].splitlines()} == SECRETS
    assert all(file.stat().st_mode & 0o077 == 0 for file in files if file.name in {".env", "postgres.env"})
    again = {file.name: file.read_text() for file in write(tmp_path)}
    same = [line for line in first[".env"].splitlines() if not line.startswith("TOWER_TOKEN")]
    assert same == [line for line in again[".env"].splitlines() if not line.startswith("TOWER_TOKEN")]
    assert again["jwks.json"] == first["jwks.json"]
    assert all("d" not in key for key in read_json(tmp_path / "jwks.json")["keys"])


def test_containers_change_nothing_and_may_do_nothing() -> None:
    found = list(containers())
    assert len(found) == len(PACKAGES) + 1
    for each in found:
        allowed = each["securityContext"]
        assert (allowed["readOnlyRootFilesystem"], allowed["allowPrivilegeEscalation"]) == (True, False)
        assert allowed["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("place", ["base", "examples/strimzi", "examples/cloudnativepg", "examples/site"])
def test_what_a_kustomization_is_made_of_is_there(place: str) -> None:
    folder = KUBERNETES / place
    said = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert said["resources"]
    assert [name for name in said["resources"] if not (folder / name).exists()] == []


def test_curves_and_alerts_show_what_services_count() -> None:
    counted = {each._name for each in (getattr(METRICS, name) for name in METRICS.__slots__)}
    ends = ("_total", "_bucket", "_count", "_sum")
    board = json.loads((OBSERVED / "dashboards" / "backbone.json").read_text())
    shown = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    alerts = yaml.safe_load((OBSERVED / "alerts.yaml").read_text())["groups"][0]["rules"]
    assert alerts
    named = re.findall(r"o2d_[a-z_]+", " ".join([*shown, *(each["expr"] for each in alerts)]))
    bare = {next((name.removesuffix(end) for end in ends if name.endswith(end)), name) for name in named}
    assert bare <= counted
    assert counted - bare == {"o2d_parked", "o2d_webhooks_disabled"}


def test_an_image_is_made_of_what_is_there() -> None:
    lines = (ROOT / "deploy" / "images" / "Dockerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line]
    assert copied
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []
    ours = " ".join(line for line in lines if "--no-deps" in line)
    tools = {f"./deploy/{file.parent.name}" for file in (ROOT / "deploy").glob("*/pyproject.toml")}
    assert tools | {"./shared", "./services/*"} == set(re.findall(r"\./\S+", ours))
