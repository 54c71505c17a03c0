"""Rows about pathop: beside other proxies, each in front of the same nginx, which shares the client's core."""

import contextlib
import json
import os
import time
from types import SimpleNamespace

import proxies
from cpu import cost_each
from peers import ab_through, ab_tls, free_port, h2load, pinned, run, wrk, wrk_through
from ratios import Row, download
from memory import growth, hold, most_descriptors, resident, serve

BODY = "x" * 100
ANSWER = f'return 200 "{BODY}";'
NEW_A_SECOND = 600  # about what a core makes; decides the length of a run


def beside(peer, ours, origin=None, measure=wrk, measure_peer=None):
    """A scene: one origin, both proxies in front of it, and a client that measures them by port. A peer that is much
    slower can have a run of its own length."""

    @contextlib.contextmanager
    def scene(place):
        with (origin or plain_origin)(place) as server, ours(place, server.port) as us, peer(place, server.port) as them:
            yield SimpleNamespace(our_pid=us.pid, their_pid=them.pid,
                                  ours=lambda seconds: measure(us.port, "/", seconds),
                                  theirs=lambda seconds: (measure_peer or measure)(them.port, "/", seconds))
    return scene


def plain_origin(place):
    return place.nginx(ANSWER, core=1)


def tls_origin(place):
    return place.nginx_tls(ANSWER, core=1)


def http2_origin(place):
    return place.nghttpd(place.folder_with_page("index.html", BODY), core=1, secured=True)


def nghttpx_to_http2(place, origin):
    return proxies.nghttpx(place, origin, ";;tls;proto=h2")


def reverse(scheme, *arguments):
    return lambda place, port: proxies.pathop(place, "--mode", f"reverse:{scheme}://127.0.0.1:{port}", *arguments)


def reverse_by_mitmdump(scheme, *arguments):
    return lambda place, port: proxies.mitmdump(place, "--mode", f"reverse:{scheme}://127.0.0.1:{port}", *arguments)


def through(proxy):
    """A scene of explicit proxies: the client asks each for the origin by its whole URL."""

    @contextlib.contextmanager
    def scene(place):
        with plain_origin(place) as origin, proxies.pathop(place) as us, proxy(place) as them:
            url = f"http://127.0.0.1:{origin.port}/"
            yield SimpleNamespace(our_pid=us.pid, their_pid=them.pid,
                                  ours=lambda seconds: wrk_through(place, us.port, url, seconds),
                                  theirs=lambda seconds: wrk_through(place, them.port, url, seconds))
    return scene


@contextlib.contextmanager
def two_upstreams(place, measure):
    """A scene of pathop with two upstreams to choose from, beside pathop with one. The upstreams are two ports of nginx,
    which respond to an absolute-form as an origin does, so that they cost little."""
    second = free_port()
    with place.nginx(ANSWER, server=f"listen 127.0.0.1:{second};", core=1) as upstream:
        folder = os.path.join(place.folder, f"upstreams-{second}")
        os.mkdir(folder)
        with open(os.path.join(folder, "proxies.json"), "w") as out:
            json.dump({"proxies": [{"name": str(port), "url": f"http://127.0.0.1:{port}", "rules": [{"type": "default"}]}
                                   for port in (upstream.port, second)]}, out)
        with proxies.pathop(place, "--mode", f"multiupstream:{folder}") as us, \
                proxies.pathop(place, "--mode", f"upstream:http://127.0.0.1:{upstream.port}") as them:
            yield SimpleNamespace(our_pid=us.pid, their_pid=them.pid,
                                  ours=lambda seconds: measure(place, us.port, seconds),
                                  theirs=lambda seconds: measure(place, them.port, seconds))


def kept(place, port, seconds):
    return wrk_through(place, port, "http://origin.test/", seconds)


def new(place, port, seconds):
    return ab_through(port, "http://origin.test/", max(100, int(4 * NEW_A_SECOND * seconds)))


def wrk_tls(port, path, seconds):
    return wrk(port, path, seconds, scheme="https")


def new_tls(port, path, seconds):
    return ab_tls(port, path, max(20, int(NEW_A_SECOND * seconds)))


def few_new_tls(port, path, seconds):
    return ab_tls(port, path, max(20, int(40 * seconds)), is_polite=False)


@contextlib.contextmanager
def streamed_gigabyte(place):
    place.file_of_size("bulk", 1 << 30)
    with place.nginx(f"root {place.folder};", core=1) as origin:
        with reverse("http", "--stream", "1m")(place, origin.port) as us, proxies.haproxy(place, origin.port) as them:
            yield SimpleNamespace(ours=lambda _: download(us.port, "/bulk", 0),
                                  theirs=lambda _: download(them.port, "/bulk", 0))


def memory_of_a_gigabyte(place):
    """memory of pathop, growth while 1 GiB streams through"""
    place.file_of_size("bulk", 1 << 30)
    with place.nginx(f"root {place.folder};", core=1) as origin:
        with reverse("http", "--stream", "1m")(place, origin.port) as us:
            run(pinned(1, ["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{us.port}/"]))
            idle = resident(us.pid)
            run(pinned(1, ["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{us.port}/bulk"]))
            return f"{(resident(us.pid, 'VmHWM') - idle) / 1024:.1f} MiB above idle"


def held_silent_clients(place):
    """memory of pathop, of one held client that has said nothing"""
    with plain_origin(place) as origin, reverse("http")(place, origin.port) as us:
        before = resident(us.pid)
        held = hold(us.port, most_descriptors())
        serve(held[-1:])  # by now all that came before have been let in
        return growth(us.pid, before, held)


def held_served_clients(place):
    """memory of pathop, of one held client that was served, and of its server connection"""
    return held_after(place, lambda held: [serve([connection]) for connection in held])


def held_clients_served_at_once(place):
    """memory of pathop, of the same when all were served at once"""
    return held_after(place, serve)


def held_after(place, serve_all):
    with place.pathod("-t", "0", "-a", "/=200", core=1) as origin, reverse("http")(place, origin.port) as us:
        before = resident(us.pid)
        held = hold(us.port, most_descriptors() // 2)
        serve_all(held)
        return growth(us.pid, before, held)


def without_a_proxy(place):
    """new TLS connections that client and origin make with no proxy between, which bounds those through pathop"""
    with tls_origin(place) as origin:
        return f"{new_tls(origin.port, '/', 2):,.0f} /s"


def cost_of_new_tls(place):
    """time of a core that pathop takes for a new TLS connection on both sides"""
    ways = (("", ()), (", in full with the server", ("--set", "tls_resume_server=false")))
    return ", ".join(f"{milliseconds_each(place, *arguments):.1f} ms{way}" for way, arguments in ways)


def milliseconds_each(place, *arguments, count=1000):
    with tls_origin(place) as origin, reverse("https", "-k", *arguments)(place, origin.port) as us:
        ab_tls(us.port, "/", 50)
        _, cost = cost_each(us.pid, lambda: ab_tls(us.port, "/", count))
        return sum(cost) / 1000


def added_latency(place):
    """latency that pathop adds, to one request after another"""
    with plain_origin(place) as origin, reverse("http")(place, origin.port) as us, \
            proxies.haproxy(place, origin.port) as them:
        direct, ours, theirs = (latencies(server.port) for server in (origin, us, them))
        added = [f"p{share}: {(mine - bare) * 1e6:.0f} µs (haproxy {(his - bare) * 1e6:.0f})"
                 for share, mine, his, bare in zip((50, 99), ours, theirs, direct)]
        return ", ".join(added)


def latencies(port, count=3000):
    """Median and 99th percentile of a request's time."""
    import socket
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        times = []
        for _ in range(count):
            begin = time.perf_counter()
            connection.sendall(request)
            while not connection.recv(65536).endswith(BODY.encode()):
                pass
            times.append(time.perf_counter() - begin)
    times.sort()
    return times[count // 2], times[count * 99 // 100]


MITMDUMP_LAZY = ("--set", "connection_strategy=lazy")

ROWS = [
    Row("pathop reverse, keep-alive", "haproxy", "/s", "0.6", beside(proxies.haproxy, reverse("http"))),
    Row("pathop reverse, keep-alive", "nginx", "/s", "", beside(proxies.nginx, reverse("http"))),
    Row("pathop reverse, keep-alive", "mitmdump", "/s", "30", beside(reverse_by_mitmdump("http"), reverse("http"))),
    Row("pathop regular, keep-alive", "squid", "/s", "3", through(proxies.squid)),
    Row("pathop regular, keep-alive", "tinyproxy", "/s", "3", through(proxies.tinyproxy)),
    Row("pathop regular, keep-alive", "mitmdump", "/s", "30", through(proxies.mitmdump)),
    Row("pathop, TLS on both sides, keep-alive", "mitmdump", "/s", "",
        beside(reverse_by_mitmdump("https", "-k"), reverse("https", "-k"), tls_origin, wrk_tls)),
    Row("pathop, TLS on both sides, new connections", "mitmdump", "/s", "10",
        beside(reverse_by_mitmdump("https", "-k"), reverse("https", "-k"), tls_origin, new_tls, few_new_tls)),
    Row("pathop, TLS of clients, new connections", "nginx", "/s", "0.6",
        beside(proxies.nginx_tls, reverse("http"), measure=new_tls)),
    Row("pathop, HTTP/2 to HTTP/1, 100 streams", "nghttpx", "/s", "0.6", beside(proxies.nghttpx, reverse("http"), measure=h2load)),
    Row("pathop, HTTP/2 to HTTP/2 over TLS, 100 streams", "nghttpx", "/s", "0.6",
        beside(nghttpx_to_http2, reverse("https", "-k"), http2_origin, h2load)),
    Row("pathop, one of two upstreams, keep-alive", "one upstream", "/s", "0.95", lambda place: two_upstreams(place, kept)),
    Row("pathop, one of two upstreams, new connections", "one upstream", "/s", "0.95", lambda place: two_upstreams(place, new)),
    Row("pathop, 1 GiB streamed", "haproxy", "MB/s", "", streamed_gigabyte),
]
CHECKS = [memory_of_a_gigabyte, held_silent_clients, held_served_clients, held_clients_served_at_once, without_a_proxy,
          cost_of_new_tls, added_latency]
