"""The whole portal as one thing: ``make run``.

Starts the embedded servers where no address is given, makes the database ready, then
keeps the web server, the worker, the timetable and the ticker running under one
supervisor. What cannot start ends in one sentence.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from qsg_portal.children import Child, adopt_orphans
from qsg_portal.embedded import Broker, Database
from qsg_portal.plan import Plan, portal_processes
from qsg_portal.supervisor import Stopped, Supervisor
from qsg_portal.surroundings import CannotStart, Claim


def start_servers(supervisor: Supervisor, plan: Plan) -> None:
    """Start the embedded PostgreSQL and Valkey, as far as no address was given.

    Raises:
        CannotStart: one does not start; the sentence says why.
    """
    if plan.database_is_ours:
        supervisor.say(f"Starting PostgreSQL in {plan.data_dir} ...")
        database = Database(plan.data_dir, archive=plan.archive)
        database.lay_out()
        supervisor.wait_for(lambda: not database.still_held(), seconds=30)
        child = Child(
            "database",
            database.command(),
            user=database.user,
            cwd=Path("/"),
            stop_signal=signal.SIGINT,
            patience=20,
        )
        _start_server(supervisor, child, database.answers, plan)
        database.make_roles()
    if plan.broker_is_ours:
        broker = Broker(plan.data_dir)
        broker.lay_out()
        child = Child(
            "broker", broker.command(), patience=5, noise=("Memory overcommit", "SIGTERM", "bye bye")
        )
        _start_server(supervisor, child, broker.answers, plan)


def _start_server(supervisor: Supervisor, child: Child, answers: Callable[[], bool], plan: Plan) -> None:
    supervisor.start(child)
    if not supervisor.wait_for(answers, seconds=60, needs=child):
        raise CannotStart(
            f"The {child.name} did not start; its own words are above. If they speak of space, make room on the disk; "
            f"if of {plan.data_dir}, choose another folder with DATA_DIR."
        )


def make_ready(supervisor: Supervisor, plan: Plan) -> None:
    """Bring the database, the reference data and the static files up to date, as the owner.

    Raises:
        CannotStart: it did not work; the command itself has said why.
    """
    command = Child(
        "preparing", [*plan.manage, "make_ready"], environ=plan.environ_for("owner"), cwd=plan.project
    )
    if supervisor.run_to_end(command) != 0:
        raise CannotStart("")


def start_portal(supervisor: Supervisor, plan: Plan) -> None:
    """Start everything, the web server first, and say where the portal is and who can sign in.

    Raises:
        CannotStart: the web server does not answer.
    """
    web, *others = portal_processes(plan)
    names = ", the ".join(child.name for child in others)
    supervisor.say(f"Starting the {web.name} server, then the {names} ...")
    supervisor.say("")
    supervisor.start(web)  # somebody waits for its first page; the others can wait for that
    if plan.shows_personas:
        command = [*plan.manage, "show_personas"]
        supervisor.run_to_end(Child("personas", command, environ=plan.environ_for("web"), cwd=plan.project))
    if not supervisor.wait_for(plan.web_answers, seconds=60, needs=web):
        raise CannotStart("The web server did not start; its own words are above.")
    supervisor.say(f"The portal is at {plan.address}")
    supervisor.say("Ctrl-C stops it.")
    supervisor.say("")
    for child in others:
        supervisor.start(child)


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Run the portal until it is asked to stop.

    Returns:
        The exit code: 0 after a stop, 1 after one sentence on why it could not start.
    """
    adopt_orphans()
    supervisor = Supervisor()
    code = 0
    try:
        plan = Plan(environ)
        for warning in plan.warnings:
            supervisor.say(warning)
        plan.check()
        Claim(plan.data_dir)  # held until this process ends
        start_servers(supervisor, plan)
        plan.check_servers()
        make_ready(supervisor, plan)
        start_portal(supervisor, plan)
        supervisor.keep_running()
    except CannotStart as refusal:
        supervisor.turn(0.1)
        if str(refusal):
            supervisor.say(str(refusal))
        code = 1
    except Stopped:
        pass
    finally:
        if supervisor.stopping:
            supervisor.say("Stopping ...")
        supervisor.end_all()
    if supervisor.stopping:
        supervisor.say("Stopped. Nothing is left running.")
    return code


if __name__ == "__main__":
    sys.exit(main())
