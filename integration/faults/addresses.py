"""Names with several addresses, of which some are silent."""

import errno
import socket

from table import Skipped, expect, expect_in, row
from workplace import read_until

NAME = "several.test"


class SilentAddress:
    """A listener whose queue is full, and that accepts nobody: the system drops what asks for more."""

    def __init__(self, place, address, port):
        self.family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.where = (address, port)
        listener = socket.socket(self.family)
        place.listeners.append(listener)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(self.where)
        listener.listen(0)
        for _ in range(16):
            if not self.responds(place):
                return
        raise RuntimeError(f"{address} is not silent")

    def responds(self, place):
        client = socket.socket(self.family)
        place.listeners.append(client)
        client.setblocking(False)
        return 0 in (client.connect_ex(self.where), again := client.connect_ex(self.where)) or again == errno.EISCONN


def with_hosts(place, *addresses):
    """What a command begins with to see NAME with these addresses."""
    hosts = place.path("hosts")
    with open(hosts, "w") as file:
        file.writelines(f"{address} {NAME}\n" for address in addresses)
    command = ["unshare", "-rm", "sh", "-c", f'mount --bind "{hosts}" /etc/hosts && exec "$@"', "sh"]
    if place.run([*command, "true"]).returncode != 0:
        raise Skipped("this user may not mount files")
    return command


@row("A4", "a server whose first address is silent is reached by the next one")
def silent_address(place):
    serving = "127.0.0.3"
    for silent in ("127.0.0.2", "::1"):
        port = place.server(respond, address=serving)
        SilentAddress(place, silent, port)
        before = with_hosts(place, silent, serving)
        known = place.run([*before, "getent", "ahosts", NAME]).stdout
        expect(known.split()[0], silent.encode(), "the first address")
        url = f"http://{NAME}:{port}/"
        proxy = place.pathop(before=before)
        expect(place.curl("-x", f"127.0.0.1:{proxy}", url), (200, b"ok"), f"pathop, {silent}")
        result = place.run([*before, place.program("pathoc"), f"{NAME}:{port}", "get:/"])
        expect_in(b"<< 200 OK: 2 bytes", result.stdout, f"pathoc, {silent}")


def respond(connection, _number):
    read_until(connection, b"\r\n\r\n")
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
