"""Starts and stops the servers that take part in a measurement, each on a core of its own where there are two."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from cpu import Rate

TOOLS = {"nginx": "nginx-light", "wrk": "wrk", "ab": "apache2-utils", "curl": "curl", "taskset": "util-linux",
         "openssl": "openssl", "h2load": "nghttp2-client", "nghttpd": "nghttp2-server", "node": "nodejs"}


def find_tool(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def missing_tools():
    return sorted(package for name, package in TOOLS.items() if find_tool(name) is None)


def pinned(core, command):
    """The command, tied to a core: 0 for servers, 1 for clients."""
    if (os.cpu_count() or 1) < 2:
        return command
    return ["taskset", "-c", str(core)] + command


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_listening(port, limit=10):
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port} after {limit} seconds")


def wait_for_line(path, limit=10):
    """The first line of a file that somebody is about to write."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        with open(path) as file:
            line = file.readline()
        if line.endswith("\n"):
            return line.rstrip("\n")
        time.sleep(0.02)
    raise RuntimeError(f"no line in {path} after {limit} seconds")


class Workplace:
    """A folder for configurations and files, and the programs under test."""

    def __init__(self, folder, bin_folder):
        self.folder = folder
        self.bin_folder = bin_folder

    def folder_with_page(self, name, text):
        """A folder with one page in it, for servers of files."""
        folder = os.path.join(self.folder, "pages")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "w") as out:
            out.write(text)
        return folder

    def program(self, name):
        return os.path.join(self.bin_folder, name)

    def file_of_size(self, name, size):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            block = os.urandom(1 << 20)
            with open(path, "wb") as out:
                for _ in range(size >> 20):
                    out.write(block)
        return path

    @contextlib.contextmanager
    def pathod(self, *arguments, core=0):
        """A daemon with one worker; gives its process with the port as an attribute."""
        command = [self.program("pathod"), "-p", "0", "--threads", "1", *arguments]
        with tempfile.NamedTemporaryFile(dir=self.folder) as output:
            process = subprocess.Popen(pinned(core, command), stdout=output, stderr=subprocess.DEVNULL)
            try:
                process.port = int(wait_for_line(output.name).rpartition(":")[2])
                yield process
            finally:
                stop(process)

    def certificate(self):
        """A self-signed certificate for localhost with a P-256 key, as pathod's are, and its key: two paths."""
        chain, key = os.path.join(self.folder, "cert.pem"), os.path.join(self.folder, "key.pem")
        if not os.path.exists(chain):
            made = run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "30", "-subj", "/CN=localhost", "-keyout", key, "-out", chain])
            if made.returncode != 0:
                raise RuntimeError("openssl: " + made.stderr)
        return chain, key

    def chain_with_key(self):
        """The same in one file."""
        path = os.path.join(self.folder, "both.pem")
        with open(path, "w") as out:
            for part in self.certificate():
                with open(part) as text:
                    out.write(text.read())
        return path

    @contextlib.contextmanager
    def nginx(self, location, listen="", server="", http="", core=0):
        """nginx with one worker and one location; gives its master process with the port as an attribute."""
        port = free_port()
        prefix = os.path.join(self.folder, f"nginx-{port}")
        os.makedirs(prefix)
        config = os.path.join(prefix, "nginx.conf")
        user = "user root;" if os.geteuid() == 0 else ""
        with open(config, "w") as out:
            out.write(f"""
                {user} worker_processes 1; daemon off; pid {prefix}/pid; error_log {prefix}/error.log;
                events {{ worker_connections 4096; }}
                http {{
                    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 600;
                    client_body_temp_path {prefix}/b; proxy_temp_path {prefix}/p; fastcgi_temp_path {prefix}/f;
                    uwsgi_temp_path {prefix}/u; scgi_temp_path {prefix}/s;
                    {http}
                    server {{ listen 127.0.0.1:{port} {listen}; {server} location / {{ {location} }} }}
                }}""")
        with self.server([find_tool("nginx"), "-p", prefix, "-c", config], port, core) as process:
            yield process

    def nginx_tls(self, location, listen="", core=0):
        chain, key = self.certificate()
        return self.nginx(location, f"ssl {listen}", f"ssl_certificate {chain}; ssl_certificate_key {key};", core=core)

    def nghttpd(self, root, core=0, secured=False):
        """nghttp2's server, one worker, over plain TCP or TLS."""
        port = free_port()
        chain, key = self.certificate() if secured else ("", "")
        tls = [key, chain] if secured else ["--no-tls"]
        return self.server([find_tool("nghttpd"), "-a", "127.0.0.1", "-n1", "-d", root, str(port), *tls], port, core)

    @contextlib.contextmanager
    def server(self, command, port, core=0, limit=10, **environment):
        """Any server that listens on `port`; gives its process with the port as an attribute."""
        process = subprocess.Popen(pinned(core, command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={**os.environ, **environment})
        try:
            process.port = port
            wait_until_listening(port, limit)
            yield process
        finally:
            stop(process)


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def reply_size(port, path):
    """Bytes of a whole reply, head included."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        seen = b""
        while b"\r\n\r\n" not in seen:
            seen += connection.recv(65536)
        head, _, body = seen.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
        return len(head) + 4 + max(length, len(body))


def run(command, limit=300):
    return subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)


def wrk(port, path, seconds, connections=32, scheme="http"):
    """Requests a second."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", f"{scheme}://127.0.0.1:{port}{path}"]
    result = run(pinned(1, command))
    return wrk_rate(result)


def wrk_rate(result):
    found = re.search(r"Requests/sec:\s+([\d.]+)", result.stdout)
    count = re.search(r"(\d+) requests in", result.stdout)
    if not found or not count or "Non-2xx" in result.stdout:
        raise RuntimeError("wrk: " + result.stdout + result.stderr)
    return Rate(float(found.group(1)), int(count.group(1)))


def wrk_through(place, proxy, url, seconds, connections=32):
    """Requests a second that ask a proxy for a URL."""
    script = os.path.join(place.folder, "absolute.lua")
    with open(script, "w") as out:
        out.write(f"wrk.headers['Host'] = 'origin'\nlocal asked = wrk.format('GET', '{url}')\nrequest = function() return asked end\n")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "-s", script, f"http://127.0.0.1:{proxy}/"]
    result = run(pinned(1, command))
    return wrk_rate(result)


def ab_tls(port, path, count, connections=8, is_polite=True):
    """New TLS connections a second, one request each, none resumed. A peer that ends them without close_notify is not
    polite, and ab calls all its answers failed."""
    return ab([f"https://127.0.0.1:{port}{path}"], count, connections, is_polite)


def ab_through(proxy, url, count, connections=8):
    """New connections a second, one request each that asks a proxy for a URL."""
    return ab(["-X", f"127.0.0.1:{proxy}", url], count, connections)


def ab(arguments, count, connections, is_polite=True):
    result = run(pinned(1, ["ab", "-q", "-n", str(count), "-c", str(connections), *arguments]))
    found = re.search(r"Requests per second:\s+([\d.]+)", result.stdout)
    if not found or (is_polite and not re.search(r"Failed requests:\s+0\n", result.stdout)):
        raise RuntimeError("ab: " + result.stdout + result.stderr)
    return Rate(float(found.group(1)), count)


def h2load(port, path, seconds, connections=4, streams=100):
    """Requests a second over HTTP/2 by prior knowledge."""
    result = run(pinned(1, ["h2load", "-t1", f"-c{connections}", f"-m{streams}", f"-D{max(1, round(seconds))}",
                            f"http://127.0.0.1:{port}{path}"]))
    found = re.search(r"([\d.]+) req/s", result.stdout)
    count = re.search(r"(\d+) succeeded", result.stdout)
    if not found or not count or not re.search(r" 0 failed, 0 errored", result.stdout):
        raise RuntimeError("h2load: " + result.stdout + result.stderr)
    return Rate(float(found.group(1)), int(count.group(1)))
