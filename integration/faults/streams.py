"""Ends of connections, requests that must not be repeated, and streams."""

import socket
import ssl
import threading

from messages import status_of
from table import expect, expect_in, expect_not_in, row
from workplace import PATIENCE, ask, connect, free_port, over_tls, read_to_end, read_until, tunnel

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def end(connection, how):
    """Ends a connection in one of the ways of read_to_end()."""
    if how == "fin" and isinstance(connection, ssl.SSLSocket):
        connection.unwrap()
    elif how == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    else:
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@row("A1", "a request that may have an effect is not sent twice")
def repeats(place):
    for method, times in ((b"POST", 1), (b"PATCH", 1), (b"PUT", 2), (b"DELETE", 2)):
        asked = []

        def serve(connection, _number):
            read_until(connection, b"\r\n\r\n")
            connection.sendall(OK)
            request = read_until(connection, b"body")
            while request:
                asked.append(request)
                return

        port = place.server(serve)
        where = f"127.0.0.1:{port}".encode()
        with connect(place.pathop()) as client:
            client.sendall(b"GET http://" + where + b"/ HTTP/1.1\r\nHost: " + where + b"\r\n\r\n")
            read_until(client, b"ok")
            client.sendall(method + b" http://" + where + b"/2 HTTP/1.1\r\nHost: " + where + b"\r\nContent-Length: 4\r\n\r\nbody")
            status = status_of(read_until(client, b"\r\n\r\n"))
        expect(sum(request.startswith(method) for request in asked), times if times == 1 else 1, f"{method!r} on the kept connection")
        if times == 1:
            expect(status, 502, method.decode())


@row("A2", "a tunnel delivers all bytes, and an end without close_notify as such")
def cut_tunnels(place):
    proxy = place.pathop()
    for size in (1, 300_000):
        for how in ("fin", "cut"):

            def serve(connection, _number):
                connection.recv(10)
                connection.sendall(b"x" * size)
                end(connection, how)

            port = place.server(serve, tls=True)
            for _ in range(3):
                with over_tls(tunnel(proxy, port)) as client:
                    client.sendall(b"\0not HTTP")
                    received, seen = read_to_end(client)
                    expect((len(received), seen), (size, how), "bytes and end")


@row("A3", "a client that knows that its server speaks HTTP/2 is believed")
def prior_knowledge(place):
    port = place.nghttpd(tls=False)
    url = f"http://127.0.0.1:{port}/f"
    for mode, arguments in ((["--mode", "regular"], ["-p", "-x"]), (["--mode", "socks5"], ["--socks5"])):
        proxy = place.pathop(*mode)
        expect(place.curl("--http2-prior-knowledge", *arguments, f"127.0.0.1:{proxy}", url), (200, b"hello"), str(mode))
    proxy = place.pathop("--mode", f"reverse:http://127.0.0.1:{port}")
    expect(place.curl("--http2-prior-knowledge", f"http://127.0.0.1:{proxy}/f"), (200, b"hello"), "reverse")
    expect(place.curl(f"http://127.0.0.1:{proxy}/f"), (200, b"hello"), "reverse, by HTTP/1")


@row("A5", "a streamed response with trailers has no error")
def trailers(place):
    port = place.nghttpd("--trailer", "grpc-status: 0", tls=True)
    proxy = place.pathop("--mode", f"reverse:https://127.0.0.1:{port}", "--stream", "1", "--json")
    process = place.processes[-1]
    for _ in range(5):
        expect(place.curl("--http2", f"https://127.0.0.1:{proxy}/f"), (200, b"hello"))
    place.wait_for(process, r"(?s)(client disconnect.*){5}")
    expect(place.output(process).count('"type":"relayed"'), 5, "records without an error")


@row("A8", "a response that ends without close_notify is delivered, and marked")
def cut_response(place):
    def serve(connection, _number):
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 50_000)
        end(connection, "cut")

    port = place.server(serve, tls=True)
    for more in ([], ["--stream", "1"]):
        proxy = place.pathop("--mode", f"reverse:https://127.0.0.1:{port}", *more)
        with over_tls(connect(proxy)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            received, how = read_to_end(client)
        expect((received.count(b"x"), how), (50_000, "cut"), str(more))
        place.wait_for(place.processes[-1], "without TLS close_notify")


@row("A19", "an event stream passes as it comes")
def events(place):
    for content_type in (b"text/event-stream", b"application/grpc", b"multipart/x-mixed-replace; boundary=b"):
        has_first = threading.Event()

        def serve(connection, _number):
            read_until(connection, b"\r\n\r\n")
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: " + content_type + b"\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            if has_first.wait(PATIENCE):
                connection.sendall(b"6\r\nsecond\r\n0\r\n\r\n")

        where = f"127.0.0.1:{place.server(serve)}".encode()
        with connect(place.pathop()) as client:
            client.sendall(b"GET http://" + where + b"/ HTTP/1.1\r\nHost: " + where + b"\r\n\r\n")
            client.settimeout(PATIENCE / 2)
            expect_in(b"first", read_until(client, b"first"), content_type.decode())
            has_first.set()
            expect_in(b"second", read_until(client, b"0\r\n\r\n"), content_type.decode())


@row("A20", "two proxies that forward to each other end with an error, not with all descriptors")
def loop(place):
    port = free_port()
    first = place.pathop("--mode", f"upstream:http://127.0.0.1:{port}", "--set", "max_servers_per_address=100")
    second = [place.program("pathop"), "--listen-host", "127.0.0.1", "-p", str(port), "--mode", f"upstream:http://127.0.0.1:{first}",
              "--set", "max_servers_per_address=100", "--set", "confdir=" + place.path("confdir")]
    place.start(second, "listening at")
    got = ask(first, b"GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n")
    expect(status_of(got), 502)
    expect_in(b"loop", got)


@row("A23", "a server that refused once is asked again for the next stream")
def refused_once(place):
    port = free_port()
    proxy = place.pathop("--mode", f"reverse:http://127.0.0.1:{port}")
    process = place.processes[-1]

    def serve():
        place.wait_for(process, "error establishing")
        with socket.create_server(("127.0.0.1", port)) as listener:
            listener.settimeout(PATIENCE)
            connection, _ = listener.accept()
            read_until(connection, b"\r\n\r\n")
            connection.sendall(OK)

    threading.Thread(target=serve, daemon=True).start()
    # curl tries again after 502, on the same connection.
    again = ["--retry", "3", "--retry-delay", "1", "--http2"]
    status, _ = place.curl(*again, f"https://127.0.0.1:{proxy}/")
    expect(status, 200)
    expect(place.output(process).count("client connect"), 1, "connections of the client")
