/** The list of exceptions beside thousands of other things that are owed. */
import { expect, test } from 'vitest';
import { openMemoryStore } from '../store/memory/store.ts';
import type { Scope } from '../store/store.ts';
import { createExceptionService } from './exception-queue.ts';
import { raiseNoneInNetwork } from './exceptions.ts';

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

test('where nobody is in network a coordinator in turn is asked, and who stands in for one who is away', async () => {
  const store = openMemoryStore({ newId: () => 'id' });
  const person = (subject: string) => ({ subject, fhirUser: `Practitioner/${subject}`, name: subject });
  const since = '2026-11-01T00:00:00.000Z';
  const ownerOf = (referralId: string) =>
    store.transaction(scope, async (unit) => {
      const about = { specialtyName: 'Cardiology', urgency: 'routine', withinMiles: 50, patientName: 'A patient', raisedBy: 's' } as const;
      await raiseNoneInNetwork(unit, { ...about, id: `none-${referralId}`, referralId, now: NOW });
      return (await unit.obligations.get(`none-${referralId}`))?.owner;
    });
  expect(await ownerOf('r0')).toBe('s');
  await store.transaction(scope, async (unit) => {
    for (const subject of ['kim', 'lou'])
      await unit.grants.put({ ...person(subject), roles: ['coordinator'], grantedBy: 'sites', grantedAt: since, reason: 'x' });
    const covers = { kind: 'covers', reason: 'Away', givenBy: 'sites', givenAt: since, until: null } as const;
    await unit.delegations.insert({ ...covers, id: 'd', delegate: person('ada'), clinician: person('kim') });
  });
  const owners = new Set<string | null | undefined>();
  for (let each = 1; each <= 12; each += 1) owners.add(await ownerOf(`r${each}`));
  expect([...owners].sort()).toEqual(['ada', 'lou']);
});
