/** A played office without an EHR, at Refloop's own doors: the link from its mail, the specialist's NPI, and what it does there until its note is in. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import type { Repository } from '@refloop/launch/fhir/repository';
import type { KeptMail } from '@refloop/launch/mail/mail-server';
import { createLinkOffices } from '@refloop/launch/players/link-offices';
import { putInForce } from '@refloop/server/services/engine/test-in-force';
import { openReferralApi, type ReferralApi } from '@refloop/server/services/test-referral-api';
import { afterAll, beforeAll, expect, test } from 'vitest';

const START = Date.parse('2026-11-20T15:00:00.000Z');
const DAY_MS = 86_400_000;
/** Of the performer of test-in-force. */
const NPI = '1234567893';
/** By which this office accepts, offers dates that nobody takes, books, sees the patient and sends its note, one after the other. */
const SEED = 'seed-3';

let api: ReferralApi;
beforeAll(async () => {
  api = await openReferralApi();
});
afterAll(() => api.close());

const ORDER = {
  resourceType: 'ServiceRequest',
  status: 'active',
  intent: 'order',
  subject: { reference: 'Patient/p1' },
  performer: [{ display: 'Ana Rivera, MD', identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: NPI } }],
} satisfies ServiceRequest;
const repository = { search: async () => ({ matches: [ORDER], included: [] }) } as unknown as Repository;

test('it answers by the link and nothing else, step by step, and its note is owed a review', async () => {
  api.clock.now = new Date(START);
  await putInForce(api.store, api.scope, 'r1', new Date(START).toISOString(), 'urgent');
  api.clock.now = new Date(START + 60_000);
  const at = async (): Promise<string> => api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
  const thread = async () => (await api.call('GET', '/worklist/referrals/r1', await at())).body;
  const { body } = await api.call('POST', '/worklist/referrals/r1/link', await at(), { sequence: (await thread())['sequence'] });
  const mail = {
    number: 1,
    at: api.clock.now,
    to: ['desk@office.example.org'],
    mail: { text: `Cedar sends a referral to Ana Rivera, MD.\nhttp://127.0.0.1:4020/office#${String(body['link'])}\n`, attachments: [] },
  } as unknown as KeptMail;
  const office = createLinkOffices({
    repository,
    mails: () => [mail],
    refloop: 'http://127.0.0.1:4020',
    fetch: (url, init) => api.request(new URL(url).pathname + new URL(url).search, init),
  });
  const acts: string[] = [];
  for (let day = 0; day < 25 && acts.at(-1) !== 'note'; day += 1) {
    api.clock.now = new Date(api.clock.now.getTime() + DAY_MS);
    acts.push(...(await office.work(SEED, api.clock.now)).map(({ act }) => act));
  }
  expect(acts).toEqual(['accept', 'offer-dates', 'book', 'seen', 'note']);
  const titles = ((await thread())['entries'] as { title: string }[]).map(({ title }) => title).join('\n');
  expect(titles).toMatch(/accepted[\s\S]*[Bb]ooked[\s\S]*seen[\s\S]*note/i);
});
