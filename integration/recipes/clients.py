"""Clients, and what they do with the server of a recipe.

A driver in clients/ is called with a time limit in seconds, a method, a body, and URLs that it requests one after the other over one
connection if it can. It prints one line of JSON for the last of them: `outcome` is `response` (with `status` and `content`), `error`
or `hang`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from workplace import PATIENCE, Workplace

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 3  # seconds after which a client hangs


class Client:
    """`command` is the driver; `speaks_http2` over TLS."""

    def __init__(self, name, version, command, speaks_http2=False):
        self.name, self.version, self.command, self.speaks_http2 = name, version, command, speaks_http2

    def run(self, request, environment):
        command = [*self.command, str(LIMIT), method_of(request), body_of(request), *[word for word in request if "://" in word]]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment)
        if not ended.stdout.strip():
            raise RuntimeError(f"{self.name} printed nothing: {ended.stderr}")
        return json.loads(ended.stdout)


class Curl(Client):
    def run(self, request, environment):
        with tempfile.NamedTemporaryFile() as content:
            command = ["curl", "-sS", "-m", str(LIMIT), "--cacert", environment["CA_FILE"], "-w", "\n%{http_code} %{exitcode}\n"]
            # All URLs write the same file, which then has the content of the last one.
            command += [part for word in request[1:] for part in (["-o", content.name, word] if "://" in word else [word])]
            ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment)
            status, code = ended.stdout.split()[-2:]
            if code == "28":
                return {"outcome": "hang"}
            if code != "0":
                return {"outcome": "error", "error": ended.stderr.strip()}
            return {"outcome": "response", "status": int(status), "content": content.read().decode("latin-1")}


def body_of(request):
    return request[request.index("-d") + 1] if "-d" in request else ""


def method_of(request):
    return "POST" if "-d" in request else "GET"


def installed(folder):
    """The clients of this machine; the one of Go is compiled into `folder`."""
    found = []
    if shutil.which("curl"):
        found.append(Curl("curl", output("curl", "--version").split()[1], [], speaks_http2=True))
    found.append(Client("Python", sys.version.split()[0], [sys.executable, os.path.join(HERE, "clients/client.py")]))
    if shutil.which("node"):
        found.append(Client("node", output("node", "--version").strip("v\n"), ["node", os.path.join(HERE, "clients/client.mjs")]))
    if shutil.which("go"):
        program = os.path.join(folder, "client")
        environment = {**os.environ, "GOCACHE": os.path.join(folder, "go"), "GO111MODULE": "off"}
        subprocess.run(["go", "build", "-o", program, os.path.join(HERE, "clients/client.go")], check=True, env=environment)
        version = re.search(r"go(\d[\d.]*)", output("go", "version"))[1]
        found.append(Client("Go", version, [program], speaks_http2=True))
    return found


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout


def verdict_of(client, recipe, bin_folder, authority):
    """What the client does with the server of the recipe, and the details."""
    if recipe.is_http2 and not client.speaks_http2:
        return "–", ""
    with tempfile.TemporaryDirectory(prefix="pathology-recipes-") as folder, Workplace(folder, bin_folder) as place:
        process, port = start_pathod(place, recipe, authority)
        request = [word.replace(":9999/", f":{port}/") for word in recipe.request]
        result, runs = client.run(request, environment(authority)), 1
        if result["outcome"] == "hang":  # a machine that is busy must not look like a client that hangs
            result, runs = client.run(request, environment(authority)), 2
        process.terminate()
        process.wait(PATIENCE)  # now its log is complete
        requests = len(re.findall(r'^\{"id":.*"request":\{"method"', place.output(process), re.MULTILINE))
    verdict = judged(result, recipe)
    if requests > runs * len(recipe.urls) and "-L" not in request:
        verdict = f"retries, {verdict}"
    return verdict, result.get("error", f"{result.get('status', '')} {result.get('content', '')[:60]!r}")


def judged(result, recipe):
    if result["outcome"] == "hang":
        return "hangs"
    if result["outcome"] == "error":
        return "rejects"
    return "accepts" if result["content"] == recipe.content else "accepts truncated"


def start_pathod(place, recipe, authority):
    arguments = ["0" if word == "9999" else word for word in recipe.command[1:]]
    command = [place.program("pathod"), "-l", "127.0.0.1", "--json", "--confdir", authority, *arguments]
    process = place.start(command, r"pathod \S+ (?:listening|refusing connections|with a full backlog) on [^ ]*:(\d+)")
    return process, process.match[1]


def environment(authority):
    """No proxies, and the authority of pathod is trusted."""
    file = os.path.join(authority, "pathology-ca-cert.pem")
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "CA_FILE": file, "NODE_EXTRA_CA_CERTS": file, "SSL_CERT_FILE": file}
