// fetch of node: requests URLs one after the other. See ../clients.py for the arguments and the line that is printed.
import dns from "node:dns";

// Names below localhost are this machine, which not every resolver knows.
dns.lookup = (name, options, done) =>
    options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);

const [limit, method, body, ...urls] = process.argv.slice(2);
await fetch("data:,"); // loads what the first fetch loads, before the time runs
const signal = AbortSignal.timeout(Number(limit) * 1000);

function failure(error) {
    const cause = error.cause ?? error;
    return signal.aborted ? { outcome: "hang" } : { outcome: "error", error: `${cause.code ?? cause.name}: ${cause.message}` };
}

let result;
try {
    for (const url of urls) {
        const response = await fetch(url, { method, body: body || undefined, signal });
        const content = Buffer.from(await response.arrayBuffer()).toString("latin1");
        result = { outcome: "response", status: response.status, content };
    }
} catch (error) {
    result = failure(error);
}
console.log(JSON.stringify(result));
process.exit(0);
