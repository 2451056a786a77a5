/** The offices' mails, for whoever tries the sandbox out. On this machine alone: a link in one opens a referral. */
import { Hono } from 'hono';
import { mailPage } from '../mail/mail-page.ts';
import type { KeptMail } from '../mail/mail-server.ts';
import { loopbackOnly, type RemoteAddress } from './loopback.ts';

export function mailRoutes(mails: () => readonly KeptMail[], remoteAddress: RemoteAddress): Hono {
  const routes = new Hono();
  routes.use('/mail', loopbackOnly(remoteAddress));
  routes.use('/mail/*', loopbackOnly(remoteAddress));

  routes.get('/mail', (context) => context.html(mailPage(mails())));

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
