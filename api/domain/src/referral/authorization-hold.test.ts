/** R112: nothing is sent while the payer was asked and has not approved, whoever asks and by whatever channel. */
import { expect, test } from 'vitest';
import { decideCare } from './care-command.ts';
import type { Authorization, Referral } from './referral.ts';

const performer = { entryId: 'e', npi: '1538271645' };
const referral = (authorization: Authorization): Referral =>
  ({
    order: { status: 'active', approval: { performer, alternates: [] } },
    authorization,
    furtherApproved: [],
    refusedPerformers: [],
    attempts: [{ number: 1, performer, work: { status: 'draft', since: null }, transmissions: [] }],
  }) as unknown as Referral;
const at = '2026-11-28T10:00:00.000Z';

test.each<[Authorization, boolean]>([
  [{ status: 'not-checked' }, true],
  [{ status: 'not-needed', since: at }, true],
  [{ status: 'approved', since: at }, true],
  [{ status: 'asked', since: at }, false],
  [{ status: 'denied', since: at, reason: 'other' }, false],
])('%j: sent %s', (authorization, sends) => {
  for (const channel of ['fax', 'link', 'by-hand', 'direct', 'fhir'] as const) {
    const decided = decideCare(referral(authorization), { type: 'send', attempt: 1, transmissionId: 't', channel, at }, at);
    expect(decided.ok).toBe(sends);
    if (!decided.ok) expect(decided.refusal).toEqual({ kind: 'authorization-open', status: authorization.status });
  }
});
