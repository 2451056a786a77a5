/** Keeps a route to callers on this machine. */
import type { Context, MiddlewareHandler } from 'hono';

const LOOPBACK_ADDRESS = /^(127\.|::1$|::ffff:127\.)/;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

export type RemoteAddress = (context: Context) => string | undefined;

const fromHere = (origin: string): boolean => URL.canParse(origin) && LOOPBACK_HOST.test(new URL(origin).host);

/**
 * Refuses a caller whose address is not loopback. A browser on this machine also calls for pages of the web: by a host name
 * pointed at 127.0.0.1 (DNS rebinding), or by sending a form across origins; both are refused by what the browser says of them.
 */
export const loopbackOnly =
  (remoteAddress: RemoteAddress): MiddlewareHandler =>
  async (context, next) => {
    const host = context.req.header('host') ?? new URL(context.req.url).host;
    const origin = context.req.header('origin');
    const local = LOOPBACK_ADDRESS.test(remoteAddress(context) ?? '') && LOOPBACK_HOST.test(host);
    if (!local || (origin !== undefined && !fromHere(origin))) {
      return context.json({ error: 'forbidden', message: 'This route answers on this machine alone, at http://localhost.' }, 403);
    }
    return next();
  };
