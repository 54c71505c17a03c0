// WebSocket by HTTP/2 (RFC 8441), with the frames of the package ws: an echo server, or a client of one.
//   node websocket_http2.js serve KEY CERTIFICATE
//   node websocket_http2.js talk URL AUTHORITY [PROXY]      PROXY, HOST:PORT, is asked for a tunnel
const fs = require("fs");
const http = require("http");
const http2 = require("http2");
const tls = require("tls");
const { WebSocket } = require("ws");

const limit = 30000;
setTimeout(() => { console.error("too late"); process.exit(1); }, limit).unref();

function webSocketOver(stream, isServer) {
    const socket = new WebSocket(null);
    socket._isServer = isServer;
    stream.setNoDelay = () => {};
    socket.setSocket(stream, Buffer.alloc(0), { maxPayload: 0, skipUTF8Validation: false });
    return socket;
}

function serve(key, certificate) {
    const server = http2.createSecureServer({
        key: fs.readFileSync(key), cert: fs.readFileSync(certificate), settings: { enableConnectProtocol: true },
    });
    server.on("stream", (stream, fields) => {
        console.log(fields[":method"], fields[":protocol"], fields[":path"], fields["sec-websocket-version"]);
        if (fields[":protocol"] !== "websocket") return stream.respond({ ":status": 400 }, { endStream: true });
        stream.respond({ ":status": 200 });
        const socket = webSocketOver(stream, true);
        socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
        socket.on("close", (code, reason) => console.log("closed:", code, reason.toString()));
    });
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

function tunnelThrough(proxy, url) {
    const [host, port] = proxy.split(":");
    const asked = http.request({ host, port, method: "CONNECT", path: url.host });
    return new Promise((resolve, reject) => {
        asked.on("connect", (answer, socket) =>
            answer.statusCode === 200 ? resolve(socket) : reject(new Error("no tunnel: " + answer.statusCode)));
        asked.on("error", reject).end();
    });
}

async function connectTo(url, authority, proxy) {
    const way = proxy ? { socket: await tunnelThrough(proxy, url) } : { host: url.hostname, port: url.port };
    const trust = { ca: fs.readFileSync(authority), ALPNProtocols: ["h2"], servername: "localhost" };
    const connection = http2.connect(url, { createConnection: () => tls.connect({ ...way, ...trust }) });
    await new Promise((resolve, reject) => connection.once("remoteSettings", resolve).once("error", reject));
    return connection;
}

async function talk(address, authority, proxy) {
    const url = new URL(address);
    const connection = await connectTo(url, authority, proxy);
    console.log("may connect:", connection.remoteSettings.enableConnectProtocol);
    const stream = connection.request({
        ":method": "CONNECT", ":protocol": "websocket", ":scheme": "https", ":path": url.pathname,
        ":authority": url.host, "sec-websocket-version": "13",
    });
    const fields = await new Promise((resolve, reject) => stream.once("response", resolve).once("error", reject));
    console.log("status:", fields[":status"]);
    const socket = webSocketOver(stream, false);
    const answer = (event) => new Promise((resolve) => socket.once(event, (...of) => resolve(of)));
    for (const message of ["hello", Buffer.from([0, 1, 255]), "", "x".repeat(2 ** 20)]) {
        socket.send(message);
        const [data, isBinary] = await answer("message");
        const isSame = data.equals(Buffer.from(message)) && isBinary === Buffer.isBuffer(message);
        console.log(isSame ? "same" : "other", data.length);
    }
    socket.ping("there?");
    await answer("pong");
    socket.close(4001, "done");
    const [code] = await answer("close");
    console.log("closed:", code);
    connection.close();
}

const [how, ...given] = process.argv.slice(2);
({ serve, talk })[how](...given)?.catch((error) => { console.error(error); process.exit(1); });
