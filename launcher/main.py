"""The commands of manage.py: what each takes, and who does it."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from launcher import environment, folder
from launcher.console import Refusal, say, use_safe_output
from launcher.program import data_folder, flask, variables_for

# What argparse says in English only.
MISTAKES = (
    (r"argument COMMAND: invalid choice: '(.*?)'", "没有“{}”这个命令"),
    (r"the following arguments are required: (.*)", "还缺少 {}"),
    (r"unrecognized arguments: (.*)", "不认识 {}"),
    (r"argument (\S+): expected one argument", "{} 后面还缺少一个值"),
    (r"argument (\S+): (\S+) is no port", "{}：{} 不是端口，应是 1 到 65535 的整数"),
)
# Commands that need the packages of the tests as well.
DEVELOPMENT_COMMANDS = {"test", "prove", "pin"}
# Commands that bring packages instead of using them.
BARE_COMMANDS = {"bundle", "new-feature"}
# Commands that mean an installation, which they must not make by mistake.
NEED_INSTALLATION = {"check", "backup", "jobs"}


class Parser(argparse.ArgumentParser):
    """A parser that says in one sentence, in the language of the terminal, what is wrong with a command."""

    def error(self, message: str) -> NoReturn:
        """End the program with what is wrong and where the description is."""
        for pattern, chinese in MISTAKES:
            found = re.search(pattern, message)
            if found is not None:
                message = say(chinese.format(*found.groups()), message)
                break
        sentence = say(
            f"{message}。用法见 {self.prog} --help", f"{message}. For the usage: {self.prog} --help"
        )
        self.exit(2, f"{sentence}\n")


def parser() -> argparse.ArgumentParser:
    """Return the description of all commands."""
    top = Parser(prog="manage.py", description="章程 Zhangcheng")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, chinese: str, english: str, *, data: bool = True) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=say(chinese, english), description=say(chinese, english))
        if data:
            command.add_argument(
                "--data",
                type=Path,
                metavar="DIR",
                help=say("数据目录，默认 instance", "data folder (instance)"),
            )
        return command

    run = add("run", "启动系统", "start the system")
    run.add_argument("--port", type=port_number, metavar="N", help=say("端口，默认 8000", "port (8000)"))
    run.add_argument("--host", metavar="H", help=say("监听地址", "address to listen on"))
    run.add_argument("--empty", action="store_true", help=say("不装演示数据", "without the demo company"))
    run.add_argument(
        "--verify-only", action="store_true", help=say("只开放验证页", "the verification page only")
    )
    run.add_argument("--no-jobs", action="store_true", help=say("不运行后台任务", "without background work"))

    check = add("check", "检查数据是否完整", "examine the data")
    check.add_argument(
        "--against", type=Path, metavar="FILE.zip", help=say("与旧备份对照", "compare with a backup")
    )
    backup = add("backup", "备份（不停机）", "back up while running")
    backup.add_argument("file", nargs="?", type=Path, metavar="FILE.zip")
    restore = add("restore", "恢复到空目录", "restore into an empty folder")
    restore.add_argument("file", type=Path, metavar="FILE.zip")
    certificate = add("certificate", "制作 HTTPS 证书", "make a certificate for HTTPS")
    certificate.add_argument(
        "names", nargs="*", metavar="NAME", help=say("主机名或地址", "host names or addresses")
    )
    jobs = add("jobs", "单独运行后台任务", "run background work as a process of its own")
    jobs.add_argument("--once", action="store_true", help=say("做完即止", "what is due, then stop"))

    add_development_commands(add)
    return top


def parser_of(command: str) -> argparse.ArgumentParser:
    """Return the description of one command, whose errors point at its own help."""
    commands = next(one for one in parser()._actions if isinstance(one, argparse._SubParsersAction))
    found: argparse.ArgumentParser = commands.choices[command]
    return found


def add_development_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Describe the commands for those who develop or distribute the program."""
    test = add("test", "运行全部检查与测试", "run all checks and tests", data=False)
    test.add_argument(
        "--all", action="store_true", help=say("含浏览器和 PostgreSQL", "browser and PostgreSQL too")
    )
    prove = add("prove", "运行证明与性能测量", "run proofs and benchmarks", data=False)
    prove.add_argument("names", nargs="*", metavar="NAME", help=say("只运行这些", "only these"))
    bundle = add("bundle", "制作离线安装包", "make a package for installation without internet", data=False)
    bundle.add_argument("file", nargs="?", type=Path, metavar="FILE.zip")
    bundle.add_argument(
        "--platform",
        action="append",
        metavar="TAG",
        help=say("目标系统，如 win_amd64", "target, e.g. win_amd64"),
    )
    bundle.add_argument("--python", metavar="3.12", help=say("目标 Python 版本", "Python of the target"))
    feature = add("new-feature", "生成新功能的骨架", "write the skeleton of a feature", data=False)
    feature.add_argument("name")
    add("pin", "重新锁定软件包版本", "pin the newest packages", data=False)


def port_number(text: str) -> int:
    """Return a port from 1 to 65535; raises ArgumentTypeError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text} is no port: a whole number from 1 to 65535")
    return int(text)


def main(arguments: Sequence[str]) -> int:
    """Carry out a command and return the exit code; what cannot be done ends with one sentence."""
    use_safe_output()
    given = list(arguments)
    if not given or given[0] == "help":
        parser().print_help()
        return 0
    options, rest = parser().parse_known_args(given)
    if rest and options.command != "test":
        parser_of(options.command).error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        if options.command not in BARE_COMMANDS:
            environment.enter(given, development=options.command in DEVELOPMENT_COMMANDS)
        return dispatch(options, rest)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def dispatch(options: argparse.Namespace, rest: list[str]) -> int:
    """Call the command that was parsed; the modules are imported here so that each start stays quick."""
    if options.command == "run":
        from launcher import serve  # slow import

        return serve.run(options)
    if options.command == "test":
        from launcher import testing  # slow import

        return testing.run(everything=options.all, arguments=rest)
    if options.command == "prove":
        from launcher import proving  # slow import

        return proving.run(options.names)
    if options.command == "bundle":
        from launcher import bundle  # slow import

        return bundle.run(options)
    if options.command == "new-feature":
        from launcher import skeleton  # slow import

        return skeleton.run(options.name)
    if options.command == "pin":
        from launcher import pinning  # slow import

        return pinning.run()
    return program_command(options)


def program_command(options: argparse.Namespace) -> int:
    """Hand a command over to the program's own command line, on the chosen data folder."""
    data = data_folder(options)
    variables = variables_for(data)
    command = [options.command]
    if options.command == "restore":
        # the folder must stay empty until the copy is unpacked; cookies are not signed meanwhile
        variables["SECRET_KEY"] = os.urandom(32).hex()
        folder.make(data)
        command.append(str(existing(options.file)))
    else:
        if options.command in NEED_INSTALLATION and folder.kind(data) is None:
            raise Refusal(
                f"{data} 还不是一个安装好的数据目录，请先 manage.py run，或用 --data 指定。",
                f"There is no installation in {data}: start manage.py run first, or name another (--data).",
            )
        folder.prepare(data)
    if options.command == "backup" and options.file:
        command.append(str(options.file.absolute()))
    if options.command == "check" and options.against:
        command += ["--against", str(existing(options.against))]
    if options.command == "certificate":
        command += options.names
    if options.command == "jobs" and options.once:
        command.append("--once")
    return flask(command, variables)


def existing(path: Path) -> Path:
    """Return the absolute path of a file that was named (commands run in the program's folder). Raises Refusal."""
    if not path.is_file():
        raise Refusal(f"找不到文件 {path}，请检查路径。", f"There is no file {path}: check the path.")
    return path.absolute()
