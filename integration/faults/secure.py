"""TLS: what the engine has to say, which certificate a client gets, and files that cannot be used."""

import socket
import struct
import subprocess

from table import Wrong, expect, expect_in, row
from workplace import connect, read_to_end


def curl_over_tls(place, port, *arguments):
    return place.curl(*arguments, f"https://127.0.0.1:{port}/foo")[0]


@row("A21", "a client that cannot use the usual certificate gets another one")
def certificates(place):
    origin = place.pathod("-s", "-a", "/foo=200")
    proxy = place.pathop("--mode", f"reverse:https://127.0.0.1:{origin}")
    for port in (origin, proxy):
        for arguments in ([], ["--tls-max", "1.2", "--curves", "X25519"], ["--tls-max", "1.2", "--curves", "P-384"]):
            expect(curl_over_tls(place, port, *arguments), 200, str(arguments))
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_3", "-sigalgs", "RSA-PSS+SHA256"]
        expect_in(b"RSA-PSS", place.run(command).stdout, "signed by RSA")


@row("A25", "a ClientHello that cannot be read gets an alert")
def alerts(place):
    origin, proxy = place.pathod("-s"), place.pathop()
    for port in (origin, proxy):
        with connect(port) as client:
            client.sendall(b"\x16\x03\x01\x00\x05\x05\x00\x00\x01\x00")
            client.shutdown(socket.SHUT_WR)
            received, _ = read_to_end(client)
        expect(received[:1], b"\x15", "the record")
        expect(struct.unpack(">H", received[3:5])[0], 2, "its length")


@row("A22", "the page with the certificate is there in every mode")
def onboarding(place):
    origin = place.pathod("-a", "/=200")
    proxy = place.pathop("--mode", f"reverse:http://127.0.0.1:{origin}")
    status, page = place.curl("-H", "Host: mitm.it", f"http://127.0.0.1:{proxy}/cert/pem")
    expect(status, 200)
    expect_in(b"BEGIN CERTIFICATE", page)


@row("B5", "a file that cannot be used ends the start, with its option and the reason")
def files(place):
    commands = [["pathop", "--set", "sslkeylogfile=/nonexistent/x"], ["pathod", "-s", "--ssl-keylogfile", "/nonexistent/x"],
                ["pathod", "-f", "/nonexistent/x"], ["pathop", "--upstream-trusted-ca", "/nonexistent/x"]]
    for name, *arguments in commands:
        command = [place.program(name), "-p", "0", *arguments]
        try:
            result = place.run(command)
        except subprocess.TimeoutExpired as late:
            raise Wrong(f"{arguments} starts") from late
        if result.returncode == 0:
            raise Wrong(f"{arguments} ends with 0")
        expect_in(b"No such file or directory", result.stderr + result.stdout, str(arguments))


