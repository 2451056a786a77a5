/** A web handler behind a port: node:http on loopback, addressed as localhost. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: Request) => Promise<Response>;
export type Listening = { origin: string; close: () => Promise<void> };

async function bodyOf(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return new Uint8Array(Buffer.concat(chunks));
}

async function requestOf(incoming: IncomingMessage, origin: string): Promise<Request> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const method = incoming.method ?? 'GET';
  const withBody = method === 'POST' || method === 'PUT';
  return new Request(`${origin}${incoming.url ?? '/'}`, { method, headers, ...(withBody ? { body: await bodyOf(incoming) } : {}) });
}

/** Listens on a free port; `make` is told the origin it is reached at. */
export async function listen(make: (origin: string) => Handler): Promise<Listening> {
  let origin = '';
  let handler: Handler | undefined;
  const server = createServer((incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const response = await (handler as Handler)(await requestOf(incoming, origin));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    };
    answer().catch((error: unknown) => {
      outgoing.writeHead(500, { 'content-type': 'text/plain' });
      outgoing.end(String(error));
    });
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  handler = make(origin);
  return {
    origin,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
