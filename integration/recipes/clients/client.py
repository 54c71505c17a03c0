"""http.client: requests URLs over one connection. See ../clients.py for the arguments and the line that is printed."""

import http.client
import json
import os
import signal
import socket
import ssl
import sys
from urllib.parse import urlsplit


def connection_to(url):
    if url.scheme == "https":
        connection = http.client.HTTPSConnection(url.hostname, url.port, context=ssl.create_default_context(cafile=os.environ["CA_FILE"]))
    else:
        connection = http.client.HTTPConnection(url.hostname, url.port)
    # Names below localhost are this machine, which not every resolver knows.
    connection._create_connection = lambda _, *rest: socket.create_connection(("127.0.0.1", url.port), *rest)
    return connection


def hang(*_):
    print(json.dumps({"outcome": "hang"}), flush=True)
    os._exit(0)


def main():
    limit, method, body, *urls = sys.argv[1:]
    urls = [urlsplit(url) for url in urls]
    connection = connection_to(urls[0])
    signal.signal(signal.SIGALRM, hang)
    signal.alarm(int(limit))
    try:
        for url in urls:
            connection.request(method, url.path, body or None)
            response = connection.getresponse()
            content = response.read()
        print(json.dumps({"outcome": "response", "status": response.status, "content": content.decode("latin-1")}))
    except Exception as failure:  # noqa: BLE001 - the class is what is wanted
        print(json.dumps({"outcome": "error", "error": f"{type(failure).__name__}: {failure}"}))


main()
