"""Specifications: what -e prints sends the same bytes, and comments."""

import re

from frames import PING, frames_until, number, frame, request, start_client
from table import expect, expect_in, expect_not_in, row
from workplace import ask

SECOND_PING = b"the end!"


def pings(port, path):
    """How many PINGs a path asks for, besides the acknowledgement of ours, which ends the wait."""
    with start_client(port) as client:
        client.sendall(request(1, path))
        frames = frames_until(client, lambda kind, flags, *_: kind == PING)
        client.sendall(frame(PING, 0, 0, SECOND_PING))
        frames += frames_until(client, lambda kind, _flags, _stream, content: kind == PING and content == SECOND_PING)
    return sum(kind == PING and flags == 0 for kind, flags, *_ in frames)


@row("C1", "an explained repetition is a repetition still")
def repetitions(place):
    port = place.pathod("-e")
    expect(pings(port, "/p/h2f:PING:x3"), 3, "PINGs")
    explained = place.wait_for(place.processes[-1], ">> Spec: (.*)")[1]
    expect(pings(port, "/p/" + explained), 3, f"PINGs of {explained}")
    port = place.pathod("-e", "--json")
    pings(port, "/p/h2f:PING:x3")
    place.wait_for(place.processes[-1], '"spec":"h2f:PING:x3"')
    expect(ask(place.pathod("-e"), b"GET /p/wf:b'hi':x3 HTTP/1.1\r\nHost: localhost\r\n\r\n"), b"\x01\x02hi" * 3, "WebSocket frames")
    expect(place.wait_for(place.processes[-1], ">> Spec: (.*)")[1], "wf:b'hi':x3", "explained")


def explained(place, *specs):
    """The bytes that pathoc would send, and the specs that it prints by -e."""
    result = place.pathoc("--preview", "-e", "--seed", "1", "localhost", *specs)
    expect(result.returncode, 0, result.stderr)
    return result.stdout, re.findall("(?m)^>> (.*)$", result.stderr.decode())


@row("C3", "explaining changes nothing of a nested frame, and explained text explains to itself")
def nested_frames(place):
    for nested in ('wf:fin:b"yo"', "wf:b@8", "wf:c9:k@4"):
        specs = ("ws:/", f"wf:f'{nested}'")
        sent, frozen = explained(place, *specs)
        if "@" not in nested:  # what is random is sent as it was chosen
            plain = place.pathoc("--preview", "--seed", "1", "localhost", *specs).stdout
            expect(sent, plain, f"-e sends the same: {nested}")
        expect_not_in("mask", frozen[1].rpartition("':mask")[0], "the nested frame")
        expect(explained(place, *frozen), (sent, frozen), f"explained twice: {nested}")
    result = place.pathoc("-e", "-t", "1", f"127.0.0.1:{place.pathod()}", "ws:/", "wf:f'wf:fin:b\"yo\"'")
    expect_in(b"<< ws frame:text:fin 2b", result.stdout, "the frame that pathod sends: no mask")


@row("C9", "pathod and pathoc spell out up to 3 MiB, and print the generator of what is larger")
def large_messages(place):
    for size, is_spelled in ((3 << 20, True), ((3 << 20) + 1, False), (4 << 20, False)):
        for command in (["pathod", "--preview", f"200:b@{size}"], ["pathoc", "--preview", "localhost", f"post:/:b@{size}"]):
            result = place.run([place.program(command[0]), *command[1:], "-e", "--seed", "1"])
            expect((result.returncode, len(result.stdout) > size), (0, True), str(command))
            expect(f"b@{size}".encode() in result.stderr, not is_spelled, str(command))
            expect(len(result.stderr) > size, is_spelled, str(command))
    result = place.pathoc("-e", f"127.0.0.1:{place.pathod('-a', '/=200')}", "post:/:b@4m")
    expect((result.returncode, b"b@4m" in result.stdout), (0, True), "pathoc sends it")


@row("C16", "comments are accepted in arguments, as in files")
def comments(place):
    spec = "# a comment\nget:/x\n  :h'A'='b'\n# the end"
    with open(place.path("spec"), "w") as file:
        file.write(spec)
    expected = b"GET /x HTTP/1.1\r\nA: b\r\nHost: localhost\r\n\r\n"
    for argument in (spec, place.path("spec"), "+" + place.path("spec")):
        expect(place.pathoc("--preview", "localhost", argument).stdout, expected, argument)
    command = [place.program("pathod"), "--preview", "# a comment\n200\n# another\n:b'hi'"]
    expect_in(b"\r\n\r\nhi", place.run(command).stdout, "pathod")
    port = place.pathod("-a", "/x=# a comment\n200:b'hi'")
    expect_in(b"\r\n\r\nhi", ask(port, b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"), "an anchor")
