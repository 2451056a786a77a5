/** What follows where a packet was not sent: a person sends it again as another, or has to see to it; and a receipt that cannot be had says nothing. */
import { decideCare } from '@refloop/domain/referral/care-command';
import { beforeEach, expect, test } from 'vitest';
import { FAX_RECEIPT, faxReceipt } from '../channels/fax-gateway.ts';
import { anyHandler, type Sent } from '../channels/handler.ts';
import { OFFICE_MAIL, officeMail } from '../channels/office-mail.ts';
import { toDecide } from '../outbox/effect-obligation.ts';
import { createOutboxWorker } from '../outbox/worker.ts';
import type { Session } from '../sessions/session.ts';
import { digest } from '../sessions/token.ts';
import { openMemoryStore } from '../store/memory/store.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import { createEffectDecisionService } from './effect-decisions.ts';
import { keepFirstPolicy } from './engine/policy-in-force.ts';
import { CLINICIAN, happens, putInForce } from './engine/test-in-force.ts';
import { applyDecision } from './referral-log.ts';
import { readThread } from './worklist.ts';

const AT = '2026-11-16T16:00:00.000Z';
const SCOPE: Scope = { tenant: 't', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const KIM = { subject: 'kim', fhirUser: 'Practitioner/kim', name: 'Kim' };
const MAIL = {
  to: 'office@example.org',
  link: 'https://refloop.example.org/office#x',
  practice: 'North',
  specialist: 'Dr. Who',
  callback: '',
};

let store: Store;
let clock: number;
let ids: number;
const newId = (): string => {
  ids += 1;
  return `id-${ids}`;
};
const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => store.transaction(SCOPE, work);
const now = (): Date => new Date(clock);

beforeEach(async () => {
  ids = 0;
  clock = Date.parse(AT) + 60_000;
  store = openMemoryStore({ newId });
  await store.enrol(SCOPE);
  await keepFirstPolicy(store, SCOPE, 'America/Chicago', new Date(AT));
  const grant = { grantedBy: 'test', grantedAt: AT, reason: 'test', roles: ['coordinator' as const], ...KIM };
  await inScope((unit) => unit.grants.put(grant));
  await putInForce(store, SCOPE, 'r1', AT);
  await happens(store, SCOPE, 'r1', now().toISOString(), { type: 'send', transmissionId: 't1', channel: 'link' });
});

const failed = (error: unknown): never => {
  throw error;
};

async function carryOut(handler: ReturnType<typeof anyHandler>): Promise<void> {
  clock += 60_000;
  const pause = async (): Promise<void> => undefined;
  await createOutboxWorker({ store, handlers: [handler], holder: newId(), version: '1', now, random: () => 0.5, pause, failed }).run();
}

/** The real handler, with an answer of the mail server in place of the server. */
function mail(answer: () => Sent) {
  return anyHandler({ ...officeMail(undefined, ''), send: async () => answer() });
}

const ask = (kind: string, content: object) =>
  inScope((unit) =>
    unit.outbox.add({
      referralId: 'r1',
      kind,
      key: 't1',
      askedAt: AT,
      dueAt: AT,
      content: { transmission: { attempt: 1, transmissionId: 't1' }, ...content },
    }),
  );
const standings = async () =>
  (await inScope((unit) => unit.outbox.ofReferral('r1'))).filter(({ kind }) => kind === OFFICE_MAIL).map(({ standing }) => standing.status);
const open = async () => (await inScope((unit) => unit.obligations.openOf('r1'))).map(({ kind }) => kind).toSorted();
const doubtOf = (effectId: string): Promise<string> =>
  inScope(async (unit) => toDecide(await unit.obligations.openOf('r1')).find((each) => each.effectId === effectId)?.doubt ?? '');

const transmissions = async () =>
  (await inScope((unit) => unit.referrals.get('r1')))?.state as { attempts: { transmissions: { id: string; status: string }[] }[] };

test('what was refused for good leaves as another transmission when a person says so, and nothing is left to see to', async () => {
  const effectId = await ask(OFFICE_MAIL, MAIL);
  await carryOut(mail(() => ({ kind: 'refused', detail: 'SMTP 550', final: true })));
  expect([await standings(), await open()]).toEqual([['failed'], ['answer', 'not-sent']]);

  const session = { scope: SCOPE, roles: ['coordinator'], ...KIM } as unknown as Session;
  await createEffectDecisionService({ store, newId, publicUrl: 'https://refloop.example.org' }).decide(
    session,
    'r1',
    { effectId, doubt: await doubtOf(effectId), decision: 'send-again' },
    now(),
  );
  expect([await standings(), await open()]).toEqual([['left-out', 'waiting'], ['answer']]);
  const linkOf = async (at: number) => {
    const content = (await inScope((unit) => unit.outbox.ofReferral('r1'))).at(at)?.content as { link?: string } | undefined;
    return content?.link;
  };
  const anew = await linkOf(-1);
  expect(anew).toMatch(/^https:\/\/refloop\.example\.org\/office#[\w-]{43}$/);
  const [, token = ''] = (anew ?? '').split('#');
  expect((await store.findOfficeLink(digest(token)))?.id, 'its link is its own, and opens').toBe(
    (await transmissions()).attempts[0]?.transmissions.at(-1)?.id,
  );
  await carryOut(mail(() => ({ kind: 'done', receipt: 'SMTP 250' })));
  expect([await standings(), await open()]).toEqual([['left-out', 'done'], ['answer']]);
  expect(await linkOf(-1), 'nothing that opens is kept').toBeUndefined();
  const [attempt] = (await transmissions()).attempts;
  expect(attempt?.transmissions.map(({ status }) => status)).toEqual(['failed', 'sent']);
  const thread = await inScope((unit) => readThread(unit, session, 'r1', now().toISOString()));
  expect(thread?.entries.filter(({ title }) => title === 'Sent').map(({ detail }) => detail)).toEqual([
    'By a secure link',
    'By a secure link. Handed to the mail server; that it arrived is not known',
  ]);
});

test('what must not leave to an office that is waited for is somebody’s to see to', async () => {
  const at = now().toISOString();
  await inScope((unit) => applyDecision(unit, 'r1', CLINICIAN, at, (referral) => decideCare(referral, { type: 'ask-authorization' }, at)));
  await ask(OFFICE_MAIL, MAIL);
  await carryOut(mail(() => ({ kind: 'done', receipt: 'SMTP 250' })));
  expect([await standings(), await open()]).toEqual([['failed'], expect.arrayContaining(['not-sent'])]);
});

test('a gateway that does not let its receipt be asked for says nothing of the fax', async () => {
  const fetch = (async () => new Response('', { status: 401 })) as typeof globalThis.fetch;
  await ask(FAX_RECEIPT, {});
  await carryOut(anyHandler(faxReceipt({ url: 'https://fax.example.org', token: 'x', fetch })));
  const types = (await inScope((unit) => unit.events.read('r1'))).map(({ type }) => type);
  expect(types).not.toContain('transmission-failed');
});
