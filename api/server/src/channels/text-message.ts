/**
 * A text message to a patient, by an HTTP gateway that honours an idempotency key: POST {id, from, to, text} with the id as `Idempotency-Key` too
 * (draft-ietf-httpapi-idempotency-key-header). 2xx with {id} is taken; the same id again is the same message.
 */
import { MESSAGE_TOPICS, textFor } from '@refloop/domain/patient/messages';
import { LANGUAGES } from '@refloop/domain/patient/reading-grade';
import type { Referral } from '@refloop/domain/referral/referral';
import { z } from 'zod';
import { type Site, scopeOf } from '../sites.ts';
import type { Scope } from '../store/store.ts';
import type { Handler, Sent } from './handler.ts';

export const TEXT_MESSAGE = 'text-message';

const TextMessageContent = z.object({
  /** E.164. */
  to: z.string(),
  topic: z.enum(MESSAGE_TOPICS),
  language: z.enum(LANGUAGES),
  /** What stands behind the `#` of the patient's page. */
  link: z.string(),
});
export type TextMessage = z.infer<typeof TextMessageContent>;

/** Of a status that says to try again nothing has happened; any other 4xx stays so. */
const TRY_AGAIN = [408, 409, 425, 429];

const LONGEST_RECEIPT = 100;

type TextDeps = { sites: readonly Site[] /** Of Refloop, as patients reach it; without a final slash. */; address: string };

export function siteOf(sites: readonly Site[], { tenant, issuer }: Scope): Site | undefined {
  return sites.find((site) => scopeOf(site).tenant === tenant && scopeOf(site).issuer === issuer);
}

/** Why it must not leave any more: what happened since it was asked for made it wrong. */
export function overtaken(referral: Referral, { topic }: Pick<TextMessage, 'topic'>): string | undefined {
  if (referral.order.status !== 'active') return 'The order is not in force any more.';
  if (referral.consents.text === 'withdrawn') return 'The patient wants no more text messages.';
  const attempt = referral.attempts.at(-1);
  const isSeen = referral.attempts.some(({ visits }) => visits.length > 0);
  switch (topic) {
    case 'book':
    case 'remind':
    case 'missed':
      return isSeen || attempt?.work.status === 'scheduled' ? 'A visit was booked meanwhile.' : undefined;
    case 'day-before':
      return attempt?.work.status === 'scheduled' ? undefined : 'The visit is not booked any more.';
    case 'were-you-seen':
      return isSeen ? 'The patient was seen.' : undefined;
    case 'rate':
      return referral.rating === null ? undefined : 'The patient has said how it was.';
  }
}

async function receiptOf(response: Response): Promise<string> {
  const answered: unknown = await response.json().catch(() => undefined);
  const id = typeof answered === 'object' && answered !== null && 'id' in answered ? answered.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, LONGEST_RECEIPT) : `status ${response.status}`;
}

export const textMessage = ({ sites, address }: TextDeps): Handler<TextMessage> => ({
  kind: TEXT_MESSAGE,
  what: 'The text message to the patient',
  repeatable: true,
  content: TextMessageContent,
  mayNotLeave: overtaken,
  send: async ({ id, scope, content }, { signal }): Promise<Sent> => {
    const site = siteOf(sites, scope);
    const gateway = site?.textMessages;
    if (!site || !gateway) return { kind: 'left-out', detail: 'This site sends no text messages.' };
    const sender = { practice: site.name, phone: site.phone ?? '' };
    const text = textFor(content.topic, content.language, sender, `${address}/patient#${content.link}`);
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.key}`, 'idempotency-key': id },
      body: JSON.stringify({ id, from: gateway.from, to: content.to, text }),
      redirect: 'error',
      signal,
    });
    if (response.ok) return { kind: 'done', receipt: await receiptOf(response) };
    await response.body?.cancel();
    const detail = `The gateway answered with status ${response.status}.`;
    if (response.status >= 500) return { kind: 'unknown', detail };
    return { kind: 'refused', detail, final: !TRY_AGAIN.includes(response.status) };
  },
  follows: ({ id, content }, outcome, at) => {
    if (outcome.kind === 'left-out') return undefined;
    const became = { done: 'sent', failed: 'failed', unknown: 'unknown' } as const;
    const { topic } = content;
    return { kind: 'patient-messaged', messageId: id, topic, channel: 'text', outcome: became[outcome.kind], at, key: `outbox/${id}` };
  },
});
