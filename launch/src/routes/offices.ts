/** The offices that Tasks were sent to, for whoever tries the sandbox out: its pages play the specialist's own EHR. On this machine alone. */
import { type Context, Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { z } from 'zod';
import type { Repository } from '../fhir/repository.ts';
import { type Given, OFFICE_ACTS } from '../office/office-acts.ts';
import { officePage, officesPage } from '../office/office-page.ts';
import { type Acted, actAsOffice, loadOffice, loadOffices } from '../office/office-work.ts';
import { loopbackOnly, type RemoteAddress } from './loopback.ts';

const Form = z.object({
  version: z.string().regex(/^\d{1,10}$/),
  act: z.enum(OFFICE_ACTS),
  reason: z.string().min(1).max(100).optional(),
  /** As a browser's field for a day and a time sends it; taken as UTC, which the page says. */
  startsAt: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/)
    .optional(),
  text: z.string().trim().min(1).max(20_000).optional(),
});

function givenOf({ act, reason, startsAt, text }: z.infer<typeof Form>): Given | undefined {
  switch (act) {
    case 'decline':
      return reason === undefined ? undefined : { act, reason };
    case 'book': {
      const at = Date.parse(`${startsAt}Z`);
      return Number.isNaN(at) ? undefined : { act, startsAt: new Date(at).toISOString() };
    }
    case 'note':
      return text === undefined ? undefined : { act, text };
    case 'accept':
    case 'no-show':
    case 'seen':
    case 'confirm-cancellation':
      return { act };
  }
}

const TOLD: Record<Acted | 'incomplete', string> = {
  done: 'Written.',
  'no-such-task': 'This office has no such Task. Nothing was written.',
  'not-now': 'The Task does not stand where this can be done. Nothing was written.',
  'changed-meanwhile': 'The Task changed since the page was shown. Nothing was written; look at it again.',
  incomplete: 'Something is missing in the form. Nothing was written; fill it in.',
};

export type OfficesDeps = { repository: Repository; origin: string; now: () => Date; remoteAddress: RemoteAddress };

export function officesRoutes({ repository, origin, now, remoteAddress }: OfficesDeps): Hono {
  const routes = new Hono();
  for (const path of ['/offices', '/offices/*']) routes.use(path, loopbackOnly(remoteAddress), csrf({ origin }));

  routes.get('/offices', async (context) => context.html(officesPage(await loadOffices(repository))));

  const shown = async (context: Context, told: string, status: 200 | 400 | 404 | 409 = 200) => {
    const npi = context.req.param('npi') ?? '';
    return context.html(officePage(npi, await loadOffice(repository, npi), told, now()), status);
  };

  routes.get('/offices/:npi', (context) => shown(context, context.req.query('told') === 'done' ? TOLD.done : ''));

  routes.post('/offices/:npi/tasks/:task', async (context) => {
    const form = Form.safeParse(await context.req.parseBody());
    const given = form.success ? givenOf(form.data) : undefined;
    if (!form.success || !given) return shown(context, TOLD.incomplete, 400);
    const { npi, task: taskId } = context.req.param();
    const acted = await actAsOffice(repository, { npi, taskId, versionId: form.data.version, given }, now());
    if (acted === 'done') return context.redirect(`/offices/${npi}?told=done`, 303);
    return shown(context, TOLD[acted], acted === 'no-such-task' ? 404 : 409);
  });
  return routes;
}
