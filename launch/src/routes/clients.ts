/** What a script sets to go wrong for a backend service, which has no launch that could carry its faults. On this machine alone, like /launches. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { AuthorizationServer } from '../auth/authorization-server.ts';
import { faultsOfClient, setClientFaults } from '../auth/faults.ts';
import { faultsNamed, NO_SUCH_FAULT } from '../modes/faults.ts';
import { findMode, MODES } from '../modes/modes.ts';
import { readJson, refuseField } from './json-body.ts';
import { loopbackOnly, type RemoteAddress } from './loopback.ts';

const faultsRequest = z.strictObject({ mode: z.string().optional(), faults: z.array(z.string()) });

export function clientsRoutes(server: AuthorizationServer, remoteAddress: RemoteAddress): Hono {
  const routes = new Hono();
  const isService = (clientId: string): boolean =>
    server.clients.some((client) => client.clientId === clientId && client.authentication.kind === 'asymmetric');

  /** By mode: a service has a token for each, as if each were an EHR of its own. */
  const faultsState = async (context: Context, clientId: string): Promise<Response> => {
    context.header('Cache-Control', 'no-store');
    const byMode = await Promise.all(MODES.map(async ({ name }) => [name, await faultsOfClient(server.pool, clientId, name)] as const));
    return context.json({ client: clientId, faults: Object.fromEntries(byMode) });
  };

  routes.use('/clients/*', loopbackOnly(remoteAddress));
  routes.use('/clients/:client/faults', async (context, next) => {
    if (isService(context.req.param('client'))) return next();
    const message = 'No backend service is registered by this name. An app that is launched has the faults of its launch.';
    return context.json({ error: 'not_found', message }, 404);
  });

  routes.get('/clients/:client/faults', (context) => faultsState(context, context.req.param('client')));

  routes.put('/clients/:client/faults', async (context) => {
    const clientId = context.req.param('client');
    const sent = await readJson(context, faultsRequest, '{mode?, faults}; without mode it is for every mode');
    if (sent.kind === 'refused') return sent.response;
    const faults = faultsNamed(sent.body.faults);
    if (!faults) return refuseField(context, 'faults', NO_SUCH_FAULT);
    const mode = sent.body.mode === undefined ? undefined : findMode(sent.body.mode);
    if (sent.body.mode !== undefined && !mode) {
      return refuseField(context, 'mode', `There is no such mode. Use one of: ${MODES.map(({ name }) => name).join(', ')}.`);
    }
    for (const { name } of mode ? [mode] : MODES) await setClientFaults(server.pool, clientId, name, faults);
    return faultsState(context, clientId);
  });
  return routes;
}
