"""Starts proxies in front of an origin: ours and its peers, one worker each, on the core of the servers."""

import contextlib
import os
import pwd
import textwrap

from peers import find_tool, free_port, stop

TOOLS = {"haproxy": "haproxy", "squid": "squid-openssl", "tinyproxy": "tinyproxy", "mitmdump": "mitmproxy",
         "nghttpx": "nghttp2-proxy"}


def missing_tools():
    return sorted(package for name, package in TOOLS.items() if find_tool(name) is None)


def written(place, name, text):
    path = os.path.join(place.folder, name)
    with open(path, "w") as out:
        out.write(textwrap.dedent(text).strip() + "\n")
    return path


def pathop(place, *arguments):
    port = free_port()
    command = [place.program("pathop"), "--listen-host", "127.0.0.1", "-p", str(port), "-q", "--set",
               f"confdir={place.folder}/authority", *arguments]
    return place.server(command, port)


def mitmdump(place, *arguments):
    port = free_port()
    command = ["/usr/bin/mitmdump", "--listen-host", "127.0.0.1", "-p", str(port), "-q", "--set",
               f"confdir={place.folder}/mitmdump", *arguments]
    return place.server(command, port, limit=60)


def haproxy(place, origin):
    port = free_port()
    config = written(place, f"haproxy-{port}.cfg", f"""
        global
            nbthread 1
            maxconn 4096
        defaults
            mode http
            timeout connect 5s
            timeout client 60s
            timeout server 60s
        frontend f
            bind 127.0.0.1:{port}
            default_backend b
        backend b
            http-reuse always
            server s 127.0.0.1:{origin}
        """)
    return place.server([find_tool("haproxy"), "-f", config, "-db"], port)


def nginx(place, origin):
    """As a reverse proxy that keeps its connections to the origin."""
    upstream = f"upstream origin {{ server 127.0.0.1:{origin}; keepalive 64; keepalive_requests 100000000; }}"
    return place.nginx('proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";', http=upstream)


def nginx_tls(place, origin):
    chain, key = place.certificate()
    upstream = f"upstream origin {{ server 127.0.0.1:{origin}; keepalive 64; keepalive_requests 100000000; }}"
    return place.nginx('proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";', "ssl",
                       f"ssl_certificate {chain}; ssl_certificate_key {key};", http=upstream)


def squid(place):
    port = free_port()
    home = os.path.join(place.folder, f"squid-{port}")
    os.makedirs(home, mode=0o777, exist_ok=True)
    os.chmod(home, 0o777)
    os.chmod(place.folder, 0o755)  # squid leaves root's rights behind
    config = written(place, f"squid-{port}.conf", f"""
        http_port 127.0.0.1:{port}
        http_access allow all
        cache deny all
        access_log none
        cache_log {home}/cache.log
        pid_filename {home}/pid
        coredump_dir {home}
        netdb_filename none
        pinger_enable off
        shutdown_lifetime 0 seconds
        """)
    return place.server([find_tool("squid"), "-N", "-f", config], port)


def tinyproxy(place):
    port = free_port()
    user = pwd.getpwuid(os.geteuid()).pw_name
    config = written(place, f"tinyproxy-{port}.conf",
                     f"User {user}\nPort {port}\nListen 127.0.0.1\nMaxClients 200\nLogLevel Error\n")
    return place.server([find_tool("tinyproxy"), "-d", "-c", config], port)


def nghttpx(place, origin, backend=""):
    """HTTP/2 without TLS in front; the origin speaks HTTP/1 unless the words about it say otherwise."""
    port = free_port()
    command = [find_tool("nghttpx"), f"-f127.0.0.1,{port};no-tls", f"-b127.0.0.1,{origin}{backend}", "-n1",
               "--conf=/dev/null", "--errorlog-file=/dev/null", "--insecure"]
    return place.server(command, port)
