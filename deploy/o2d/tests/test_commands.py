"""The words of the command line: what they print, with which exit code, and what they refuse."""

from __future__ import annotations

import importlib
import json
import os
import pwd
import stat
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner, Result

from backbone.auth import Unauthenticated, Verifier
from o2d import __main__, issuer
from o2d.__main__ import app
from o2d.commands.soak import PATTERN
from o2d.home import Home


@pytest.fixture(autouse=True)
def _home_of_the_test(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("O2D_HOME", str(home.path))


def o2d(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_every_module_of_commands_is_a_word_with_a_help_line() -> None:
    said = o2d("--help").output
    modules = (Path(issuer.__file__).parent / "commands").glob("[a-z]*.py")
    # A word that Python keeps for itself has its module with an underscore behind it.
    for word in (module.stem.rstrip("_").replace("_", "-") for module in modules):
        assert word in said
        assert o2d(word, "--help").exit_code == 0


def test_a_word_loads_itself_and_none_of_the_others() -> None:
    script = "import sys; from o2d.__main__ import app; app(sys.argv[1:], standalone_mode=False); print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", script, "token", "--role", "planner"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {
        name.removeprefix("o2d.commands.") for name in said.stdout.split() if name.startswith("o2d.commands.")
    }
    assert loaded == {"token"}


def test_a_word_that_is_none_is_refused_with_those_that_are_like_it() -> None:
    refused = o2d("verfy")
    assert refused.exit_code == 2
    assert "Did you mean 'verify'?" in refused.output


def test_a_word_that_cannot_be_loaded_is_not_called_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> ModuleType:
        raise KeyError("planted")

    monkeypatch.setattr(importlib, "import_module", broken)
    __main__._loaded.cache_clear()
    failed = o2d("token")
    assert (type(failed.exception), "No such command" in failed.output) == (KeyError, False)


def test_a_token_of_the_local_issuer_is_trusted_and_names_its_role_and_party(home: Home) -> None:
    issuer.make_keys(home)
    token = o2d("token", "--role", "customer", "--party", "acme").output.strip()
    principal = Verifier(home.jwks, issuer.NAME).of_token(token)
    assert (principal.subject, principal.role, principal.party) == ("local-customer", "customer", "acme")
    as_json = json.loads(o2d("token", "--role", "planner", "-o", "json").output)
    assert Verifier(home.jwks, issuer.NAME).of_token(as_json[0]["token"]).role == "planner"


def test_a_token_of_another_home_is_not_trusted(home: Home, tmp_path: Path) -> None:
    issuer.make_keys(home)
    other = Home(tmp_path / "other")
    other.prepare()
    issuer.make_keys(other)
    token = issuer.sign(other, "admin")
    with pytest.raises(Unauthenticated):
        Verifier(home.jwks, issuer.NAME).of_token(token)


def test_keys_are_made_once_and_the_private_half_is_closed(home: Home) -> None:
    issuer.make_keys(home)
    before = home.jwks.read_text()
    issuer.make_keys(home)
    assert home.jwks.read_text() == before
    assert "d" not in json.loads(before)["keys"][0]
    assert stat.S_IMODE(home.issuer_key.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--role", "king"), "there is no role king"),
        (("--role", "link"), "there is no role link"),
        (("--role", "vendor"), "a vendor acts for a party"),
        (("--role", "planner", "--party", "acme"), "a planner acts for no party"),
    ],
)
def test_a_token_that_no_service_would_take_is_refused(
    home: Home, words: tuple[str, ...], sentence: str
) -> None:
    issuer.make_keys(home)
    refused = o2d("token", *words)
    assert refused.exit_code == 2
    assert sentence in " ".join(refused.output.replace("│", " ").split())


def test_before_the_first_start_a_token_is_refused_with_what_to_do(home: Home) -> None:
    refused = o2d("token", "--role", "admin")
    assert refused.exit_code == 1
    assert refused.output == f"There is no issuer in {home.path} yet.\n`o2d up` makes it.\n"


def test_status_and_down_say_that_nothing_runs(home: Home) -> None:
    status = o2d("status", "-o", "json")
    assert (status.exit_code, status.stdout) == (3, "")
    assert f"o2d does not run in {home.path}" in status.stderr
    assert o2d("down").output == f"o2d does not run in {home.path}.\n"


def test_a_start_that_goes_on_is_not_called_absent(home: Home) -> None:
    with home.lock():
        status = o2d("status")
    assert (status.exit_code, status.stderr) == (
        1,
        f"o2d is still starting in {home.path} (process {os.getpid()}).\n",
    )


@pytest.mark.parametrize("clock", ["stepped:2026-03-02", "rate:0", "noon"])
def test_a_clock_that_is_none_is_refused_before_anything_starts(clock: str) -> None:
    refused = o2d("up", "--clock", clock)
    assert refused.exit_code == 2
    assert "--clock" in refused.output


def test_without_space_a_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("O2D_FREE_MB_MIN", str(10**12))
    refused = o2d("up")
    assert refused.exit_code == 1
    assert "are needed.\nFree some, or set O2D_HOME to a larger disk.\n" in refused.output


def test_a_folder_that_may_not_be_written_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    # Root may write anywhere: it becomes nobody after a first refusal has loaded all that nobody might not read.
    script = """
import os, sys
from o2d.__main__ import app
from o2d.commands.soak import PATTERN
from typer.testing import CliRunner
o2d = CliRunner()
o2d.invoke(app, ["up"], env={"O2D_HOME": sys.argv[2], "O2D_FREE_MB_MIN": "999999999"})
if os.getuid() == 0:
    os.setgroups([])
    os.setuid(int(sys.argv[1]))
refused = o2d.invoke(app, ["up"])
print(refused.exit_code, refused.output, refused.exception)
"""
    said = subprocess.run(
        [sys.executable, "-c", script, str(pwd.getpwnam("nobody").pw_uid), str(tmp_path / "open")],
        env={**os.environ, "O2D_HOME": str(closed / "home")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.startswith(
        f"1 {closed / 'home'} cannot be written.\nSet O2D_HOME to a folder of yours"
    )


def test_doctor_finds_nothing_wrong_and_says_what_it_saw(home: Home) -> None:
    outcome = o2d("doctor", "-o", "jsonl")
    findings = {one["check"]: one for one in map(json.loads, outcome.output.splitlines())}
    assert outcome.exit_code == 0, outcome.output
    assert set(findings) >= {"java", "postgresql", "ports", "disk", "memory", "broker", "database"}
    assert str(home.path) in findings["home"]["found"]


def test_doctor_says_what_is_wrong_and_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("O2D_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("O2D_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/postgres")
    monkeypatch.setenv("COLUMNS", "200")
    outcome = o2d("doctor", "-o", "json")
    wrong = {one["check"]: one for one in json.loads(outcome.output) if not one["well"]}
    assert outcome.exit_code == 1
    assert set(wrong) == {"broker", "database"}
    assert wrong["broker"]["found"] == "127.0.0.1:1 does not answer"
    assert "O2D_KAFKA_BOOTSTRAP" in wrong["broker"]["mend"]
    assert "O2D_DATABASE_URL" in wrong["database"]["mend"]
    assert "does not answer" in o2d("doctor").output


def test_a_soak_that_is_none_is_refused_with_the_names_of_those_that_are_there() -> None:
    result = o2d("soak", "sunshine")
    assert result.exit_code == 1
    assert "There is no soak sunshine" in result.output
    assert "kill-table" in result.output


def test_a_soak_is_collected_by_its_command_alone(pytestconfig: pytest.Config) -> None:
    root = Path(__file__).parents[3]
    soaks = list((root / "tests/faults/soak").glob("soak_*.py"))
    usual = pytestconfig.getini("python_files")
    assert soaks
    assert not [file for file in soaks if any(fnmatch(file.name, pattern) for pattern in usual)]
    soak = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/faults/soak", "-o", f"python_files={PATTERN}"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert soak.returncode == 0
    assert "soak_kill_table.py" in soak.stdout
