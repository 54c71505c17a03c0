"""Messages that a proxy must refuse, change or leave alone."""

import re

from table import expect, expect_in, expect_not_in, row
from workplace import ask, read_until


class Origin:
    """A server that answers everything, and remembers the bytes it read."""

    def __init__(self, place, response=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", tls=False):
        self.seen, self.response = [], response
        self.port = place.server(self.serve, tls)
        self.where = f"127.0.0.1:{self.port}"

    def serve(self, connection, _number):
        self.seen.append(b"")
        number = len(self.seen) - 1
        while True:
            head = read_until(connection, b"\r\n\r\n")
            self.seen[number] += head
            if not head:
                return
            connection.sendall(self.response)


def status_of(response):
    match = re.match(rb"HTTP/1\.1 (\d{3})", response)
    return int(match[1]) if match else 0


def through(place, request, response=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", *arguments):
    """Sends a request, in which ORIGIN is the server, through a regular proxy. Gives what the client and the server got."""
    origin = Origin(place, response)
    port = place.pathop(*arguments)
    got = ask(port, request.replace(b"ORIGIN", origin.where.encode()))
    return got, b"".join(origin.seen)


@row("A6", "wss in a target is TLS, and other schemes are refused")
def schemes(place):
    first = []
    port = place.server(lambda connection, _: first.append(connection.recv(1)))
    proxy = place.pathop()
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    ask(proxy, f"GET wss://127.0.0.1:{port}/s?secret HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{upgrade}\r\n\r\n".encode())
    expect(first, [b"\x16"], "the first byte to the server of wss")
    for scheme in (b"foo", b"ftp", b"gopher", b"file"):
        got, seen = through(place, b"GET " + scheme + b"://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\n\r\n")
        expect((status_of(got), seen), (400, b""), scheme.decode())
        expect_in(scheme, got, "the page names the scheme")


@row("A9", "targets of each form go out as RFC 9112 says, others are refused")
def targets(place):
    _, seen = through(place, b"OPTIONS http://ORIGIN HTTP/1.1\r\nHost: ORIGIN\r\n\r\n")
    expect(seen[:19], b"OPTIONS * HTTP/1.1\r", "OPTIONS without a path")
    for target in (b"*", b"http://ORIGIN/a#b", b"http://ORIGIN/\xc3\xa4"):
        got, seen = through(place, b"GET " + target + b" HTTP/1.1\r\nHost: ORIGIN\r\n\r\n")
        expect((status_of(got), seen), (400, b""), repr(target))


@row("A10", "a request without Host, with two, or with a bad one is refused in every mode")
def hosts(place):
    origin = Origin(place)
    where = origin.where.encode()
    for mode in ([], ["--mode", "reverse:http://" + origin.where],
                 ["--mode", "reverse:http://" + origin.where, "--set", "keep_host_header=true"]):
        port = place.pathop(*mode)
        target = b"/" if mode else b"http://" + where + b"/"
        for fields in (b"", b"Host: a\r\nHost: b\r\n", b"Host: a b\r\n", b"Host: a/b\r\n", b"Host: a:b\r\n"):
            got = ask(port, b"GET " + target + b" HTTP/1.1\r\n" + fields + b"\r\n")
            expect(status_of(got), 400, f"{mode} {fields!r}")
    expect(origin.seen, [], "the server")
    _, seen = through(place, b"GET http://ORIGIN/ HTTP/1.1\r\nHost: other\r\n\r\n")
    expect_not_in(b"other", seen, "Host is that of the target")


@row("A11", "a status code that is none is a fault of the server")
def statuses(place):
    for status in (b"2", b"000", b"99", b"1000"):
        got, _ = through(place, b"GET http://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\n\r\n",
                         b"HTTP/1.1 " + status + b" OK\r\nContent-Length: 0\r\n\r\n")
        expect(status_of(got), 502, status.decode())
        expect_in(status, got, "the page names the status line")


@row("A14", "a proxy speaks its own version")
def versions(place):
    got, seen = through(place, b"GET http://ORIGIN/ HTTP/1.2\r\nHost: ORIGIN\r\n\r\n",
                        b"HTTP/1.3 200 OK\r\nContent-Length: 0\r\n\r\n")
    expect(seen[:15], b"GET / HTTP/1.1\r", "the server")
    expect(got[:16], b"HTTP/1.1 200 OK\r", "the client")


@row("A15", "white space before a colon is removed from responses and refused in requests")
def space_before_colon(place):
    got, _ = through(place, b"GET http://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\n\r\n",
                     b"HTTP/1.1 200 OK\r\nX-B : v\r\nContent-Length: 0\r\n\r\n")
    expect_in(b"\r\nX-B: v\r\n", got)
    got, seen = through(place, b"GET http://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\nX-B : v\r\n\r\n")
    expect((status_of(got), seen), (400, b""), "a request")


@row("A17", "equal Content-Lengths are one, different ones a fault")
def lengths(place):
    for fields in (b"Content-Length: 2\r\nContent-Length: 2\r\n", b"Content-Length: 2, 2\r\n"):
        got, _ = through(place, b"GET http://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + fields + b"\r\nok")
        expect((status_of(got), got.count(b"Content-Length: 2\r\n"), got[-2:]), (200, 1, b"ok"), repr(fields))
    got, seen = through(place, b"POST http://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!")
    expect((status_of(got), seen), (400, b""), "different ones")


@row("A18", "trailers, lengths and Max-Forwards that must not go on")
def framing(place):
    _, seen = through(place, b"POST http://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: evil\r\nT: v\r\n\r\n")
    expect_not_in(b"evil", seen, "a trailer Host")
    got, _ = through(place, b"GET http://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\n\r\n",
                     b"HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    expect(got.count(b"Content-Length"), 1, "lengths, of 103 and 200")
    for method in (b"OPTIONS", b"TRACE"):
        got, seen = through(place, method + b" http://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\nMax-Forwards: 0\r\n\r\n")
        expect((status_of(got), seen), (200, b""), method.decode())
    got, seen = through(place, b"GET http://ORIGIN/" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: ORIGIN\r\n\r\n")
    expect((status_of(got), seen), (414, b""), "a long target")


@row("B10", "a client that asks the proxy itself is told how a proxy is used")
def asks_itself(place):
    port = place.pathop()
    got = ask(port, f"GET /foo HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
    expect(status_of(got), 502)
    expect_in(b"curl -x", got)
