/** The offices' mails and their fax machine, for whoever tries the sandbox out. On this machine alone: a link in one opens a referral. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import type { FaxMachine } from '../mail/fax-machine.ts';
import { mailPage } from '../mail/mail-page.ts';
import type { KeptMail } from '../mail/mail-server.ts';
import { loopbackOnly, type RemoteAddress } from './loopback.ts';

const TOLD = {
  arrived: 'The fax arrived at the practice.',
  'not-taken': 'The practice did not take the fax. Is Refloop running?',
  nothing: 'No pages were given, or too many. Choose a PDF of at most 10 MB.',
} as const;
const LARGEST_FAX = 10 * 1024 * 1024;

export type MailDeps = { mails: () => readonly KeptMail[]; fax: FaxMachine | undefined; origin: string; remoteAddress: RemoteAddress };

export function mailRoutes({ mails, fax, origin, remoteAddress }: MailDeps): Hono {
  const routes = new Hono();
  routes.use('/mail', loopbackOnly(remoteAddress));
  routes.use('/mail/*', loopbackOnly(remoteAddress), csrf({ origin }));

  routes.get('/mail', (context) => {
    const told = context.req.query('told');
    const words = told === 'arrived' || told === 'not-taken' ? TOLD[told] : '';
    return context.html(mailPage(mails(), fax && words));
  });

  routes.post(
    '/mail/faxes',
    bodyLimit({ maxSize: LARGEST_FAX + 10_000, onError: (context) => context.html(mailPage(mails(), TOLD.nothing), 413) }),
    async (context) => {
      const { pages } = await context.req.parseBody();
      if (!fax) return context.notFound();
      if (!(pages instanceof File) || pages.size === 0 || pages.size > LARGEST_FAX)
        return context.html(mailPage(mails(), TOLD.nothing), 400);
      const sent = await fax.send(new Uint8Array(await pages.arrayBuffer()));
      return context.redirect(`/mail?told=${sent}`, 303);
    },
  );

  routes.get('/mail/:number/:place', (context) => {
    const kept = mails().find(({ number }) => String(number) === context.req.param('number'));
    const attachment = kept?.mail.attachments[Number(context.req.param('place'))];
    if (!attachment) return context.notFound();
    const bytes =
      typeof attachment.content === 'string' ? new TextEncoder().encode(attachment.content) : new Uint8Array(attachment.content);
    // What came by mail is handed over and never shown as a page of this server.
    return context.body(bytes, 200, {
      'content-type': attachment.mimeType === 'application/pdf' ? 'application/pdf' : 'application/octet-stream',
      'content-disposition': 'attachment; filename="attachment"',
    });
  });
  return routes;
}
