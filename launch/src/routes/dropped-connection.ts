/** Ending a connection in the middle, the way a failing network or server does. */
import type { IncomingMessage } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';

const incomingOf = (context: Context): IncomingMessage | undefined => ((context.env ?? {}) as { incoming?: IncomingMessage }).incoming;

/** A body that ends in the connection's end after these words; where there is no connection (a test within one process), it cannot be read. */
function brokenBody(incoming: IncomingMessage | undefined, beginning: string): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        if (beginning !== '') controller.enqueue(new TextEncoder().encode(beginning));
      },
      pull: async (controller) => {
        if (!incoming) return controller.error(new Error('The connection was dropped.'));
        // What is written leaves the process first.
        await new Promise((done) => setTimeout(done, 50));
        incoming.socket.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Ends the connection without a word. */
export function dropConnection(context: Context): Response {
  const incoming = incomingOf(context);
  if (!incoming) return context.body(brokenBody(undefined, ''), 502);
  incoming.socket.destroy();
  return new Response(null, { headers: RESPONSE_ALREADY_SENT.headers });
}

/**
 * Sends the answer's head and the beginning of its body, and then ends the connection. It ends after the head because a browser that gets
 * nothing at all on a connection it used before may repeat the request by itself, POST too, and the app never learns of either.
 */
export const cutOff = (context: Context, status: number, headers: Headers, beginning: string): Response =>
  context.body(brokenBody(incomingOf(context), beginning), status as 200, Object.fromEntries(headers));
