/** The gateway of text messages, and the patients' phones for whoever tries the sandbox out. On this machine alone: a link in one opens a referral. */
import { type Context, Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { phonePage } from '../phone/phone-page.ts';
import { TakenText, type TextGateway } from '../phone/text-gateway.ts';
import { readJson } from './json-body.ts';
import { loopbackOnly, type RemoteAddress } from './loopback.ts';

const TOLD = {
  arrived: 'The text arrived at the practice. What it answered stands below.',
  'not-taken': 'The practice did not take the text. Is Refloop running?',
  nothing: 'Give a number such as +15105550123, and words to send.',
} as const;
const isTold = (told: string | undefined): told is keyof typeof TOLD => told !== undefined && told in TOLD;

const PHONE = /^\+\d{8,15}$/;
const LONGEST = 1000;

export type PhoneDeps = { gateway: TextGateway | undefined; origin: string; remoteAddress: RemoteAddress };

export function phoneRoutes({ gateway, origin, remoteAddress }: PhoneDeps): Hono {
  const routes = new Hono();
  routes.use('/phone', loopbackOnly(remoteAddress));
  routes.use('/phone/*', loopbackOnly(remoteAddress));

  const shown = (context: Context, told: keyof typeof TOLD | '', status: 200 | 400 = 200) =>
    context.html(phonePage(gateway?.texts() ?? [], gateway && (told === '' ? '' : TOLD[told])), status);

  routes.get('/phone', (context) => {
    const told = context.req.query('told');
    return shown(context, isTold(told) ? told : '');
  });

  // The practice's side: the form in which Refloop hands over a text message.
  routes.post('/phone/messages', async (context) => {
    if (!gateway) return context.notFound();
    if (!gateway.isPractice(context.req.header('authorization')))
      return context.json({ error: 'unauthorized', message: 'Send the key of this gateway as the bearer.' }, 401);
    const sent = await readJson(context, TakenText, '{id, from, to, text}');
    return sent.kind === 'refused' ? sent.response : context.json({ id: gateway.take(sent.body) });
  });

  routes.post('/phone/replies', csrf({ origin }), async (context) => {
    const { phone, text } = await context.req.parseBody();
    if (!gateway) return context.notFound();
    const isGiven =
      typeof phone === 'string' && PHONE.test(phone) && typeof text === 'string' && text.trim() !== '' && text.length <= LONGEST;
    if (!isGiven) return shown(context, 'nothing', 400);
    return context.redirect(`/phone?told=${await gateway.write(phone, text.trim())}`, 303);
  });
  return routes;
}
