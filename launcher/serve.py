"""``manage.py run``: make the data folder ready, bring the database up to date, serve, say where."""

import argparse
import json
import os
import subprocess

from launcher import folder, server
from launcher.console import Refusal, tell
from launcher.environment import ROOT
from launcher.program import data_folder, flask_command, variables_for
from launcher.server import Report
from launcher.site import choose_site
from launcher.standing import standing


def run(options: argparse.Namespace) -> int:
    """Start the system and return when it was stopped."""
    data = data_folder(options)
    folder.remove_unfinished_demo(data)
    folder.prepare(data)
    variables = variables_for(data)
    report = standing(data, variables)
    if report is None:
        report = set_up(variables, demo=not options.empty and not options.verify_only)
    is_open = report["ready"] and not report["demo"]
    site = choose_site(data, options.host, options.port, is_open=is_open)
    # behind a proxy that ends HTTPS the environment says so
    if site.certificate or "ZHANGCHENG_SCHEME" not in variables:
        variables["ZHANGCHENG_SCHEME"] = site.scheme
    if options.verify_only:
        variables["ZHANGCHENG_VERIFY_ONLY"] = "1"
    os.environ.update(variables)
    os.chdir(ROOT)
    server.serve(site, report, jobs=not options.no_jobs and not options.verify_only)
    tell("已停止。", "Stopped.")
    return 0


def set_up(variables: dict[str, str], *, demo: bool) -> Report:
    """Let the program bring its database up to date; return what it reports: demo or not, set up or not.

    Raises Refusal where that fails; its own words have been printed by then.
    """
    command = flask_command(["setup", "--demo" if demo else "--empty"])
    done = subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Refusal("系统未能启动，原因见上。", "The system could not be started, for the reason above.")
    report: Report = json.loads(done.stdout.strip().splitlines()[-1])
    return report
