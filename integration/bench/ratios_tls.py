"""Rows about TLS: the same P-256 key on both sides, one worker each."""

import contextlib
from types import SimpleNamespace

from peers import ab_tls, reply_size, wrk
from ratios import Row, padded_body

NEW_A_SECOND = 1500  # about what one core makes; decides the length of a run


@contextlib.contextmanager
def both(place):
    """nginx and pathod over TLS, with replies of equal size; gives their ports and the path of each."""
    with place.nginx('return 200 "' + "x" * 100 + '";') as plain:
        wanted = reply_size(plain.port, "/")
    with place.pathod() as plain:
        size = padded_body(plain.port, "/p/200:b@%d", wanted)
    with place.nginx_tls('return 200 "' + "x" * 100 + '";') as nginx:
        with place.pathod("-s", "--cert", place.chain_with_key()) as pathod:
            yield nginx.port, pathod.port, f"/p/200:b@{size}"


@contextlib.contextmanager
def keep_alive(place):
    with both(place) as (nginx, pathod, path):
        yield SimpleNamespace(ours=lambda seconds: wrk(pathod, path, seconds, scheme="https"),
                              theirs=lambda seconds: wrk(nginx, "/", seconds, scheme="https"))


@contextlib.contextmanager
def new_connections(place):
    with both(place) as (nginx, pathod, path):
        yield SimpleNamespace(ours=lambda seconds: ab_tls(pathod, path, int(NEW_A_SECOND * seconds)),
                              theirs=lambda seconds: ab_tls(nginx, "/", int(NEW_A_SECOND * seconds)))


ROWS = [
    Row("pathod over TLS, small replies, keep-alive", "nginx", "/s", "0.9", keep_alive),
    Row("pathod over TLS, a connection for each request", "nginx", "/s", "0.7", new_connections),
]
