"""Runs the demo where no network is but loopback, and asks it. Run by offline.rs inside `unshare --net`.

Exit code 77: this machine does not let us bring loopback up.
"""

import fcntl
import json
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SIOCSIFFLAGS = 0x8914
IFF_UP = 1
ADDRESS = "127.0.0.1:8080"
READY_SECONDS_MAX = 60


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        try:
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
        except OSError:
            sys.exit(77)


def is_blocked():
    with socket.socket() as outside:
        outside.settimeout(2)
        try:
            outside.connect(("192.0.2.1", 443))
        except OSError:
            return True
    return False


def children_of(parent):
    """The processes whose parent this is, by proc(5): the second field after the name in brackets."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent:
            found.append(path.parent.name)
    return found


def ask():
    page = urllib.request.urlopen(f"http://{ADDRESS}/demo/tallowick-cycles/").read().decode()
    client_id = re.search(r"client_[0-9a-z]{26}", page).group(0)
    body = json.dumps({"client_id": client_id, "message": "How late are you open on Thursdays?"}).encode()
    headers = {"Content-Type": "application/json"}
    return json.load(urllib.request.urlopen(urllib.request.Request(f"http://{ADDRESS}/api/chat", body, headers)))


def main():
    binary, folder = sys.argv[1:]
    raise_loopback()
    assert is_blocked(), "the outside can be reached"
    server = subprocess.Popen([binary, "demo", "--data-dir", folder, "--listen", ADDRESS], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + READY_SECONDS_MAX
        while subprocess.run([binary, "healthcheck", "--listen", ADDRESS], stderr=subprocess.DEVNULL).returncode != 0:
            assert time.monotonic() < until and server.poll() is None, "the demo did not get ready"
            time.sleep(0.1)
        answer = ask()
        children = children_of(server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=15)
    assert "19:30" in answer["response"], answer
    assert answer["citations"], answer
    assert not children, f"the node started other processes: {children}"


if __name__ == "__main__":
    main()
