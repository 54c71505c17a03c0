"""Servers, and what they do with the client of a recipe."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from clients import LIMIT, output
from workplace import PATIENCE, Workplace, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
READY = r"listening on 127.0.0.1:(\d+)"


class Server:
    def __init__(self, name, version, start, speaks_http2=True):
        """`start` is called with a Workplace and whether the client uses HTTP/2, and gives the port."""
        self.name, self.version, self.start, self.speaks_http2 = name, version, start, speaks_http2


def installed(bin_folder):
    found = []
    if nginx := shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"):
        version = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=True).stderr
        found.append(Server("nginx", re.search(r"/([\d.]+)", version)[1], lambda place, is_http2: start_nginx(place, nginx, is_http2)))
    if shutil.which("node"):
        found.append(Server("node", output("node", "--version").strip("v\n"), start_node))
    found.append(Server("Python", sys.version.split()[0], start_python, speaks_http2=False))
    version = output(os.path.join(bin_folder, "pathod"), "--version").split()[-1]
    found.append(Server("pathod", version, lambda place, _: place.pathod("--strict", "-a", "/=200:b'hello world'")))
    return found


def start_node(place, is_http2):
    return int(place.start(["node", os.path.join(HERE, "servers/server.mjs"), "http2" if is_http2 else "http"], READY).match[1])


def start_python(place, _):
    return int(place.start([sys.executable, os.path.join(HERE, "servers/server.py")], READY).match[1])


def start_nginx(place, nginx, is_http2):
    for _ in range(5):  # it takes no port 0
        port = free_port()
        paths = "".join(f"{name}_temp_path {place.folder};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(place.path("nginx.conf"), "w", encoding="utf-8") as file:
            file.write(f"{'user root; ' if os.geteuid() == 0 else ''}daemon off; pid {place.path('pid')}; error_log stderr notice; events {{}} "
                       f"http {{ access_log off; {paths} server {{ listen 127.0.0.1:{port}{' http2' if is_http2 else ''}; "
                       f"location / {{ return 200 'hello world'; }} }} }}")
        try:
            # One process: the workers of a master would outlive it.
            place.start([nginx, "-p", place.folder, "-c", place.path("nginx.conf"), "-g", "master_process off;"], "using the|start worker")
            return port
        except RuntimeError:
            continue
    raise RuntimeError("nginx found no port")


def verdict_of(server, recipe, bin_folder):
    """What the server does with the client of the recipe, and the details."""
    if recipe.is_http2 and not server.speaks_http2:
        return "–", ""
    with tempfile.TemporaryDirectory(prefix="pathology-recipes-") as folder, Workplace(folder, bin_folder) as place:
        port = server.start(place, recipe.is_http2)
        arguments = [word.replace("localhost:9999", f"127.0.0.1:{port}") for word in recipe.command[1:]]
        process = place.spawn([place.program("pathoc"), "--json", "-t", str(LIMIT), *arguments])
        try:
            process.wait(4 * LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE)
        lines = place.output(process).splitlines()
    entries = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
    return judged(entries), " / ".join(sorted({entry.get("msg", "") for entry in entries}))[:200]


def judged(entries):
    """Rejected if anything was refused; accepted if there was a response; else it waits, or has ended the connection."""
    messages = [entry.get("msg", "") for entry in entries]
    codes = [int(entry["response"]["status_code"]) for entry in entries if entry["type"] == "received"]
    if refusals := [code for code in codes if code >= 400]:
        return f"rejects ({refusals[0]})"
    if frames := [refusal for message in messages if (refusal := refused_by_frame(message))]:
        return f"rejects ({frames[0]})"
    if codes or any(re.match(r"<< (HEADERS|DATA|PING ACK)", message) for message in messages):
        return "accepts"
    if any(re.search(r"Disconnected by the spec|Invalid server response|Invalid frame|ended|reset", message) for message in messages):
        return "rejects (end)"
    return "hangs"


def refused_by_frame(message):
    found = re.search(r"\b(?:GOAWAY|RST_STREAM|reset)\b.*?\b([A-Z][A-Z_0-9]*(?:_[A-Z0-9]+)+)\b", message)
    return found[1] if found and found[1] not in ("NO_ERROR", "RST_STREAM", "END_STREAM") else ""
