"""Frames of HTTP/2 (RFC 9113 section 4.1), for rows that send what no library sends."""

import struct

from workplace import PATIENCE, connect, over_tls

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM = ACK = 1
END_HEADERS = 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
INITIAL_WINDOW_SIZE = 4


def frame(kind, flags, stream, content=b""):
    return struct.pack(">I", len(content))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + content


def number(value):
    return struct.pack(">I", value)


def setting(name, value):
    return struct.pack(">HI", name, value)


def fields(*pairs):
    """A field block of literals that are not indexed (RFC 7541 section 6.2.2)."""
    return b"".join(b"\0" + text(name) + text(value) for name, value in pairs)


def text(value):
    value = value.encode()
    if len(value) < 127:
        return bytes((len(value),)) + value
    rest, size = len(value) - 127, b"\x7f"  # RFC 7541 section 5.1
    while rest > 127:
        size, rest = size + bytes((rest % 128 + 128,)), rest // 128
    return size + bytes((rest,)) + value


def request(stream, path, authority="localhost", method="GET", scheme="http", flags=END_HEADERS | END_STREAM):
    head = ((":method", method), (":scheme", scheme), (":authority", authority), (":path", path))
    return frame(HEADERS, flags, stream, fields(*head))


def response(stream, *more, flags=END_HEADERS):
    return frame(HEADERS, flags, stream, fields((":status", "200"), *more))


def read_exactly(connection, size):
    """Fewer bytes if the connection ends."""
    received = b""
    while len(received) < size:
        block = connection.recv(size - len(received))
        if not block:
            break
        received += block
    return received


def read_frame(connection):
    """Kind, flags, stream and content; None at the end of the connection."""
    head = read_exactly(connection, 9)
    if len(head) < 9:
        return None
    content = read_exactly(connection, int.from_bytes(head[:3], "big"))
    return head[3], head[4], int.from_bytes(head[5:], "big") & 0x7FFFFFFF, content


def frames_until(connection, is_last):
    """The frames up to the one that `is_last` says yes to, or to the end of the connection."""
    frames = []
    while read := read_frame(connection):
        frames.append(read)
        if is_last(*read):
            break
    return frames


def start_server(connection, *settings):
    """Reads the preface of a client, and sends SETTINGS."""
    read_exactly(connection, len(PREFACE))
    connection.sendall(frame(SETTINGS, 0, 0, b"".join(settings)) + frame(SETTINGS, ACK, 0))


def read_head(connection):
    """The stream of the next HEADERS; None at the end of the connection."""
    frames = frames_until(connection, lambda kind, *_: kind == HEADERS)
    return frames[-1][2] if frames and frames[-1][0] == HEADERS else None


def start_client(port, *settings, tls=False):
    """A connection to a program, over which the preface and SETTINGS are sent."""
    connection = connect(port)
    if tls:
        connection = over_tls(connection, ["h2"])
    connection.settimeout(PATIENCE)
    connection.sendall(PREFACE + frame(SETTINGS, 0, 0, b"".join(settings)))
    return connection


def ends_stream(stream):
    """For frames_until(): the frame that ends the stream, or the connection."""

    def is_last(kind, flags, of, _content):
        is_end = kind == RST_STREAM or (kind in (DATA, HEADERS) and flags & END_STREAM != 0)
        return kind == GOAWAY or (of == stream and is_end)

    return is_last


def reset_code(frames):
    """The code of the RST_STREAM among the frames; None if there is none."""
    codes = [int.from_bytes(content, "big") for kind, _, _, content in frames if kind == RST_STREAM]
    return codes[-1] if codes else None


def content_of(frames):
    return b"".join(content for kind, _, _, content in frames if kind == DATA)
