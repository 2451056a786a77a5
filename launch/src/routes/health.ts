/** Whether the EHR can serve: asked by scripts and by whoever started it, without signing in. */
import { Hono } from 'hono';

/** Loading ends in ready or failed, and neither is left again. */
export type Readiness = { status: 'loading'; reason: string } | { status: 'ready' } | { status: 'failed'; reason: string };

export function healthRoutes(readiness: () => Readiness): Hono {
  const routes = new Hono();
  routes.get('/health', (context) => {
    const now = readiness();
    context.header('Cache-Control', 'no-store');
    return now.status === 'ready' ? context.json({ status: 'ok' }) : context.json({ status: now.status, reason: now.reason }, 503);
  });
  return routes;
}
