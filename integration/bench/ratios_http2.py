"""Rows about HTTP/2: h2load with 100 streams on each of four connections, by prior knowledge."""

import contextlib
from types import SimpleNamespace

from peers import h2load
from ratios import Row

BODY = "x" * 100


@contextlib.contextmanager
def beside_nginx(place):
    location = f'return 200 "{BODY}";'
    with place.nginx(location, "http2", "http2_max_requests 100000000;") as nginx, place.pathod() as pathod:
        yield SimpleNamespace(our_pid=pathod.pid, their_pid=nginx.pid,
                              ours=lambda seconds: h2load(pathod.port, "/p/200:b@100", seconds),
                              theirs=lambda seconds: h2load(nginx.port, "/", seconds))


@contextlib.contextmanager
def beside_nghttpd(place):
    with place.nghttpd(place.folder_with_page("hundred", BODY)) as nghttpd, place.pathod() as pathod:
        yield SimpleNamespace(our_pid=pathod.pid, their_pid=nghttpd.pid,
                              ours=lambda seconds: h2load(pathod.port, "/p/200:b@100", seconds),
                              theirs=lambda seconds: h2load(nghttpd.port, "/hundred", seconds))


ROWS = [
    Row("pathod over HTTP/2, 100 streams", "nginx", "/s", "0.8 of the faster", beside_nginx),
    Row("pathod over HTTP/2, 100 streams", "nghttpd", "/s", "0.8 of the faster", beside_nghttpd),
]
