// Serves the files of a folder over TLS, HTTP/2 on one port and HTTP/1.1 on another, each answer after a delay.
// Usage: node page_server.mjs FOLDER KEY CERTIFICATE MILLISECONDS; ends when its standard input does.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import { extname, join, relative } from "node:path";

const [folder, key, cert, delay] = process.argv.slice(2);
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8" };

// In memory: only the delay is to be waited for.
const files = new Map();
for (const name of readdirSync(folder, { recursive: true })) {
  const path = join(folder, name);
  if (statSync(path).isFile()) files.set(`/${relative(folder, path)}`, readFileSync(path));
}

const find = (url) => {
  const body = files.get(url);
  const type = types[extname(url)] ?? "application/octet-stream";
  return [body ? 200 : 404, { "content-type": type, "content-length": body?.length ?? 0 }, body];
};
const tls = { key: readFileSync(key), cert: readFileSync(cert) };

// As many requests at a time as nginx takes; Node would set no limit.
const two = createSecureServer({ ...tls, settings: { maxConcurrentStreams: 128 } });
// The browser is on the same machine: what the server takes from it is to be little.
two.on("stream", (stream, { ":path": url }) => {
  const [status, headers, body] = find(url);
  setTimeout(() => {
    stream.respond({ ":status": status, ...headers });
    stream.end(body);
  }, Number(delay));
});
const one = createServer(tls, (request, response) => {
  const [status, headers, body] = find(request.url);
  setTimeout(() => response.writeHead(status, headers).end(body), Number(delay));
});

const ports = {};
for (const [protocol, server] of Object.entries({ "HTTP/2": two, "HTTP/1.1": one })) {
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  ports[protocol] = server.address().port;
}
console.log(JSON.stringify(ports));
process.stdin.on("end", () => process.exit()).resume();
