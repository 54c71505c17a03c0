"""A client by Python's websockets, which talks to an echo server: websocket_client.py URL AUTHORITY [HOW PROXY].

HOW is connect or socks5, and PROXY HOST:PORT; or HOW is either, and the client offers HTTP/2 behind HTTP/1.1. It says what it sent back unchanged, and how the conversation ended."""
import asyncio
import socket
import ssl
import sys
import urllib.parse

import websockets

LIMIT = 30


def read_until(reached, stop):
    data = b""
    while not data.endswith(stop):
        byte = reached.recv(1)
        if not byte:
            raise OSError(f"the proxy ended after {data!r}")
        data += byte
    return data


def connect(reached, host, port):
    reached.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    answer = read_until(reached, b"\r\n\r\n")
    if answer.split()[1] != b"200":
        raise OSError(f"no tunnel: {answer!r}")


def socks5(reached, host, port):
    reached.sendall(b"\5\1\0")
    assert reached.recv(2, socket.MSG_WAITALL) == b"\5\0"
    reached.sendall(b"\5\1\0\3" + bytes([len(host)]) + host.encode() + port.to_bytes(2, "big"))
    assert reached.recv(10, socket.MSG_WAITALL)[:2] == b"\5\0"


async def talk(url, authority, how=None, proxy=None):
    where = urllib.parse.urlsplit(url)
    options = {}
    if where.scheme == "wss":
        options = {"ssl": ssl.create_default_context(cafile=authority), "server_hostname": where.hostname}
    if how == "either":
        options["ssl"].set_alpn_protocols(["http/1.1", "h2"])
    elif how:
        at, port = proxy.split(":")
        reached = socket.create_connection((at, int(port)), timeout=LIMIT)
        {"connect": connect, "socks5": socks5}[how](reached, where.hostname, where.port)
        reached.setblocking(False)
        options["sock"] = reached
    async with websockets.connect(url, max_size=None, open_timeout=LIMIT, close_timeout=LIMIT, **options) as echo:
        print("extensions:", echo.response_headers.get("Sec-WebSocket-Extensions"))
        whole = "x" * 2**20
        for message in ["hello", b"\0\1\xff", "", [whole[i : i + 2**18] for i in range(0, 2**20, 2**18)]]:
            await echo.send(message)
            if isinstance(message, list):
                message = whole
            print("same" if await echo.recv() == message else "other", len(message))
        await (await echo.ping(b"there?"))
        await echo.close(4001, "done")
        print("closed:", echo.close_code)


asyncio.run(asyncio.wait_for(talk(*sys.argv[1:]), LIMIT))
