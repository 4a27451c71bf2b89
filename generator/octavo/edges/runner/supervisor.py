"""The process that runs one chapter, and is the ancestor of all that it starts.

It is started afresh for every chapter, has one thread, reads an order from one descriptor and sends messages to
another. Whatever happens to it or to the command that started it, it leaves no process and no
folder behind: it asks the system for a signal when its parent ends, and where there is a namespace of processes, those
end with it.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from types import FrameType

import msgspec

import octavo
from octavo.edges.runner.blocks import BlockRunner
from octavo.edges.runner.chapter import run_steps
from octavo.edges.runner.messages import Began, Finished, Hello, Order, Result, Sender, Waits, decode_order
from octavo.edges.runner.namespaces import become_subreaper, die_with_parent, run_isolated
from octavo.edges.runner.outside import SiteWatch
from octavo.edges.runner.portlock import lock_ports, port_holder
from octavo.edges.runner.processes import end_all, hear_signals
from octavo.edges.runner.shellstate import ShellState, find_shell
from octavo.edges.runner.surroundings import base_environment, make_normalisation
from octavo.edges.runner.workfolder import WorkFolder, make_work_folder, remove_work_folder
from octavo.tutorial import StepFailure, StepResult, StepStatus, label_of

__all__ = ["main"]

_LONGEST_WAIT = 600.0
"""Seconds to wait for other runs that use the same ports."""


class _Gone(BaseException):
    """The command that started us has ended, or wants us to."""


def main() -> None:
    """Run the order that the second descriptor of the command line holds; the first is told what happens."""
    parent = int(sys.argv[3])  # told and not asked for: it may have ended before we could ask
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:
        return
    sender = Sender(int(sys.argv[1]))
    os.set_inheritable(int(sys.argv[1]), False)
    with open(int(sys.argv[2]), "rb") as asked:
        order = decode_order(asked.read())
    folder = make_work_folder(order.parent, order.task.project, order.task.files)
    try:
        _run(order, folder, sender, parent)
    except _Gone:
        pass
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        end_all()
        if not order.keep:
            remove_work_folder(folder.root)


def _sources() -> str:
    """Give the folder that our own package is imported from."""
    return os.path.dirname(os.path.dirname(os.path.abspath(octavo.__file__)))


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise _Gone


def _run(order: Order, folder: WorkFolder, sender: Sender, parent: int) -> None:
    """Run the order in namespaces; where there are none, or the network is asked for, the ports are locked."""
    wants_namespaces = order.isolation == "auto"
    if wants_namespaces and not order.network:
        reason = _run_in_namespaces(order, folder, sender)
        if not reason:
            return
    else:
        reason = "" if wants_namespaces else "it was asked for"
    with lock_ports(order.task.ports, _LONGEST_WAIT, lambda text: sender.send(Waits(text=text))) as problem:
        if problem is None:
            failure = _port_in_use(order.task.ports)
        else:
            failure = StepFailure(code="run-port", message=problem.message, hard=True, hint=problem.hint)
        hello = Hello(isolation="ports", reason=reason, folder=folder.root)
        if failure is not None:
            sender.send(hello)
            _refuse(order, sender, failure)
            return
        if wants_namespaces and order.network:
            reason = _run_in_namespaces(order, folder, sender)
            if not reason:
                return
            hello = msgspec.structs.replace(hello, reason=reason)
        become_subreaper()

        def alive() -> None:
            if os.getppid() != parent:
                raise _Gone

        _work(order, folder, sender, hello, alive, SiteWatch(order.site_folder))


def _run_in_namespaces(order: Order, folder: WorkFolder, sender: Sender) -> str:
    """Run the order in namespaces of its own; gives why that cannot be, or nothing when it is done."""
    hello = Hello(isolation="namespaces", folder=folder.root)
    return run_isolated(
        folder.root,
        lambda: _work(order, folder, sender, hello, lambda: None, None),
        network=order.network,
        visible=(order.environment_folder, sys.prefix, sys.base_prefix, _sources()),
    )


def _port_in_use(ports: Sequence[int]) -> StepFailure | None:
    for port in ports:
        if holder := port_holder(port):
            message = f"port {port} is used by {holder}"
            return StepFailure(
                code="run-port", message=message, hard=True, hint="end it, and run the chapter again"
            )
    return None


def _refuse(order: Order, sender: Sender, failure: StepFailure) -> None:
    """Fail the first block that would run, and say of the others that they were not."""
    said = False
    for step in order.task.steps:
        if step.role in {"skip", "norun"}:
            continue
        status: StepStatus = "not-run" if said else "failed"
        sender.send(
            Result(
                step=StepResult(
                    block=step.block,
                    role=step.role,
                    status=status,
                    label=label_of(step),
                    failure=None if said else failure,
                    reason="after a failure" if said else "",
                )
            )
        )
        said = True
    sender.send(Finished())


def _work(
    order: Order,
    folder: WorkFolder,
    sender: Sender,
    hello: Hello,
    alive: Callable[[], None],
    watch: SiteWatch | None,
) -> None:
    sender.send(hello)
    shell = find_shell()
    if shell is None:
        _refuse(
            order, sender, StepFailure(code="run-tool", message="there is no bash on this machine", hard=True)
        )
        return
    task = order.task
    environment = base_environment(
        task, folder, order.environment_folder, os.environ.get("PATH", os.defpath), is_isolated=watch is None
    )
    runner = BlockRunner(
        task=task,
        folder=folder,
        shell=shell,
        state=ShellState(folder.project, environment, os.path.join(folder.logs, "state")),
        normalisation=make_normalisation(task, folder, order.environment_folder),
        alive=alive,
    )
    run_steps(
        runner,
        task,
        began=lambda block, label: sender.send(Began(block=block, label=label)),
        done=lambda step: sender.send(Result(step=step)),
        escaped=watch.changed if watch is not None else lambda: None,
    )
    if order.interactive:
        subprocess.call(
            [shell, "-i"],
            cwd=runner.state.folder,
            env={**runner.state.environment, "TERM": os.environ.get("TERM", "dumb")},
            preexec_fn=hear_signals,
        )
    for server in runner.servers.values():
        server.stop()
    end_all()
    sender.send(Finished())
