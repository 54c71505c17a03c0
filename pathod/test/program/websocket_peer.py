"""What Python's websockets, as a client, makes of a server: python3 websocket_peer.py PORT CASE. Says `ok`, or fails."""
import asyncio
import sys

import websockets

PATIENCE = 20
MEGABYTE = 1 << 20


def connect(port, path="/", **options):
    return websockets.connect(f"ws://127.0.0.1:{port}{path}", max_size=None, ping_interval=None, **options)


async def say(socket, message):
    await socket.send(message)
    heard = await socket.recv()
    whole = message if isinstance(message, (str, bytes)) else type(message[0])().join(message)
    assert heard == whole, f"{len(whole)} bytes came back as {len(heard)}: {heard[:40]!r}"


async def talk(socket):
    for message in ("hello", "", "κόσμε " * 1000, b"\x00\xff", b"", ["a", "bc", "", "def"], [b"\x01" * 70000, b"\x02"]):
        await say(socket, message)
    await say(socket, bytes(range(256)) * (MEGABYTE // 256))
    await asyncio.wait_for(await socket.ping(b"are you there"), PATIENCE)
    for number in range(50):
        await socket.send(str(number))
    assert [await socket.recv() for _ in range(50)] == [str(number) for number in range(50)]


async def small_talk(socket):
    for message in ("hello", "κόσμε " * 1000, b"\x00\xff" * 5000, "hello"):
        await say(socket, message)


async def echo(port, conversation, **options):
    async with connect(port, **options) as socket:
        await conversation(socket)
        extensions = [extension.name for extension in socket.extensions]
    assert socket.close_code == 1000, socket.close_code
    return extensions


async def plain(port):
    assert await echo(port, talk, compression=None) == []


async def compressed(port):
    assert await echo(port, talk) == ["permessage-deflate"]


async def compressed_without_takeover(port):
    from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

    for server_bits, client_bits in ((None, None), (9, 10), (15, 15)):
        factory = ClientPerMessageDeflateFactory(
            server_no_context_takeover=True, client_no_context_takeover=True,
            server_max_window_bits=server_bits, client_max_window_bits=client_bits)
        assert await echo(port, small_talk, extensions=[factory], compression=None) == ["permessage-deflate"]


async def broken_text(port):
    async with connect(port, compression=None) as socket:
        await socket.write_frame(True, 1, b"\xed\xa0\x80")
        try:
            await socket.recv()
        except websockets.ConnectionClosedError as closed:
            assert closed.rcvd.code == 1007, closed
        else:
            raise AssertionError("broken text was taken")


async def subprotocol(port):
    async with connect(port, subprotocols=["soap", "chat"]) as socket:
        assert socket.subprotocol == "soap"


async def crafting(port):
    async with connect(port, compression=None, close_timeout=0.1) as socket:  # a listener closes nothing
        await socket.send("unheard of")
        await socket.send("pathod!wf:fin:b'one' wf:-fin:ctext:b'tw' wf:fin:ccontinue:b'o'")
        assert [await socket.recv(), await socket.recv()] == ["one", "two"]
        await socket.send("pathod!wf:fin:rsv1:b'x'")
        try:
            await socket.recv()
        except websockets.ConnectionClosedError as closed:
            assert closed.sent.code == 1002, closed
        else:
            raise AssertionError("a reserved bit was taken")


async def lying(port):
    try:
        async with connect(port, "/p/ws:h'Sec-WebSocket-Accept'='lie'"):
            raise AssertionError("a wrong accept value was taken")
    except websockets.InvalidHeaderValue as refused:
        assert "Sec-WebSocket-Accept" in str(refused), refused


async def main():
    port, case = int(sys.argv[1]), sys.argv[2]
    await asyncio.wait_for(globals()[case](port), 3 * PATIENCE)
    print("ok")


asyncio.run(main())
