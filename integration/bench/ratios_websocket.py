"""Rows about WebSocket: echo servers, and a client that only counts bytes, so that the server is what is measured."""

import contextlib
import os
import socket
import struct
import threading
import time
from types import SimpleNamespace

from peers import free_port
from ratios import Row

SIZE = 100  # bytes of each message
BATCH = 2000  # messages under way
DEBIAN_PYTHON = "/usr/bin/python3"  # the one that python3-websockets belongs to

HANDSHAKE = ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()

PYTHON_PEER = """
import asyncio, sys, websockets

async def echo(connection):
    async for message in connection:
        await connection.send(message)

async def main():
    async with websockets.serve(echo, "127.0.0.1", int(sys.argv[1]), compression=None):
        await asyncio.Future()

asyncio.run(main())
"""

NODE_PEER = """
const { WebSocketServer } = require('ws');
new WebSocketServer({ host: '127.0.0.1', port: +process.argv[2], perMessageDeflate: false })
    .on('connection', (c) => c.on('message', (data, isBinary) => c.send(data, { binary: isBinary })));
"""


def masked_frame(payload, key=b"\x01\x02\x03\x04"):
    masked = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    return struct.pack("!BB", 0x82, 0x80 | len(payload)) + key + masked


def messages_a_second(port, seconds):
    """Messages that came back, each to a connection that always has a batch of them under way."""
    frames = masked_frame(b"m" * SIZE) * BATCH
    answer = (SIZE + 2) * BATCH
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(HANDSHAKE)
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        begin, turns = time.monotonic(), 0
        while time.monotonic() - begin < seconds:
            sender = threading.Thread(target=connection.sendall, args=(frames,))
            sender.start()
            left, room = answer, bytearray(1 << 18)
            while left:
                some = connection.recv_into(room)
                if some == 0:
                    raise RuntimeError("the echo ended")
                left -= some
            sender.join()
            turns += 1
        return turns * BATCH / (time.monotonic() - begin)


@contextlib.contextmanager
def beside(place, name, program, text, **environment):
    script = os.path.join(place.folder, name)
    with open(script, "w") as out:
        out.write(text)
    port = free_port()
    with place.server([program, script, str(port)], port, **environment), place.pathod("--ws-echo") as pathod:
        yield SimpleNamespace(ours=lambda seconds: messages_a_second(pathod.port, seconds),
                              theirs=lambda seconds: messages_a_second(port, seconds))


def beside_python(place):
    return beside(place, "echo.py", DEBIAN_PYTHON, PYTHON_PEER)


def beside_node(place):
    return beside(place, "echo.js", "node", NODE_PEER, NODE_PATH="/usr/share/nodejs")


ROWS = [
    Row("pathod --ws-echo, messages of 100 bytes", "Python websockets", "/s", "1.0", beside_python),
    Row("pathod --ws-echo, messages of 100 bytes", "node ws", "/s", "1.0", beside_node),
]
