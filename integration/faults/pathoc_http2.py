"""pathoc over HTTP/2, and windows of HTTP/2 in all programs."""

import threading

from frames import (DATA, END_HEADERS, END_STREAM, HEADERS, INITIAL_WINDOW_SIZE, RST_STREAM, WINDOW_UPDATE, content_of, ends_stream, frame,
                    frames_until, number, read_frame, read_head, request, response, setting, start_client, start_server)
from table import Wrong, expect, expect_in, row
from workplace import PATIENCE, read_to_end

# What a server sends in place of 200 alone, and what pathoc has to say of it.
BROKEN_RULES = [
    ("h2f:SETTINGS:'12345' 200:b'hi'", "connection error FRAME_SIZE_ERROR"),
    ("h2f:PING:'1234' 200:b'hi'", "connection error FRAME_SIZE_ERROR"),
    ("h2f:DATA:0:'x' 200:b'hi'", "connection error PROTOCOL_ERROR"),
    ("h2f:HEADERS:END_HEADERS:0:a=b 200:b'hi'", "connection error PROTOCOL_ERROR"),
    ("h2f:DATA:7:'x' 200:b'hi'", "connection error PROTOCOL_ERROR"),
    ("h2f:RST_STREAM:7:CANCEL 200:b'hi'", "connection error PROTOCOL_ERROR"),
    ("h2f:WINDOW_UPDATE:7:INCREMENT=1 200:b'hi'", "connection error PROTOCOL_ERROR"),
    ("h2f:SETTINGS:ENABLE_PUSH=2 200:b'hi'", "connection error PROTOCOL_ERROR"),
    ("h2f:SETTINGS:INITIAL_WINDOW_SIZE=0x80000000 200:b'hi'", "connection error FLOW_CONTROL_ERROR"),
    ("h2f:SETTINGS:MAX_FRAME_SIZE=100 200:b'hi'", "connection error PROTOCOL_ERROR"),
    ("h2f:WINDOW_UPDATE:0:INCREMENT=0 200:b'hi'", "connection error PROTOCOL_ERROR"),
    ("h2f:WINDOW_UPDATE:INCREMENT=0 200:b'hi'", "error PROTOCOL_ERROR"),  # a stream error may end the connection (§5.4.1)
    ("200:h'connection'='close':b'hi'", "stream 1: error PROTOCOL_ERROR"),
]


@row("C5", "a server that breaks a rule of HTTP/2 is told apart, and its response is shown")
def broken_rules(place):
    for spec, error in BROKEN_RULES:
        port = place.pathod("-a", "/x=" + spec)
        result = place.pathoc("-t", "5", "--http2-prior-knowledge", f"127.0.0.1:{port}", "get:/x")
        out = result.stdout.decode()
        expect(result.returncode, 1, spec)
        expect_in(error, out, spec)
        expect_in("RFC 9113 section ", out, spec)
        expect_in("<< 200 : 2 bytes", out, spec)


class SilentServer:
    """Records the frames of a client and responds to no request; ends after `count` frames of streams."""

    def __init__(self, place, count):
        self.frames, self.count, self.has_ended = [], count, threading.Event()
        self.port = place.server(self.serve)

    def serve(self, connection, _number):
        start_server(connection)
        while len(self.frames) < self.count and (read := read_frame(connection)):
            if read[2] != 0:
                self.frames.append(read[:3:2])
        self.has_ended.set()


@row("C6", "requests that raw frames follow are sent without waiting")
def rapid_resets(place):
    pairs = [(kind, stream) for stream in (1, 3) for kind in (HEADERS, RST_STREAM)]
    in_turn = [(HEADERS, stream) for stream in (1, 3, 5)] + [(RST_STREAM, stream) for stream in (1, 3, 5)]
    for arguments, frames in ((["get:/:r h2f:RST_STREAM get:/:r h2f:RST_STREAM"], pairs),
                              (["--repeat", "2", "get:/:r h2f:RST_STREAM"], pairs),
                              (["get:/:r:x3 h2f:RST_STREAM:x3"], in_turn)):
        server = SilentServer(place, len(frames))
        place.pathoc("-t", "5", "--http2-prior-knowledge", f"127.0.0.1:{server.port}", *arguments)
        expect(server.frames, frames, str(arguments))


def read_body(connection, stream, window):
    """Reads a body, and opens the windows again by what is read; a window of 0 by 7 first. Gives the size."""
    sizes = []
    if window == 0:
        connection.sendall(frame(WINDOW_UPDATE, 0, stream, number(7)))
    while read := read_frame(connection):
        kind, flags, of, content = read
        if of == stream and kind == DATA:
            sizes.append(len(content))
            if flags & END_STREAM:
                return sum(sizes)
            read_bytes = number(len(content))
            connection.sendall(frame(WINDOW_UPDATE, 0, 0, read_bytes) + frame(WINDOW_UPDATE, 0, stream, read_bytes))
        elif of == stream and kind == RST_STREAM:
            raise Wrong(f"the stream is reset after {sum(sizes)} bytes")
    raise Wrong(f"the connection ends after {sum(sizes)} bytes")


@row("C17", "content goes out as far as windows smaller than a frame allow")
def small_windows(place):
    for window, size in ((1000, 200_000), (1, 50), (0, 3000)):
        expect(sent_by_pathoc(place, window, size), size, f"pathoc, window {window}")
        daemon = place.pathod("-a", f"/x=200:b@{size}", "-a", f"/raw=200:b@{size}:i0,''")
        proxy = place.pathop("--mode", f"reverse:http://127.0.0.1:{daemon}")
        for port, path in ((daemon, "/x"), (daemon, "/raw"), (proxy, "/x")):
            expect(received_from(port, path, window), size, f"{path}, window {window}")


def sent_by_pathoc(place, window, size):
    seen = []

    def serve(connection, _number):
        start_server(connection, setting(INITIAL_WINDOW_SIZE, window))
        stream = read_head(connection)
        seen.append(read_body(connection, stream, window))
        connection.sendall(response(stream, flags=END_HEADERS | END_STREAM))
        read_to_end(connection)

    port = place.server(serve)
    result = place.pathoc("-t", "5", "--http2-prior-knowledge", f"127.0.0.1:{port}", f"post:/one:b@{size}")
    expect_in(b"<< 200", result.stdout, "pathoc")
    return sum(seen)


def received_from(port, path, window):
    with start_client(port, setting(INITIAL_WINDOW_SIZE, window)) as client:
        client.sendall(request(1, path))
        frames_until(client, lambda kind, _flags, stream, _content: kind == HEADERS and stream == 1)
        return read_body(client, 1, window)
