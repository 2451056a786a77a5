/** What a script has the EHR do to a record while an app is open (chart/record-changes.ts). On this machine alone, like /launches. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { mergeRecords, type RecordChange, recordDeath } from '../chart/record-changes.ts';
import type { Repository } from '../fhir/repository.ts';
import { readJson } from './json-body.ts';
import { loopbackOnly, type RemoteAddress } from './loopback.ts';

const mergeRequest = z.strictObject({ into: z.string().min(1).max(64) });
/** A FHIR date, or an instant with its zone. */
const deathRequest = z.strictObject({ at: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional() });

function answer(context: Context, change: RecordChange): Response {
  if (change.kind === 'changed') {
    return context.json({ records: change.records.map(({ id, meta }) => ({ patient: id, version: meta.versionId })) });
  }
  const { reason, field, message } = change;
  return reason === 'conflict'
    ? context.json({ error: 'conflict', field, message }, 409)
    : context.json({ error: 'not_found', field, message }, 404);
}

export function recordsRoutes(repository: Repository, remoteAddress: RemoteAddress): Hono {
  const routes = new Hono();
  routes.use('/records/*', loopbackOnly(remoteAddress));

  routes.post('/records/:patient/merge', async (context) => {
    const sent = await readJson(context, mergeRequest, '{into}, the id of the patient whose record stays');
    if (sent.kind === 'refused') return sent.response;
    return answer(context, await mergeRecords(repository, context.req.param('patient'), sent.body.into));
  });

  routes.post('/records/:patient/death', async (context) => {
    const sent = await readJson(context, deathRequest, '{at?}, a date such as 2026-11-20 or an instant with its zone');
    if (sent.kind === 'refused') return sent.response;
    return answer(context, await recordDeath(repository, context.req.param('patient'), sent.body.at));
  });
  return routes;
}
