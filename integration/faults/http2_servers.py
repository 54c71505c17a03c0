"""Servers of HTTP/2 behind the proxy: resets, and fields that are none."""

import threading

from frames import (DATA, END_HEADERS, END_STREAM, RST_STREAM, content_of, ends_stream, frame, frames_until, number, read_head, request,
                    reset_code, response, start_client, start_server)
from streams import OK, end
from table import expect, expect_in, row
from workplace import PATIENCE, read_until

INTERNAL_ERROR, CANCEL, ENHANCE_YOUR_CALM, HTTP_1_1_REQUIRED = 2, 8, 11, 13
END = END_HEADERS | END_STREAM


class Http2Server:
    """Sends respond(stream) for each request over HTTP/2, and 200 with `ok` over HTTP/1; counts both."""

    def __init__(self, place, respond):
        self.respond, self.asked = respond, {"h2": 0, "http/1.1": 0}
        self.url = f"https://127.0.0.1:{place.server(self.serve, True, ['h2', 'http/1.1'])}"

    def serve(self, connection, _number):
        if connection.selected_alpn_protocol() != "h2":
            while read_until(connection, b"\r\n\r\n"):
                self.asked["http/1.1"] += 1
                connection.sendall(OK)
            return
        start_server(connection)
        while (stream := read_head(connection)) is not None:
            self.asked["h2"] += 1
            connection.sendall(self.respond(stream))


def ask_by_http2(port, content=b"", **options):
    """The frames of the response to a request; with content, it is one whose end does not come."""
    with start_client(port, tls=True) as client:
        client.sendall(request(1, "/f", scheme="https", **options))
        if content:
            client.sendall(frame(DATA, 0, 1, content))
        return frames_until(client, ends_stream(1))


@row("A12", "a server that requires HTTP/1.1 is asked again over it")
def http1_required(place):
    server = Http2Server(place, lambda stream: frame(RST_STREAM, 0, stream, number(HTTP_1_1_REQUIRED)))
    proxy = place.pathop("--mode", "reverse:" + server.url)
    expect(place.curl("--http2", f"https://127.0.0.1:{proxy}/"), (200, b"ok"), "the client")
    expect(server.asked, {"h2": 1, "http/1.1": 1}, "the server")
    # What is under way cannot be asked again: the client may do so.
    proxy = place.pathop("--mode", "reverse:" + server.url, "--stream", "0")
    frames = ask_by_http2(proxy, b"begin", method="POST", flags=END_HEADERS)
    expect(reset_code(frames), HTTP_1_1_REQUIRED, "the code of a streamed request")


@row("A13", "a response that breaks off ends with the code of the server, or INTERNAL_ERROR")
def broken_responses(place):
    for code in (INTERNAL_ERROR, CANCEL, ENHANCE_YOUR_CALM):

        def respond(stream, code=code):
            return response(stream) + frame(DATA, 0, stream, b"begin") + frame(RST_STREAM, 0, stream, number(code))

        frames = ask_by_http2(place.pathop("--mode", "reverse:" + Http2Server(place, respond).url, "--stream", "1"))
        expect((content_of(frames), reset_code(frames)), (b"begin", code), f"code {code}")
    for how in ("fin", "cut", "reset"):
        frames = response_of_http1(place, b"Content-Length: 9\r\n\r\nbegin", how)
        expect((content_of(frames), reset_code(frames)), (b"begin", INTERNAL_ERROR), f"HTTP/1, {how}")


def response_of_http1(place, response, how):
    """What a client of HTTP/2 gets of a server that ends like this once its bytes have arrived."""
    has_arrived = threading.Event()

    def serve(connection, _number):
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + response)
        if has_arrived.wait(PATIENCE):
            end(connection, how)

    port = place.server(serve, tls=True)
    with start_client(place.pathop("--mode", f"reverse:https://127.0.0.1:{port}", "--stream", "1"), tls=True) as client:
        client.sendall(request(1, "/f", scheme="https"))
        frames = frames_until(client, lambda kind, *_: kind == DATA)
        has_arrived.set()
        return frames + frames_until(client, ends_stream(1))


@row("A16", "a value that ends in a blank passes without the guard, and the page of the guard names it")
def padded_value(place):
    server = Http2Server(place, lambda stream: response(stream, ("x-padded", "v "), flags=END))
    proxy = place.pathop("--mode", "reverse:" + server.url, "--set", "validate_inbound_headers=false")
    expect(reset_code(frames := ask_by_http2(proxy)), None, "without the guard")
    expect_in(b"\x02v ", b"".join(content for *_, content in frames), "without the guard")
    status, page = place.curl(f"https://127.0.0.1:{place.pathop('--mode', 'reverse:' + server.url)}/")
    expect(status, 502, "with the guard")
    expect_in(b"validate_inbound_headers", page, "with the guard")
