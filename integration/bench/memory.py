"""What a daemon keeps in memory: while it works hard, and while it only holds connections."""

import resource
import socket
import ssl

from peers import run, pinned, wrk


def resident(pid, field="VmRSS"):
    """KiB."""
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith(field + ":"):
                return int(line.split()[1])
    raise RuntimeError(f"no {field} for process {pid}")


def bulk(place):
    """memory, most while it sends 1 GiB"""
    with place.pathod() as pathod:
        run(pinned(1, ["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{pathod.port}/p/200:b@1g"]))
        return f"{resident(pathod.pid, 'VmHWM') / 1024:.1f} MiB"


def many_requests(place):
    """memory, growth over at least 1 000 000 requests"""
    with place.pathod() as pathod:
        wrk(pathod.port, "/p/200:b@100", 2)  # warm: the log is full
        before, done = resident(pathod.pid), 0
        while done < 1_000_000:
            done += int(wrk(pathod.port, "/p/200:b@100", 5) * 5)
        return f"{resident(pathod.pid) - before} KiB over {done:,} requests"


def hold(port, wanted):
    """So many connections, from as many addresses as have the ports."""
    held = []
    for i in range(wanted):
        connection = socket.socket()
        connection.bind((f"127.0.1.{1 + i // 5000}", 0))
        connection.connect(("127.0.0.1", port))
        held.append(connection)
    return held


def serve(held, path="/"):
    """Has each served once, so that its coroutine, buffers and all are there."""
    for connection in held:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    for connection in held:
        connection.recv(4096)


def most_descriptors():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(50_000, hard - 200)


def growth(pid, before, held):
    grown = resident(pid) - before
    for connection in held:
        connection.close()
    return f"{grown / len(held):.1f} KiB each, {len(held):,} held"


def idle_connections(place):
    """memory, of one held idle connection"""
    with place.pathod("-t", "0") as pathod:
        before = resident(pathod.pid)
        held = hold(pathod.port, most_descriptors())
        serve(held, "/p/200")
        return growth(pathod.pid, before, held)


def idle_tls_connections(place):
    """memory, of one held idle TLS connection"""
    wanted = 2000
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with place.pathod("-t", "0", "-s", "--cert", place.chain_with_key()) as pathod:
        def held_one():
            secured = context.wrap_socket(socket.create_connection(("127.0.0.1", pathod.port)))
            secured.sendall(b"GET /p/200 HTTP/1.1\r\nHost: x\r\n\r\n")
            secured.recv(4096)
            return secured

        first = held_one()
        before = resident(pathod.pid)
        held = [held_one() for _ in range(wanted)]
        first.close()
        return growth(pathod.pid, before, held)


CHECKS = [bulk, many_requests, idle_connections, idle_tls_connections]
