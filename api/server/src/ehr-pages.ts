/** Pages of registered EHRs that may ask Refloop across origins (CORS): those of the routes that say so, and no other page of anybody. */
import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { Site } from './sites.ts';

/** Ten minutes: a site that is taken out of the file loses what it was granted soon after. */
const KEPT_SECONDS = 600;

/** To any other origin the answer has no CORS header at all, and a preflight is not found. */
export function fromEhrPages(sites: Site[]): MiddlewareHandler {
  const registered = new Set(sites.flatMap((site) => [new URL(site.iss).origin, ...site.embed]));
  const grant = cors({
    origin: (origin) => (registered.has(origin) ? origin : null),
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['Authorization', 'Content-Type'],
    maxAge: KEPT_SECONDS,
  });
  return async (c, next) => {
    const origin = c.req.header('origin');
    if (origin !== undefined && registered.has(origin)) return grant(c, next);
    await next();
    c.res.headers.append('vary', 'Origin');
    return undefined;
  };
}
