"""How exactly a daemon keeps the times of a spec: pauses, and rates. Targets: 99 % of pauses within 1 ms, rates within 2 %.

The peer of a pause is a sleep of the same length in the measuring process: how late it ends is what the machine costs.
"""

import socket
import time

MILLISECOND = 1e-3


class Connection:
    """Sends requests over one connection and notes when bytes of the body arrive."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def arrivals(self, spec, size):
        """When each piece of the body came, with its size; until `size` bytes came. Heads that come alone are no piece."""
        self.socket.sendall(f"GET /p/{spec} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.socket.recv(65536)
        begun = len(head.partition(b"\r\n\r\n")[2])
        pieces = [(time.perf_counter(), begun)] if begun > 0 else []
        left = size - begun
        while left > 0:
            count = len(self.socket.recv(min(left, 65536)))
            if count == 0:
                raise RuntimeError(f"the connection ended {left} bytes before the end of {spec}")
            pieces.append((time.perf_counter(), count))
            left -= count
        return pieces


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def lateness(wanted, measured):
    return [abs(value - wanted) / MILLISECOND for value in measured]


def sleeps(seconds, count):
    late = []
    for _ in range(count):
        started = time.perf_counter()
        time.sleep(seconds)
        late.append(time.perf_counter() - started)
    return late


def pauses(place):
    """accuracy of pauses, 99 % of 300 of 20 ms, idle (target 1 ms)"""
    wanted, count = 20 * MILLISECOND, 300
    with place.pathod() as pathod:
        connection = Connection(pathod.port)
        measured = []
        for _ in range(count):
            pieces = connection.arrivals("200:b'ab':pbody+1,20ms", 2)
            measured.append(pieces[-1][0] - pieces[0][0])
    return (f"{percentile(lateness(wanted, measured), 0.99):.2f} ms; a sleep of the client: "
            f"{percentile(lateness(wanted, sleeps(wanted, count)), 0.99):.2f} ms")


def rate(place, spec, size, bytes_a_second):
    """The share by which the rate behind the first piece differs from what was asked for, in per cent."""
    with place.pathod() as pathod:
        pieces = Connection(pathod.port).arrivals(spec, size)
    # The first piece has no pause before it.
    seconds = pieces[-1][0] - pieces[0][0]
    got = sum(count for _, count in pieces[1:]) / seconds
    return f"{abs(got / bytes_a_second - 1) * 100:.2f} %"


def slow_rate(place):
    """accuracy of a rate of 100 bytes a second, over 2 s (target 2 %)"""
    return rate(place, "200:b@200:tbody,100", 200, 100)


def middle_rate(place):
    """accuracy of a rate of 64 KiB a second, over 3 s (target 2 %)"""
    return rate(place, "200:b@192k:tbody,64k", 192 << 10, 64 << 10)


def fast_rate(place):
    """accuracy of a rate of 20 MiB a second, over 3 s (target 2 %)"""
    return rate(place, "200:b@60m:tbody,20m", 60 << 20, 20 << 20)


def stepped_rate(place):
    """accuracy of a rate of 10 bytes each 50 ms, over 2 s (target 2 %)"""
    return rate(place, "200:b@400:tbody,10/50ms", 400, 200)


CHECKS = [pauses, slow_rate, middle_rate, fast_rate, stepped_rate]
