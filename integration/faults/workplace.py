"""What rows need around them: programs, servers in threads, clients on plain sockets, certificates. All of it ends with the row."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time

PATIENCE = 30  # seconds, for anything; a machine that runs other tests, too, is slow

TOOLS = {"curl": "curl", "openssl": "openssl", "nghttpd": "nghttp2-server"}


def missing_tools():
    return sorted(package for tool, package in TOOLS.items() if shutil.which(tool) is None)


class Workplace:
    def __init__(self, folder, bin_folder):
        self.folder, self.bin_folder = folder, bin_folder
        self.processes, self.listeners, self.acceptors = [], [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()
            process.log.close()
            if process.stdin:
                process.stdin.close()
        # No thread may accept from a number that the next row's socket gets.
        for listener in self.listeners:
            end_accepting(listener)
        for acceptor in self.acceptors:
            acceptor.join(PATIENCE)
        for listener in self.listeners:
            listener.close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.bin_folder, name)

    def certificate(self):
        """The files of a certificate for localhost and its key."""
        key, certificate = self.path("key.pem"), self.path("certificate.pem")
        if not os.path.exists(key):
            command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                       "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                       "-keyout", key, "-out", certificate]
            subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
        return certificate, key

    # --- programs ---

    def start(self, command, ready, stdin=subprocess.DEVNULL):
        """Starts a program and waits until its output has a match of `ready`. Gives the process, whose `match` that is."""
        process = self.spawn(command, stdin)
        process.match = self.wait_for(process, ready)
        return process

    def spawn(self, command, stdin=subprocess.DEVNULL):
        log = open(self.path(f"log{len(self.processes)}"), "w+b")
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=stdin)
        process.log = log
        self.processes.append(process)
        return process

    def output(self, process):
        with open(process.log.name, "rb") as log:
            return log.read().decode("utf-8", "replace")

    def wait_for(self, process, pattern):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            has_ended = process.poll() is not None
            if match := re.search(pattern, self.output(process)):
                return match
            if has_ended:
                break
            time.sleep(0.01)  # a question to a program that sends no event
        state = "is running" if process.poll() is None else f"ended with {process.returncode}"
        raise RuntimeError(f"{process.args[0]} {state} and has not printed {pattern!r}: {self.output(process)}")

    def pathop(self, *arguments, trust=("-k",), before=()):
        """The port of a proxy on loopback, which trusts every server; `place.processes[-1]` is the process."""
        command = [*before, self.program("pathop"), "--listen-host", "127.0.0.1", "-p", "0", *trust, "--set", "confdir=" + self.path("confdir"),
                   *arguments]
        return int(self.start(command, r"listening at [^ ]*:(\d+)").match[1])

    def pathod(self, *arguments):
        command = [self.program("pathod"), "-l", "127.0.0.1", "-p", "0", *arguments]
        return int(self.start(command, r"(?i)listening (?:on|at) [^ ]*:(\d+)").match[1])

    def pathoc(self, *arguments, stdin=b""):
        return self.run([self.program("pathoc"), *arguments], stdin)

    def run(self, command, stdin=b"", **options):
        return subprocess.run(command, input=stdin, capture_output=True, timeout=PATIENCE, check=False, **options)

    def curl(self, *arguments):
        """Gives status and body; status 0: there was no response."""
        command = ["curl", "-sk", "-m", str(PATIENCE), "-w", "\n%{http_code}", *arguments]
        body, _, status = self.run(command, env={**os.environ, "http_proxy": "", "https_proxy": ""}).stdout.rpartition(b"\n")
        return int(status or 0), body

    def nghttpd(self, *arguments, tls):
        """The port of a server that has the file `/f` with `hello`."""
        with open(self.path("f"), "w") as file:
            file.write("hello")
        certificate, key = self.certificate()
        for _ in range(5):  # it takes no port 0
            port = free_port()
            command = ["nghttpd", "-v", "-a", "127.0.0.1", "-d", self.folder, *arguments, str(port)]
            command += [key, certificate] if tls else ["--no-tls"]
            try:
                self.start(command, r"listen 127.0.0.1:\d+")
                return port
            except RuntimeError:
                continue
        raise RuntimeError("nghttpd found no port")

    # --- servers ---

    def server(self, serve, tls=False, protocols=(), address="127.0.0.1"):
        """Calls serve(socket, number) for each connection, in a thread. Gives the port. `protocols` are those of ALPN."""
        listener = socket.create_server((address, 0))
        self.listeners.append(listener)
        context = self.server_context(protocols) if tls else None

        def accept():
            number = 0
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(connection, number), daemon=True).start()
                number += 1

        def one(connection, number):
            connection.settimeout(PATIENCE)
            try:
                if context:
                    connection = context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False)
                serve(connection, number)
            except OSError:
                pass
            finally:
                connection.close()

        self.acceptors.append(threading.Thread(target=accept, daemon=True))
        self.acceptors[-1].start()
        return listener.getsockname()[1]

    def server_context(self, protocols):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate())
        if protocols:
            context.set_alpn_protocols(protocols)
        return context


# --- sockets ---------------------------------------------------------------------------------------------------------


def end_accepting(listener):
    try:
        listener.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it neither listens nor is connected


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def over_tls(connection, protocols=()):
    """A truncated end raises ssl.SSLEOFError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if protocols:
        context.set_alpn_protocols(protocols)
    return context.wrap_socket(connection, server_hostname="localhost", suppress_ragged_eofs=False)


def tunnel(port, to):
    """A connection through a CONNECT."""
    connection = connect(port)
    connection.sendall(f"CONNECT 127.0.0.1:{to} HTTP/1.1\r\nHost: 127.0.0.1:{to}\r\n\r\n".encode())
    read_until(connection, b"\r\n\r\n")
    return connection


def read_until(connection, text):
    received = b""
    while text not in received:
        block = connection.recv(65536)
        if not block:
            break
        received += block
    return received


def read_to_end(connection):
    """All bytes, and how they ended: "fin", "cut" (TLS without close_notify), "reset" or "silence"."""
    received = b""
    while True:
        try:
            block = connection.recv(65536)
        except ssl.SSLEOFError:
            return received, "cut"
        except ConnectionResetError:
            return received, "reset"
        except TimeoutError:
            return received, "silence"
        if not block:
            return received, "fin"
        received += block


def ask(port, request):
    """The response to a request on a connection of its own, which the client half-closes."""
    with connect(port) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return read_to_end(connection)[0]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
