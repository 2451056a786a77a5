/** The list of exceptions beside thousands of other things that are owed. */
import { expect, test } from 'vitest';
import { openMemoryStore } from '../store/memory/store.ts';
import type { Scope } from '../store/store.ts';
import { createExceptionService } from './exception-queue.ts';

const scope: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const NOW = new Date('2026-11-28T15:00:00.000Z');

test('what else is owed, however much and however long overdue, crowds none of them out', async () => {
  let counter = 0;
  const store = openMemoryStore({ newId: () => `id-${(counter += 1)}` });
  const owed = { referralId: 'r1', raisedAt: '2025-01-01T00:00:00.000Z', owner: 's', raisedBy: 's' };
  await store.transaction(scope, async ({ obligations }) => {
    for (let each = 0; each < 600; each += 1) {
      await obligations.insert({ ...owed, id: `note-${each}`, kind: 'note', dueAt: '2025-01-02T00:00:00.000Z', content: {} });
    }
    const content = { specialtyName: 'Cardiology', patientName: 'A patient', detail: 'Nobody.' };
    await obligations.insert({ ...owed, id: 'late', kind: 'none-in-network', dueAt: '2026-11-28T16:00:00.000Z', content });
    await obligations.insert({ ...owed, id: 'early', kind: 'unfinished-write-back', dueAt: '2026-11-28T14:00:00.000Z', content });
  });
  const rows = await createExceptionService({ store }).list(
    {
      scope,
      subject: 'coordinator',
      fhirUser: 'Practitioner/coordinator',
      name: 'A coordinator',
      roles: ['coordinator'],
      patientId: null,
      sessionId: 'hash',
      startedAt: NOW.toISOString(),
      lastActivity: NOW.toISOString(),
      expiresAt: NOW.toISOString(),
    },
    NOW,
  );
  expect(rows.map(({ id }) => id)).toEqual(['early', 'late']);
});
