"""A server by Python's websockets for one connection: python3 websocket_server.py COUNT. Says its port, sends COUNT messages
back and then closes with the code 4000, and says with which code and reason the client closed (1006: without saying so)."""
import asyncio
import sys

import websockets


async def main():
    ended = asyncio.get_running_loop().create_future()

    async def talk(socket):
        try:
            for _ in range(int(sys.argv[1])):
                await socket.send(await socket.recv())
            await socket.close(4000, "so long")
        except websockets.ConnectionClosed:
            pass
        ended.set_result(f"{socket.close_code} {socket.close_reason}")

    async with websockets.serve(talk, "127.0.0.1", 0, max_size=None, ping_interval=None, close_timeout=20) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        print(await asyncio.wait_for(ended, 20), flush=True)


asyncio.run(main())
