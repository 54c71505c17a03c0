"""TLS renegotiation, which is refused, and handshakes that fail: which alert there is, and what is said of it."""

import re
import socket
import subprocess

from messages import status_of
from table import expect, expect_in, expect_not_in, row
from workplace import ask, over_tls, read_to_end, read_until, tunnel


def openssl_server(place, *arguments, **options):
    """The port of `openssl s_server`, which is `place.processes[-1]`."""
    certificate, key = place.certificate()
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, *arguments]
    return int(place.start(command, r"ACCEPT 127.0.0.1:(\d+)", **options).match[1])


def type_line(process, line):
    process.stdin.write(line.encode() + b"\n")
    process.stdin.flush()


@row("A7", "a server that asks for renegotiation is refused at once, and goes on or not")
def server_renegotiates(place):
    port = openssl_server(place, "-tls1_2", "-www")  # it asks, waits for what comes, and responds
    url = f"https://127.0.0.1:{port}/reneg"
    for mode, arguments in ((["--mode", "regular"], ["-p", "-x"]), (["--mode", "socks5"], ["--socks5"])):
        status, page = place.curl(*arguments, f"127.0.0.1:{place.pathop(*mode)}", url)
        expect(status, 200, str(mode))
        expect(re.search(rb"[1-9]\d* server renegotiates", page) is not None, True, "it asked")

    port = openssl_server(place, "-tls1_2", stdin=subprocess.PIPE)  # it ends when it is refused
    server = place.processes[-1]
    with over_tls(tunnel(place.pathop(), port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        place.wait_for(server, "GET / HTTP/1.1")
        type_line(server, "r")
        got = read_until(client, b"</html>")
    expect(status_of(got), 502, "a server that ends")
    expect_in(b"alert", got, "a server that ends")


@row("A24", "a client that asks for renegotiation is refused at once, while nothing else is written")
def client_renegotiates(place):
    for port in (place.pathod("-s"), place.pathop()):
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2", "-msg"]
        client = place.start(command, "Extended master secret", stdin=subprocess.PIPE)
        expect_not_in("no_renegotiation", place.output(client))
        type_line(client, "R")
        place.wait_for(client, "<<< TLS 1.2, Alert .*warning no_renegotiation")


def page_of(place, port, trust=("-k",)):
    """The page for a server whose handshake fails."""
    proxy = place.pathop("--mode", f"reverse:https://127.0.0.1:{port}", trust=trust)
    got = ask(proxy, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    expect(status_of(got), 502, str(trust))
    return got


@row("B2", "a handshake that fails names the option that lets it succeed")
def options_of_handshakes(place):
    old = openssl_server(place, "-tls1", "-cipher", "ALL:@SECLEVEL=0", "-www")
    expect_in(b"tls_version_server_min", page_of(place, old))
    proxy = place.pathop("--mode", f"reverse:https://127.0.0.1:{old}", "--set", "tls_version_server_min=TLS1")
    expect(place.curl(f"http://127.0.0.1:{proxy}/")[0], 200, "with that option")

    def serve(connection, _number):
        read_until(connection, b"\x16")
        # A ServerHello of TLS 1.2 without renegotiation_info (RFC 5746 section 3.4).
        connection.sendall(b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + b"r" * 32 + b"\x00\xc0\x2f\x00")
        connection.shutdown(socket.SHUT_WR)
        read_to_end(connection)

    legacy = place.server(serve)
    hint = b"ssl_insecure (-k) permits servers without secure renegotiation"
    expect_in(hint, page_of(place, legacy, trust=()))
    expect_not_in(hint, page_of(place, legacy), "with -k")


@row("B11", "the log says what the alert of a client says")
def alerts_of_clients(place):
    trust = ["-verify_return_error", "-CAfile", place.path("confdir/pathology-ca-cert.pem")]
    for name, arguments in (("certificate_expired", [*trust, "-attime", "4102444800"]),
                            ("unknown_ca", ["-verify_return_error"])):
        port = place.pathop()
        place.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2", "-servername", "origin.test", *arguments])
        place.wait_for(place.processes[-1], name)
        log = place.output(place.processes[-1])
        expect(re.search("does not trust|may not have", log) is not None, name == "unknown_ca", name)
