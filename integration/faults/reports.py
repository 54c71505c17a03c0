"""What pathop shows, logs and records, and the names of its options."""

import base64
import json
import os
import re

from messages import status_of
from table import expect, expect_in, expect_not_in, row
from workplace import ask, read_until


def records(place, process, count):
    """The JSON objects that a proxy has written, once there are so many."""
    place.wait_for(process, r"(?ms)(^\{[^\n]*\}\n.*?){%d}" % count)
    return [json.loads(line) for line in place.output(process).splitlines() if line.startswith("{")]


# Each with the line that is shown, and with members of its record.
NOT_SAID = [
    (b"\0\1\2\r\n\r\n", r"\x00\x01\x02", {"raw": "\0\1\2", "raw_size": 3}),
    (b"GET http://h/a b HTTP/1.1\r\n\r\n", "GET http://h/a b HTTP/1.1", {"raw": "GET http://h/a b HTTP/1.1"}),
    (b"CONNECT origin.test HTTP/1.1\r\n\r\n", "CONNECT origin.test", {"method": "CONNECT", "target": "origin.test"}),
    (b"GET /p/201 HTTP/1.1\r\n\r\n", "GET /p/201", {"method": "GET", "path": "/p/201"}),
]


@row("B1", "of a request that is refused, what was said is shown and recorded, and nothing else")
def refused_requests(place):
    for more in ([], ["-d"]):
        port = place.pathop(*more)
        for request, shown, _ in NOT_SAID:
            expect(status_of(ask(port, request)), 400, repr(request))
            place.wait_for(place.processes[-1], r"(?m)^127\.0\.0\.1:\d+: " + re.escape(shown) + "$")
        for invented in ("http:///", "://:0", ":80"):
            expect_not_in(invented, place.output(place.processes[-1]))
    port = place.pathop("--json")
    for request, _, members in NOT_SAID:
        ask(port, request)
    for (request, _, members), record in zip(NOT_SAID, records(place, place.processes[-1], len(NOT_SAID)), strict=True):
        seen = {name: record["request"].get(name) for name in members}
        expect(seen, members, repr(request))
        expect([record["relay"].get(name) for name in ("url", "server")], [None, None], repr(request))
        expect("raw" in members or "raw" not in record["request"], True, repr(request))


@row("B3", "an address of IPv6 has brackets everywhere")
def brackets(place):
    for more in (["-v"], ["--json", "-v"]):
        port = place.pathop(*more)
        process = place.processes[-1]
        status, page = place.curl("-x", f"127.0.0.1:{port}", "http://[::1]:1/")
        expect(status, 502)
        expect_in(b"[::1]:1", page, "page")
        place.wait_for(process, "client disconnect")
        place.wait_for(process, r"\[::1\]:1")
        for text in (page.decode(), place.output(process)):
            expect(re.findall(r"(?<!\[)::1:1\b", text), [], "without brackets")
    record = records(place, process, 1)[-1]
    expect_in("[::1]:1", record["msg"], "record")
    expect(record["relay"]["url"], "http://[::1]:1/", "record")


@row("B7", "older names of options are accepted, and modes that do not exist are not listed")
def older_names(place):
    port = place.pathop("--app-port", "80")
    expect_in(b"BEGIN CERTIFICATE", place.curl("-x", f"127.0.0.1:{port}", "http://mitm.it:80/cert/pem")[1], "--app-port")
    result = place.run([place.program("pathop"), "--mode", "nonsense"])
    expect(result.returncode, 1, "exit status")
    names = ["regular", "transparent", "socks5", "reverse", "upstream", "multiupstream"]
    expect(re.search(r"known are (.*)", result.stderr.decode())[1].split(", "), names, "modes")
    config = place.path("upstreams")
    os.mkdir(config)
    with open(os.path.join(config, "proxies.json"), "w") as file:
        json.dump({"proxies": [{"name": "a", "url": "http://localhost:1", "rules": [{"type": "default"}]}]}, file)
    server = ":http://localhost:1"
    for name in names:
        more = {"reverse": server, "upstream": server, "multiupstream": f":{config}"}.get(name, "")
        place.pathop("--mode", name + more)


@row("B8", "credentials of ours are in no output")
def credentials(place):
    heads = []

    def serve(connection, _number):
        heads.append(read_until(connection, b"\r\n\r\n"))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    secret, port = "u:open-sesame", place.server(serve)
    encoded = base64.b64encode(secret.encode()).decode()
    for more in (["-d"], ["-ddd", "-v"], ["--json", "-v"]):
        proxy = place.pathop("--mode", f"reverse:http://127.0.0.1:{port}", "--upstream-auth", secret, *more)
        expect(place.curl(f"http://127.0.0.1:{proxy}/"), (200, b"ok"), str(more))
        expect_in(encoded.encode(), heads[-1], "the server")
        place.wait_for(place.processes[-1], r"Basic \*\*\*")
        for word in ("open-sesame", encoded):
            expect_not_in(word, place.output(place.processes[-1]), str(more))


@row("B9", "configuration files that are not read are named in the log")
def configuration_files(place):
    place.pathop()
    expect_not_in("configuration", place.output(place.processes[-1]), "without files")
    for name in ("common.conf", "config.yaml"):
        with open(place.path("confdir/" + name), "w") as file:
            file.write("x\n")
    place.pathop()
    place.wait_for(place.processes[-1], "configuration files are not read: ")
    for name in ("common.conf", "config.yaml"):
        expect_in("confdir/" + name, place.output(place.processes[-1]))
