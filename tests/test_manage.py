import errno
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import zipfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic.script import ScriptDirectory

import config
from launcher import (
    bundle,
    environment,
    folder,
    main,
    postgres,
    proving,
    server,
    site,
    skeleton,
    standing,
    testing,
)
from launcher.console import Refusal, say

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def test_launcher_speaks_the_language_of_the_terminal(monkeypatch):
    assert say("中文", "English") == "English"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert say("中文", "English") == "中文"


def test_old_python_is_told_what_is_needed(monkeypatch):
    code = "import sys; sys.version_info = (3, 9, 0); sys.argv = ['manage.py', 'run']; import manage; manage.main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PATH": ""}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; this is 3.9" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "chinese", "english"),
    [
        (["frobnicate"], "没有“frobnicate”这个命令。", "invalid choice: 'frobnicate'"),
        (["run", "--port", "abc"], "abc 不是端口，应是 1 到 65535 的整数。", "abc is no port"),
        (["run", "--port", "99999"], "99999 不是端口", "99999 is no port"),
        (["run", "--port"], "--port 后面还缺少一个值。", "expected one argument"),
        (["restore"], "还缺少 FILE.zip。", "the following arguments are required: FILE.zip"),
        (["check", "--nope"], "不认识 --nope。", "unrecognized arguments: --nope"),
    ],
)
def test_a_mistyped_command_gets_one_sentence_in_the_language_of_the_terminal(
    monkeypatch, capsys, arguments, chinese, english
):
    for language, said in (("zh_CN.UTF-8", chinese), ("en_US.UTF-8", english)):
        monkeypatch.setenv("LC_ALL", language)
        with pytest.raises(SystemExit) as ended:
            main.main(arguments)
        assert ended.value.code == 2
        error = capsys.readouterr().err
        assert said in error
        assert "--help" in error
        assert error.count("\n") == 1


def test_an_option_nobody_knows_leads_to_the_help_of_its_own_command(capsys):
    with pytest.raises(SystemExit):
        main.main(["check", "--nope"])
    assert "manage.py check --help" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named_before_anything_starts(monkeypatch, tmp_path):
    monkeypatch.setattr(main, "flask", lambda *_: pytest.fail("the program was started"))
    monkeypatch.setattr(main.environment, "enter", lambda *_, **__: None)
    options = main.parser().parse_args(["restore", "nowhere.zip", "--data", str(tmp_path / "fresh")])
    with pytest.raises(Refusal, match=r"There is no file nowhere\.zip"):
        main.program_command(options)


def test_a_file_is_meant_from_where_the_person_stands(monkeypatch, tmp_path):
    started = []
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.zip").touch()
    folder.prepare(tmp_path / "data")
    folder.set_kind(tmp_path / "data", folder.REAL)
    monkeypatch.setattr(main, "flask", lambda command, variables: started.append(command) or 0)
    for given in (
        ["backup", "new.zip", "--data", "data"],
        ["check", "--against", "old.zip", "--data", "data"],
        ["restore", "old.zip", "--data", "fresh"],
    ):
        assert main.program_command(main.parser().parse_args(given)) == 0
    assert [command[-1] for command in started] == [
        str(tmp_path / "new.zip"),
        str(tmp_path / "old.zip"),
        str(tmp_path / "old.zip"),
    ]


def test_unknown_command_is_refused_with_the_list(capsys):
    with pytest.raises(SystemExit):
        main.main(["fly"])
    assert "backup" in capsys.readouterr().err


def test_help_names_every_command(capsys):
    assert main.main([]) == 0
    text = capsys.readouterr().out
    for name in ("run", "test", "prove", "check", "backup", "restore", "certificate", "jobs", "bundle"):
        assert f"\n    {name} " in text or f"\n    {name}\n" in text


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_impossible_port_is_refused(port, capsys):
    with pytest.raises(SystemExit):
        main.main(["run", "--port", port])
    assert "--port" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "backup", "jobs"])
def test_command_on_a_folder_without_installation_makes_none(tmp_path, command, monkeypatch, capsys):
    monkeypatch.setattr(environment, "enter", lambda *_, **__: None)
    assert main.main([command, "--data", str(tmp_path / "none")]) == 2
    assert "There is no installation in" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


# the data folder


def test_prepared_folder_holds_files_and_keys_for_the_owner_only(tmp_path):
    data = tmp_path / "data"
    folder.prepare(data)
    assert sorted(path.name for path in data.iterdir()) == ["files", "keys"]
    assert [path.name for path in (data / "keys").iterdir()] == ["secret_key"]
    assert (data / "keys").stat().st_mode & 0o777 == 0o700
    assert (data / "keys" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_secret_is_made_once_and_accepted_by_production(tmp_path):
    folder.prepare(tmp_path)
    first = (tmp_path / "keys" / "secret_key").read_text()
    folder.prepare(tmp_path)
    assert first == config.Production({"ZHANGCHENG_DATA": str(tmp_path)}).SECRET_KEY


def test_folder_that_is_a_file_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(Refusal, match=r"The data folder .*data cannot be used"):
        folder.prepare(tmp_path / "data")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "is full: free at least 50 MB"),
        (errno.EROFS, "is read-only"),
        (errno.EACCES, "may not be written"),
        (errno.EIO, "cannot be used: "),
    ],
)
def test_disk_that_cannot_be_written_is_explained(tmp_path, monkeypatch, number, sentence):
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(Refusal, match=sentence):
        folder.prepare(tmp_path)


def test_nearly_full_disk_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(folder.shutil, "disk_usage", lambda path: SimpleNamespace(free=1_000_000))
    with pytest.raises(Refusal, match="is full"):
        folder.prepare(tmp_path)


def test_kind_of_a_folder_is_written_once(tmp_path):
    folder.prepare(tmp_path)
    assert folder.kind(tmp_path) is None
    folder.set_kind(tmp_path, folder.LOADING)
    assert not config.is_demo(tmp_path)
    folder.set_kind(tmp_path, folder.DEMO)
    assert config.is_demo(tmp_path)
    folder.set_kind(tmp_path, folder.DEMO)
    with pytest.raises(Refusal, match="is a demo one for good"):
        folder.set_kind(tmp_path, folder.REAL)
    assert folder.kind(tmp_path) == "demo"


def test_interrupted_demo_starts_afresh_and_nothing_else_is_ever_removed(tmp_path):
    folder.prepare(tmp_path)
    database = tmp_path / "database.sqlite3"
    for kind in (None, folder.LOADING, folder.REAL):
        database.write_text("rows")
        if kind:
            (tmp_path / "keys" / "installation").write_text(kind)
        folder.remove_unfinished_demo(tmp_path)
        assert database.exists() == (kind != folder.LOADING)


# where to serve


@pytest.mark.parametrize(("is_open", "host"), [(False, "127.0.0.1"), (True, "0.0.0.0")])
def test_only_a_company_that_was_set_up_is_open_to_the_office(tmp_path, is_open, host, monkeypatch):
    monkeypatch.setattr(site, "choose_port", lambda host, wanted: 8000)
    assert site.choose_site(tmp_path, None, None, is_open=is_open).host == host
    assert site.choose_site(tmp_path, "192.168.1.5", None, is_open=is_open).host == "192.168.1.5"


def test_certificate_of_the_folder_makes_the_site_secure(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "choose_port", lambda host, wanted: 8443)
    assert site.choose_site(tmp_path, None, None, is_open=True).address("portal") == "http://portal:8443/"
    (tmp_path / "keys" / "https").mkdir(parents=True)
    for name in ("server.pem", "server-key.pem"):
        (tmp_path / "keys" / "https" / name).write_text("x")
    assert site.choose_site(tmp_path, None, None, is_open=True).address("portal") == "https://portal:8443/"


def test_usual_ports_are_not_shown():
    assert site.Site("0.0.0.0", 80).address("portal") == "http://portal/"
    assert site.Site("::", 8000).address("::1") == "http://[::1]:8000/"


def test_taken_port_is_refused_where_it_was_asked_for_and_avoided_elsewhere(capsys, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refusal, match=rf"Port {port} cannot be used \(Address already in use\)"):
            site.choose_port("127.0.0.1", port)
        monkeypatch.setattr(site, "DEFAULT_PORT", port)
        monkeypatch.setattr(site, "LAST_PORT", port)
        with pytest.raises(Refusal, match="name one"):
            site.choose_port("127.0.0.1", None)
        monkeypatch.setattr(site, "LAST_PORT", min(port + 20, 65535))
        chosen = site.choose_port("127.0.0.1", None)
    assert chosen > port
    assert f"Port {port} is taken, using {chosen} instead." in capsys.readouterr().out


def test_address_of_another_computer_cannot_be_listened_on():
    with pytest.raises(Refusal, match="cannot be used"):
        site.choose_port("192.0.2.1", 8000)


def test_own_names_are_shown_where_the_server_listens_everywhere(monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: None)
    assert site.reachable_hosts("127.0.0.1") == ["127.0.0.1"]
    assert site.reachable_hosts("0.0.0.0")[:2] == ["localhost", socket.gethostname()]


# how an installation stands


def installation(tmp_path: Path, kind: str = "real", revision: str | None = None) -> Path:
    """A data folder with the two tables the launcher looks at."""
    folder.prepare(tmp_path)
    folder.set_kind(tmp_path, kind)
    with closing(sqlite3.connect(tmp_path / "database.sqlite3")) as database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES (?)", [revision or standing.newest_migration()])
        database.execute('CREATE TABLE "user" (id INTEGER)')
        database.commit()
    return tmp_path


def test_standing_of_an_ordinary_start_is_told_without_the_program(tmp_path):
    data = installation(tmp_path)
    assert standing.standing(data, {}) == {"demo": False, "ready": False}
    with closing(sqlite3.connect(data / "database.sqlite3")) as database:
        database.execute('INSERT INTO "user" VALUES (1)')
        database.commit()
    assert standing.standing(data, {}) == {"demo": False, "ready": True}


def test_program_is_asked_where_the_launcher_is_not_sure(tmp_path):
    assert standing.standing(tmp_path / "new", {}) is None
    assert standing.standing(installation(tmp_path / "old", revision="2020_01_old"), {}) is None
    data = installation(tmp_path / "demo", kind="demo")
    assert standing.standing(data, {"DATABASE_URL": "postgresql://h/d"}) is None
    assert standing.standing(data, {}) == {"demo": True, "ready": False}
    (data / "database.sqlite3").unlink()
    sqlite3.connect(data / "database.sqlite3").close()
    assert standing.standing(data, {}) is None


def test_damaged_database_is_refused_before_anything_is_written(tmp_path):
    data = installation(tmp_path)
    (data / "database.sqlite3").write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    with pytest.raises(Refusal, match=r"is damaged .* restore the latest backup"):
        standing.standing(data, {})


def test_newest_migration_is_the_one_the_history_ends_with(app):
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert standing.newest_migration() == scripts.get_current_head()


def test_launcher_gives_up_waiting_when_it_is_stopped(monkeypatch):
    stopping = threading.Event()
    stopping.set()
    assert server.wait_until_ready(site.Site("127.0.0.1", postgres.free_port()), stopping) is False


# the environment


def test_installation_is_recognised_by_the_content_of_its_pins(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.txt").write_text("flask==3")
    assert not environment.is_installed("requirements.txt")
    environment.marker("requirements.txt").write_text(environment.fingerprint("requirements.txt"))
    assert environment.is_installed("requirements.txt")
    (tmp_path / "requirements.txt").write_text("flask==4")
    assert not environment.is_installed("requirements.txt")


def test_bundle_installs_from_its_own_wheels_and_from_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    assert "--no-index" not in environment.install_command("requirements.txt")
    (tmp_path / "wheels").mkdir()
    command = environment.install_command("requirements.txt")
    assert command[command.index("--no-index") :] == [
        "--no-index", "--find-links", str(tmp_path / "wheels"), "-r", str(tmp_path / "requirements.txt"),
    ]  # fmt: skip
    assert "--require-hashes" in command


def test_failed_installation_names_mirror_and_bundle_and_is_not_remembered(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(
        environment, "install_command", lambda name: [sys.executable, "-c", "raise SystemExit(1)"]
    )
    with pytest.raises(Refusal, match="PIP_INDEX_URL"):
        environment.install("requirements.txt")
    assert not environment.is_installed("requirements.txt")


# bundle, skeleton, prove, test


def test_bundle_leaves_data_and_caches_at_home(tmp_path, monkeypatch):
    for name in (
        "manage.py",
        "app/x.py",
        "instance/database.sqlite3",
        ".git/config",
        "app/__pycache__/x.pyc",
    ):
        (tmp_path / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "src" / name).write_text("x")
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "flask.whl").write_text("x")
    monkeypatch.setattr(bundle, "ROOT", tmp_path / "src")
    assert bundle.write(tmp_path / "out.zip", tmp_path / "wheels") == 3
    names = zipfile.ZipFile(tmp_path / "out.zip").namelist()
    assert sorted(names) == ["zhangcheng/app/x.py", "zhangcheng/manage.py", "zhangcheng/wheels/flask.whl"]


def test_bundle_for_another_system_asks_for_its_packages(tmp_path):
    command = bundle.download_command(tmp_path, ["win_amd64"], "3.12")
    assert command[command.index("--platform") :][:4] == [
        "--platform",
        "win_amd64",
        "--python-version",
        "3.12",
    ]
    assert "--require-hashes" in command


def test_skeleton_of_a_feature_is_python_in_the_right_places():
    made = skeleton.files("price_lists")
    names = {path.as_posix() for path in made}
    assert {"app/features/price_lists/models.py", "templates/price_lists/list.html"} <= names
    for path, text in made.items():
        if path.suffix == ".py":
            compile(text, path.name, "exec")
    assert 'VIEW = "price_lists:price_list:view"' in made[Path("app/features/price_lists/enums.py")]
    assert 'url_prefix="/price-lists"' in made[Path("app/features/price_lists/views.py")]


@pytest.mark.parametrize(
    ("plural", "singular"),
    [("inquiries", "inquiry"), ("boxes", "box"), ("seals", "seal"), ("branches", "branch")],
)
def test_singular_is_found(plural, singular):
    assert skeleton.singular_of(plural) == singular


@pytest.mark.parametrize("name", ["Quotations", "../x", "a", "class", "price-lists", "quotations"])
def test_skeleton_refuses_bad_and_taken_names(name):
    with pytest.raises(Refusal):
        skeleton.run(name)


def test_prove_keeps_the_figures_of_what_held_and_of_what_did_not(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(proving, "ROOT", tmp_path)
    (tmp_path / "proofs").mkdir()
    (tmp_path / "proofs" / "one.py").write_text("def main():\n    print('42 a second')\n\nmain()\n")
    (tmp_path / "proofs" / "two.py").write_text(
        "import sys\ndef main():\n    print('no')\n\nmain()\nsys.exit(1)\n"
    )
    (tmp_path / "proofs" / "_help.py").write_text("def main(): pass\n")
    (tmp_path / "proofs" / "two.py").write_text(
        "import sys\n\ndef main():\n    print('no')\n\nmain()\nsys.exit(1)\n"
    )
    (tmp_path / "proofs" / "one.py").write_text("\ndef main():\n    print('42 a second')\n\nmain()\n")
    assert proving.run([]) == 1
    held = (tmp_path / "proofs" / "figures" / "one.txt").read_text()
    assert "; held\n" in held
    assert held.endswith("42 a second\n")
    assert "; FAILED\n" in (tmp_path / "proofs" / "figures" / "two.txt").read_text()
    assert proving.run(["one"]) == 0
    with pytest.raises(Refusal, match="known are: one, two"):
        proving.run(["three"])


def entry(lines: tuple[int, int], branches: tuple[int, int]) -> dict:
    return {
        "summary": {
            "covered_lines": lines[0],
            "num_statements": lines[1],
            "covered_branches": branches[0],
            "num_branches": branches[1],
        }
    }


def test_coverage_is_judged_for_core_and_for_each_flow_and_actions():
    files = {
        "app/core/a.py": entry((100, 100), (9, 10)),
        "app/core/b.py": entry((90, 100), (10, 10)),
        "app/features/x/flow.py": entry((94, 100), (0, 0)),
        "app/features/x/actions.py": entry((96, 100), (1, 2)),
        "app/features/x/views.py": entry((0, 100), (0, 2)),
    }
    assert testing.coverage_shortfalls(files) == [
        "app/features/x/flow.py: 94.0 % of lines, at least 95 % are due",
        "app/features/x/actions.py: 50.0 % of branches, at least 95 % are due",
    ]


def test_a_judged_file_that_no_test_imports_is_named():
    files = {
        path.relative_to(testing.ROOT).as_posix(): entry((1, 1), (0, 0))
        for path in (testing.ROOT / "app").rglob("*.py")
    }
    assert testing.unmeasured(files) == []
    for name in ("app/core/uow.py", "app/features/quotations/flow.py", "app/features/quotations/views.py"):
        del files[name]
    assert testing.unmeasured(files) == [
        "app/core/uow.py: not measured",
        "app/features/quotations/flow.py: not measured",
    ]


def test_missing_coverage_report_is_a_failure(tmp_path):
    assert testing.judge_coverage(tmp_path / "none.json") == 1


def test_one_failed_check_fails_the_whole(capsys):
    assert testing.conclude({"ruff": 0, "pytest": 0}, 3) == 0
    assert testing.conclude({"ruff": 1, "pytest": 0}, 3) == 1
    assert "Failed: ruff" in capsys.readouterr().out


def test_given_postgresql_server_is_used_and_none_started(monkeypatch):
    monkeypatch.setenv("POSTGRES_TEST_URL", "postgresql://given/one")
    monkeypatch.setattr(postgres, "make_cluster", lambda *_: pytest.fail("a server was made"))
    with postgres.server() as url:
        assert url == "postgresql://given/one"
