/** Refloop's port: how long a caller may take, what is answered where no request could be read, and how the port is closed. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';

export type HttpServer = {
  port: number;
  /** From here on each answer ends its connection, so that callers who keep theirs find another replica. */
  drain: () => void;
  /** Takes no new connection and lets open requests end; cuts those that have not after this time. */
  close: (milliseconds: number) => Promise<void>;
  /** Cuts what is still open. */
  cut: () => void;
};

export type HttpServerOptions = {
  fetch: (request: Request, bindings: HttpBindings) => Response | Promise<Response>;
  /** Answers what never became a request: a host or an address that cannot be read. */
  unreadable: () => Response;
  host: string;
  /** 0 takes any that is free. */
  port: number;
  patience?: Patience;
};

export type Patience = {
  /** Milliseconds a caller has to send the headers, and the whole request. */
  headers: number;
  request: number;
};

/**
 * A chart of 6 MiB takes 50 s over a line of 1 Mbit/s; whoever sends slower than that is more likely to hold connections than to
 * refer anybody.
 */
const PATIENCE: Patience = { headers: 15_000, request: 60_000 };
/** A connection that is kept but not used; load balancers commonly keep theirs for 60 s, and must be the ones to end it. */
const KEEP_ALIVE_MS = 65_000;

/** Opens the port. Fails with Node's own error where it cannot be had. */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const patience = options.patience ?? PATIENCE;
  const listener = getRequestListener((request, bindings) => options.fetch(request, bindings as HttpBindings), {
    errorHandler: options.unreadable,
  });
  let draining = false;
  /** Answers that have not begun; a connection whose answer promised to keep it would hold the port open. */
  const unanswered = new Set<ServerResponse>();
  const lastOfItsConnection = (outgoing: ServerResponse): void => {
    if (!outgoing.headersSent) outgoing.setHeader('connection', 'close');
  };
  const server = createServer(
    {
      headersTimeout: patience.headers,
      requestTimeout: patience.request,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // How often Node looks for callers who took too long.
      connectionsCheckingInterval: Math.min(1000, patience.headers),
    },
    (incoming, outgoing) => {
      if (draining) lastOfItsConnection(outgoing);
      unanswered.add(outgoing);
      outgoing.once('close', () => unanswered.delete(outgoing));
      void listener(incoming, outgoing);
    },
  );
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(options.port, options.host, () => {
      server.off('error', failed);
      done();
    });
  });
  const drain = (): void => {
    draining = true;
    for (const outgoing of unanswered) lastOfItsConnection(outgoing);
  };
  return {
    port: (server.address() as AddressInfo).port,
    drain,
    close: (milliseconds) =>
      new Promise((done) => {
        drain();
        const late = setTimeout(() => server.closeAllConnections(), milliseconds);
        server.close(() => {
          clearTimeout(late);
          done();
        });
        server.closeIdleConnections();
      }),
    cut: () => server.closeAllConnections(),
  };
}
