"""A build that ends itself by SIGKILL: `killed_build.py SITE operation K | time SECONDS | never 0`.

`operation` kills before the K-th call that changes the file system, `time` after so many seconds of the build. It
prints how many such calls a whole build makes, when it comes to that.
"""

import os
import signal
import sys

from octavo.cli.console import Console
from octavo.cli.project import open_project
from octavo.engine import build_site

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = {
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.utime",
    "sqlite3.connect",
    "ctypes.call_function",
}


def main() -> None:
    folder, mode, value = sys.argv[1:4]
    count = 0

    def hook(event, arguments):
        nonlocal count
        flags = arguments[2] if event == "open" and isinstance(arguments[2], int) else 0
        if event not in CHANGES and not flags & WRITING:
            return
        count += 1
        if mode == "operation" and count == int(value):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    if mode == "time":
        signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, max(float(value), 0.0001))
    jobs = int(os.environ.get("JOBS", "1"))
    with open_project(
        os.path.join(folder, "site.yaml"), Console(quiet=True), write=True, jobs=jobs
    ) as project:
        report = build_site(project.request, project.ports)
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert report.published, report.diagnostics
    print(count)


if __name__ == "__main__":
    main()
