"""The rows of the table: what we do, what the peer does, and how much of it in a second."""

import contextlib
import socket
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Callable

from peers import pinned, reply_size, run, wrk


@dataclass
class Row:
    name: str
    peer: str
    unit: str
    target: str
    scene: Callable  # place -> context manager of .ours(seconds) and .theirs(seconds), both "how much a second"


def padded_body(port, path, wanted):
    """The size of the body that makes our reply as long as the peer's."""
    return max(0, wanted - (reply_size(port, path % 100) - 100))


@contextlib.contextmanager
def crafted_small(place):
    with place.nginx('return 200 "' + "x" * 100 + '";') as nginx, place.pathod() as pathod:
        size = padded_body(pathod.port, "/p/200:b@%d", reply_size(nginx.port, "/"))
        yield SimpleNamespace(our_pid=pathod.pid, their_pid=nginx.pid,
                              ours=lambda seconds: wrk(pathod.port, f"/p/200:b@{size}", seconds),
                              theirs=lambda seconds: wrk(nginx.port, "/", seconds))


@contextlib.contextmanager
def anchor_small(place):
    with place.nginx('return 200 "";') as nginx:
        wanted = reply_size(nginx.port, "/")
        head = len("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        with place.pathod("-a", "/foo=200:b'" + "x" * (wanted - head) + "'") as pathod:
            yield SimpleNamespace(our_pid=pathod.pid, their_pid=nginx.pid,
                                  ours=lambda seconds: wrk(pathod.port, "/foo", seconds),
                                  theirs=lambda seconds: wrk(nginx.port, "/foo", seconds))


def download(port, path, flags):
    """Megabytes a second of one large reply."""
    size = 1 << 30
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        begin, received, room = time.monotonic(), 0, bytearray(1 << 20)
        while received < size:
            some = connection.recv_into(room, len(room), flags)
            if some == 0:
                raise RuntimeError(f"only {received} bytes came")
            received += some
        return size / 1e6 / (time.monotonic() - begin)


@contextlib.contextmanager
def bulk(place, flags):
    place.file_of_size("bulk", 1 << 30)
    with place.nginx(f"root {place.folder};") as nginx, place.pathod() as pathod:
        yield SimpleNamespace(ours=lambda _: download(pathod.port, "/p/200:b@1g", flags),
                              theirs=lambda _: download(nginx.port, "/bulk", flags))


def bulk_to_a_reader(place):
    return bulk(place, 0)


def bulk_to_a_counter(place):
    """The client throws the bytes away inside the system, so that nothing but the server is measured."""
    return bulk(place, socket.MSG_TRUNC)


def timed(command, count):
    begin = time.monotonic()
    result = run(pinned(1, command))
    if result.returncode != 0:
        raise RuntimeError(" ".join(command) + ": " + result.stdout[-500:] + result.stderr[-500:])
    return count / (time.monotonic() - begin)


@contextlib.contextmanager
def client_keep_alive(place):
    with place.nginx('return 200 "";') as nginx:
        def ours(seconds):
            count = int(15000 * seconds)
            return timed([place.program("pathoc"), "-p", str(nginx.port), "-I", "200", "127.0.0.1", f"get:/:x{count}"],
                         count)
        yield SimpleNamespace(ours=ours, theirs=lambda seconds: wrk(nginx.port, "/", seconds, connections=1))


@contextlib.contextmanager
def client_new_connections(place):
    with place.nginx('return 200 "";') as nginx:
        def ours(seconds):
            count = int(4000 * seconds)
            return timed([place.program("pathoc"), "-p", str(nginx.port), "-I", "200", "-n", str(count), "127.0.0.1",
                          "get:/:h'Connection'='close'"], count)

        def theirs(seconds):
            count = int(4000 * seconds)
            return timed(["ab", "-q", "-n", str(count), "-c", "1", f"http://127.0.0.1:{nginx.port}/"], count)
        yield SimpleNamespace(ours=ours, theirs=theirs)


ROWS = [
    Row("pathod, crafted small replies, keep-alive", "nginx return", "/s", "1.0, aim 1.3", crafted_small),
    Row("pathod, anchored small replies, keep-alive", "nginx return", "/s", "1.0, aim 1.3", anchor_small),
    Row("pathod, 1 GiB generated body, to a client that reads", "nginx, file", "MB/s", "1.0", bulk_to_a_reader),
    Row("pathod, 1 GiB generated body, to one that only counts", "nginx, file", "MB/s", "", bulk_to_a_counter),
    Row("pathoc, requests over one connection", "wrk", "/s", "0.7", client_keep_alive),
    Row("pathoc, a connection for each request", "ab", "/s", "1.0", client_new_connections),
]
