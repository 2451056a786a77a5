/**
 * A fax by an HTTP gateway, as two effects of one lane: `fax` hands it over under our key (the Idempotency-Key header of
 * draft-ietf-httpapi-idempotency-key-header), so that handing it over again makes no second one; `fax-receipt` asks by the same key until the
 * gateway says whether the pages arrived.
 */
import { z } from 'zod';
import { effectId } from '../store/outbox.ts';
import { FaxContent as Content, type FaxContent } from './fax.ts';
import type { Handler, Sent } from './handler.ts';
import { isOwed, NOT_SET_UP, Transmission, transmissionFact, whyNotLeave } from './packet-effect.ts';

export const FAX = 'fax';
export const FAX_RECEIPT = 'fax-receipt';

export type FaxGateway = { url: string; token: string; fetch: typeof fetch };

const Fax = z.object({
  id: z.string().min(1).max(200),
  status: z.enum(['queued', 'sending', 'delivered', 'failed']),
  reason: z.string().max(500).optional(),
});
type Fax = z.infer<typeof Fax>;

type Answer = { kind: 'fax'; fax: Fax } | { kind: 'not'; sent: Exclude<Sent, { kind: 'done' }>; isAbsent?: boolean };

/** 408 and 429 pass by themselves (RFC 9110, RFC 6585); every other 4xx stands. */
const passes = (status: number): boolean => status === 408 || status === 429 || status >= 500;

async function answerOf(response: Response): Promise<Answer> {
  if (response.ok) {
    const fax = Fax.safeParse(await response.json().catch(() => undefined));
    if (fax.success) return { kind: 'fax', fax: fax.data };
    return { kind: 'not', sent: { kind: 'unknown', detail: 'The fax gateway answered with something else than a fax.' } };
  }
  await response.body?.cancel();
  const detail = `The fax gateway answered with HTTP ${response.status}.`;
  if (response.status >= 500) return { kind: 'not', sent: { kind: 'unknown', detail } };
  return { kind: 'not', sent: { kind: 'refused', detail, final: !passes(response.status) }, isAbsent: response.status === 404 };
}

const silent = (): Answer => ({ kind: 'not', sent: { kind: 'unknown', detail: 'The fax gateway did not answer.' } });

export const faxByGateway = (gateway: FaxGateway | undefined): Handler<FaxContent> => ({
  kind: FAX,
  what: 'The fax to the specialist’s office',
  repeatable: true,
  content: Content,
  mayNotLeave: (referral, { transmission }) => whyNotLeave(referral, transmission),
  isOwed: (referral, { transmission }) => isOwed(referral, transmission),
  send: async ({ id, content }, { signal }) => {
    if (gateway === undefined) return NOT_SET_UP;
    const { url, token, fetch } = gateway;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': id },
      body: JSON.stringify({ to: content.number, contentType: 'application/pdf', document: content.pdf }),
      redirect: 'error',
      signal,
    }).then(answerOf, silent);
    if (answer.kind === 'not') return answer.sent;
    const { fax } = answer;
    if (fax.status === 'failed') return { kind: 'refused', detail: failed(fax), final: true, settles: true };
    return { kind: 'done', receipt: `The fax gateway has it as ${fax.id}.` };
  },
  // That the gateway has it is not that it arrived.
  follows: ({ content }, outcome, at) => transmissionFact(content.transmission, outcome, { at, receipt: 'taken-on' }),
});

const failed = ({ reason }: Fax): string => `The fax was not taken at the other end${reason === undefined ? '' : `: ${reason}`}.`;

const ReceiptContent = z.object({ transmission: Transmission });
export type FaxReceipt = z.infer<typeof ReceiptContent>;

/** Of the effect with the same key that hands the fax over. */
export const faxReceipt = (gateway: FaxGateway | undefined): Handler<FaxReceipt> => ({
  kind: FAX_RECEIPT,
  what: 'The fax to the specialist’s office',
  repeatable: true,
  content: ReceiptContent,
  // Asking changes nothing there; what is only asked for is asked for whatever became of the order.
  mayNotLeave: ({ attempts }, { transmission: { attempt, transmissionId } }) => {
    const sent = attempts.find(({ number }) => number === attempt)?.transmissions.find(({ id }) => id === transmissionId);
    return sent?.status === 'failed' ? 'The fax was not sent.' : undefined;
  },
  send: async ({ scope, key }, { signal }) => {
    if (gateway === undefined) return { kind: 'unknown', detail: 'Refloop is not set up any more to ask the fax gateway.' };
    const { url, token, fetch } = gateway;
    const address = new URL(url);
    address.searchParams.set('key', effectId(scope, FAX, key));
    const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` }, redirect: 'error', signal }).then(
      answerOf,
      silent,
    );
    // It never heard of it: the fax was not sent. Whatever else keeps the receipt from being had says nothing of the fax.
    if (answer.kind === 'not')
      return answer.isAbsent && answer.sent.kind === 'refused'
        ? { ...answer.sent, settles: true }
        : { kind: 'unknown', detail: answer.sent.detail };
    const { fax } = answer;
    switch (fax.status) {
      case 'delivered':
        return { kind: 'done', receipt: `The fax ${fax.id} arrived.` };
      case 'failed':
        return { kind: 'refused', detail: failed(fax), final: true, settles: true };
      case 'queued':
      case 'sending':
        return { kind: 'unknown', detail: 'The fax gateway is still sending it.' };
    }
  },
  follows: ({ content }, outcome, at) => transmissionFact(content.transmission, outcome, { at, receipt: 'arrived' }),
});
