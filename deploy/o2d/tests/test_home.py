"""The folder of an installation: secrets, ports, lock, and what it says when it cannot be used."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from o2d.home import Home, home_folder
from o2d.local import ports
from o2d.local.services import ServiceSpec, Surroundings
from o2d.trouble import CannotStart, of_file


def test_a_secret_stays_the_same_and_is_closed_to_others(home: Home) -> None:
    first = home.secret("link")
    assert Home(home.path).secret("link") == first
    assert home.secret("other") != first
    assert stat.S_IMODE((home.path / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_a_second_holder_of_a_home_is_refused_by_name(home: Home) -> None:
    with home.lock():
        assert home.running() == os.getpid()
        with pytest.raises(CannotStart, match=rf"already runs in .* \(process {os.getpid()}\)"), home.lock():
            pytest.fail("two hold the same home")
    assert home.running() is None


def test_a_home_is_free_again_when_its_holder_was_killed(home: Home) -> None:
    script = (
        "import sys, signal; from pathlib import Path; from o2d.home import Home\n"
        "with Home(Path(sys.argv[1])).lock(): print('held', flush=True); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", script, home.path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        assert home.running() == holder.pid
        holder.kill()
    assert home.running() is None


def test_damaged_secrets_are_said_with_their_place(home: Home) -> None:
    (home.path / "secrets.json").write_text("{")
    with pytest.raises(CannotStart, match=r"secrets\.json is damaged"):
        home.secret("link")


def test_too_little_space_is_said_with_the_numbers(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("O2D_FREE_MB_MIN", "999999999")
    with pytest.raises(CannotStart, match=r"MB are free for .*, and 999999999 MB are needed"):
        home.prepare()


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "no space left"),
        (errno.EROFS, "cannot be written"),
        (errno.EACCES, "cannot be written"),
        (errno.EIO, "cannot be used"),
    ],
)
def test_an_error_of_the_system_becomes_a_sentence(number: int, sentence: str) -> None:
    assert sentence in str(of_file(OSError(number, os.strerror(number)), Path("somewhere")))


def test_the_home_lies_in_the_clone_unless_it_is_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("O2D_HOME", raising=False)
    clone = tmp_path / "clone"
    (clone / "deep" / "down").mkdir(parents=True)
    (clone / "pyproject.toml").write_text('[project]\nname = "o2d-workspace"\n')
    monkeypatch.chdir(clone / "deep" / "down")
    assert home_folder() == clone / ".o2d"
    monkeypatch.setenv("O2D_HOME", str(tmp_path / "elsewhere"))
    assert home_folder() == tmp_path / "elsewhere"


def test_wanted_ports_are_kept_where_they_are_free() -> None:
    free = ports.choose({"a": 0, "b": 0})
    assert len(set(free.values())) == 2
    assert ports.choose(free) == free


def test_a_port_that_was_chosen_but_has_no_listener_yet_is_not_chosen_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = ports.choose({"a": 0})["a"]
    offered, bound = [first, 0], ports._bound
    monkeypatch.setattr(ports, "_bound", lambda _: bound(offered.pop(0)))
    assert ports.choose({"b": 0})["b"] != first


def test_a_taken_port_is_said_with_its_holder() -> None:
    with ports._bound(0) as listener:
        taken = listener.getsockname()[1]
        assert ports.choose({"kafka": taken})["kafka"] != taken
        with pytest.raises(CannotStart, match=rf"Port {taken} for orders is taken by process {os.getpid()}"):
            ports.insist({"orders": taken}, "Stop it.")


def test_two_starts_at_a_time_do_not_choose_the_same_port() -> None:
    script = (
        "import sys, signal; from o2d.local import ports\n"
        "print(ports.choose({'orders': int(sys.argv[1])})['orders'], flush=True); sys.stdin.read()"
    )
    with ports._bound(0) as listener:
        wanted = listener.getsockname()[1]
    words = [sys.executable, "-c", script, str(wanted)]
    with (
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first,
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as second,
    ):
        assert first.stdout
        assert second.stdout
        chosen = {first.stdout.readline(), second.stdout.readline()}
        first.communicate()
        second.communicate()
    assert len(chosen) == 2
    assert f"{wanted}\n" in chosen


def test_portals_are_told_where_each_of_them_is_reached(home: Home) -> None:
    names = ("orders", "materials", "service-desk", "vendors", "control-tower")
    around = Surroundings(
        home, "kafka:1", dict.fromkeys(names, "dsn"), dict(zip(names, range(8700, 8705), strict=True))
    )
    told = {name: around.environment(ServiceSpec(name, ()))["O2D_PORTAL_URLS"] for name in names[:-1]}
    assert set(told.values()) == {told["orders"]}
    urls = {number: f"http://127.0.0.1:{number}" for number in (8700, 8702, 8703)}
    assert json.loads(told["orders"]) == {
        "orders": urls[8700], "service-desk": urls[8702], "vendors": urls[8703]
    }  # fmt: skip
