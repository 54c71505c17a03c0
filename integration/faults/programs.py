"""pathod and pathoc: what they send, refuse and say; and how all programs end."""

import signal
import socket
import subprocess
import time

from table import Wrong, expect, expect_in, row
from workplace import PATIENCE, ask, connect, free_port, read_to_end, read_until


def expect_usage_error(result, *words):
    expect(result.returncode, 2, "exit status")
    for word in words:
        expect_in(word, result.stderr.decode())


@row("C2", "repeated WebSocket frames are sent as often as the preview says")
def repeated_frames(place):
    port = place.pathod()
    for times in (0, 1, 3):
        spec = f"wf:b'hi':x{times}"
        preview = place.run([place.program("pathod"), "--preview", spec]).stdout
        expect(preview, b"\x01\x02hi" * times, "preview")
        with connect(port) as client:
            client.settimeout(1)  # nothing follows the last frame
            client.sendall(f"GET /p/{spec} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            expect(read_to_end(client)[0], preview, spec)


@row("C4", "an explained request with a nested spec is a request still")
def nested_specs(place):
    lines = []

    def serve(connection, _number):
        lines.append(read_until(connection, b"\r\n\r\n").partition(b"\r\n")[0])
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    port = place.server(serve)
    for spec in ("get:/p/:s'200:b\"a b\"'", "get:/p/:s'200:b@20,whitespace'", "get:/p/:s'200:b\"100%\"'"):
        place.pathoc("-e", "--seed", "1", f"127.0.0.1:{port}", spec)
    for line in lines:
        expect(len(line.split(b" ")), 3, repr(line))
    expect(len(lines), 3, "requests")


@row("C7", "chunk lines that end in a bare LF are refused")
def bare_line_feeds(place):
    head = b"POST /p/200 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    port = place.pathod()
    for body in (b"5\nhello\r\n0\r\n\r\n", b"5\r\nhello\n0\r\n\r\n", b"5\r\nhello\r\n0\n\n"):
        if b"200" in ask(port, head + body).partition(b"\r\n")[0]:
            raise Wrong(f"pathod responds to {body!r}")


@row("C8", "what a spec injects is sent in the response to HEAD as well")
def injections(place):
    port = place.pathod()
    for spec in ("200:ia,'tail'", "304:ia,'tail'"):
        expect_in(b"tail", ask(port, f"HEAD /p/{spec} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()), spec)


@row("C10", "a pause takes units, or is refused")
def pauses(place):
    result = place.run([place.program("pathod"), "--preview", "200:p0,500ms"])
    if result.returncode == 0:
        expect_in(b"HTTP/1.1 200 OK\r\n", result.stdout)
    else:
        expect_usage_error(result)


@row("C11", "a spec that means something else than it looks like is refused with a hint")
def hints(place):
    for spec in ('post:/:b{"a":1}', "HELP:/"):
        expect_usage_error(place.pathoc("127.0.0.1:1", spec))


@row("C12", "pathoc gives up a silent server, and does not ask a dead one all the time")
def limits(place):
    listener = socket.create_server(("127.0.0.1", 0))
    place.listeners.append(listener)
    began = time.monotonic()
    silent = place.spawn([place.program("pathoc"), f"localhost:{listener.getsockname()[1]}", "get:/"])
    expect_in(b"30s", place.run([place.program("pathoc"), "--help"]).stdout)
    dead = place.spawn([place.program("pathoc"), "-n", "-1", f"127.0.0.1:{free_port()}", "get:/"])
    place.wait_for(dead, "(?s)(refused.*){5}")
    expect(time.monotonic() - began > 1.5, True, "0.1 s, 0.2 s, 0.4 s and 0.8 s between attempts")
    silent.wait(60)
    expect_in("Timeout", place.output(silent), f"after {time.monotonic() - began} s")
    expect((silent.returncode, time.monotonic() - began > 25), (1, True), "exit status, and the default limit of 30 s")


@row("C13", "an anchor that needs HTTP/2 says so to a client of HTTP/1")
def wrong_protocol(place):
    port = place.pathod("-a", "/bye=200:b'hi' h2f:GOAWAY")
    expect_in(b"HTTP/2", ask(port, b"GET /bye HTTP/1.1\r\nHost: localhost\r\n\r\n"))


@row("C14", "the page for an unknown path names it and the way out")
def unknown_path(place):
    got = ask(place.pathod(), b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for word in (b"/nothing", b"/p/", b"-a"):
        expect_in(word, got)


@row("C15", "a specification comes from standard input")
def standard_input(place):
    port = place.pathod("-a", "/foo=200:b'found'")
    expect_in(b"200", place.pathoc(f"127.0.0.1:{port}", "-", stdin=b"get:/foo\n").stdout)
    preview = place.run([place.program("pathod"), "--preview", "-"], b"200:b'hi'")
    expect_in(b"hi", preview.stdout, "preview")


@row("B4", "a write error is an exit status and a line")
def full_device(place):
    for command in (["pathop", "--options"], ["pathop", "--help"], ["pathod", "--preview", "200"], ["pathod", "--help"],
                    ["pathoc", "--help"], ["pathoc", "--version"]):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([place.program(command[0]), *command[1:]], stdout=full, stderr=subprocess.PIPE,
                                    stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
        if result.returncode == 0:
            raise Wrong(f"{command} ends with 0")
        expect_in(b"No space left", result.stderr, str(command))


@row("B6", "SIGHUP ends the programs in order")
def hang_up(place):
    place.pathop()
    place.pathod()
    for process in place.processes:
        process.send_signal(signal.SIGHUP)
        expect(process.wait(PATIENCE), 0, process.args[0])
