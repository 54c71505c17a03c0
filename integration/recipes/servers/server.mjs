// node: responds to each request with `hello world` when it has read its content. The argument is http or http2.
const { createServer } = await import(`node:${process.argv[2]}`);

const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.end("hello world"));
});
server.on("sessionError", () => {});
server.listen(0, "127.0.0.1", () => console.log(`listening on 127.0.0.1:${server.address().port}`));
