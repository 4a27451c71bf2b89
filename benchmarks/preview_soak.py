"""Save a page thousands of times under `octavo serve`, and look at what the process keeps.

usage: preview_soak.py CORPUS_PY [--pages 1000] [--saves 10000] [--idle 60] [--octavo "octavo serve"]

CORPUS_PY is the maker of the corpus. Every save waits for its event. Memory, descriptors and threads are read from /proc
after the first 500 saves and then ten times; at the end nothing is done for --idle seconds, and the processor time of
that is shown. Linux only.
"""

import argparse
import http.client
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WARM = 500
SETTLE = 4.0
"""Seconds of rest before a look: what a save leaves to be done later is done within them."""


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path)
    return connection.getresponse()


def look_at(pid):
    """Give resident memory in MB, open descriptors and threads of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
    threads = int(re.search(r"Threads:\s+(\d+)", status)[1])
    return {"mb": round(memory, 1), "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "threads": threads}


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for_change(stream, address):
    kind = ""
    while line := stream.readline().decode():
        if line.startswith("event: "):
            kind = line[7:].strip()
        elif line.startswith("data: ") and kind == "change" and address in json.loads(line[6:])["changed"]:
            return
    sys.exit("the stream of events has ended")


def start(command, site):
    process = subprocess.Popen(
        [*shlex.split(command), "-a", "127.0.0.1:0"],
        cwd=site,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    port = 0
    for line in process.stderr:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
            port = int(found[1])
        if "pages checked" in line:
            return process, port
    sys.exit("octavo serve has ended")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--saves", type=int, default=10_000)
    parser.add_argument("--idle", type=float, default=60.0)
    parser.add_argument("--octavo", default=f"{sys.executable} -m octavo serve")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        subprocess.run([sys.executable, arguments.corpus, site / "content", str(arguments.pages)], check=True)
        (site / "site.yaml").write_text("title: Soak\nurl: https://example.com/\n")
        process, port = start(arguments.octavo, site)
        # Nobody may be kept waiting by a full pipe.
        drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
        try:
            run(process.pid, port, site, arguments)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
            drain.wait()


def run(pid, port, site, arguments):
    page = ask(port, "/section-0000/page-00001/").read()
    token = re.search(rb'data-octavo-token="([^"]+)"', page)[1].decode()
    stream = ask(port, f"/-octavo/events?token={token}")
    source = site / "content/section-0000/page-00001.md"
    text = source.read_text()
    samples = []
    started = time.perf_counter()
    for number in range(arguments.saves):
        source.write_text(f"{text}\nEdition {number}.\n")
        wait_for_change(stream, "/section-0000/page-00001/")
        if number + 1 == WARM or (number + 1) % max(1, arguments.saves // 10) == 0:
            time.sleep(SETTLE)
            samples.append({"saves": number + 1, **look_at(pid)})
            print(json.dumps(samples[-1]), flush=True)
    took = time.perf_counter() - started - SETTLE * len(samples)
    first, last = samples[0], samples[-1]
    print(f"{arguments.saves} saves in {took:.0f} s, {took / arguments.saves * 1000:.1f} ms each")
    print(f"memory {last['mb'] / first['mb'] - 1:+.1%} since save {first['saves']}")
    print(
        f"descriptors {first['descriptors']} -> {last['descriptors']}, threads {first['threads']} -> {last['threads']}"
    )
    stream.close()
    time.sleep(SETTLE)
    before = processor_seconds(pid)
    time.sleep(arguments.idle)
    share = (processor_seconds(pid) - before) / arguments.idle
    print(
        f"idle: {share:.2%} of one processor over {arguments.idle:.0f} s; after it {json.dumps(look_at(pid))}"
    )


if __name__ == "__main__":
    main()
