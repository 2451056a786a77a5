import { expect, test } from 'vitest';
import { askedWords, byApproval, clinicianOf, isProposed, type NextPerformer, placeText, refusalsOf } from './next-words.ts';
import { testRow } from './test-row.ts';

const ana: NextPerformer = {
  entryId: 'e1',
  name: 'Ana Rivera, MD',
  organization: 'Lakeside Clinic',
  miles: 4.21,
  waitDays: 9,
  phone: '312-555-0140',
  why: ['In network'],
  approved: false,
  refused: null,
};
const ben = { ...ana, entryId: 'e2', name: 'Ben Okafor, MD', approved: true };
const owed = { ...testRow({ id: 'r1/approve', kind: 'approve-performer' }), ageBusinessHours: 1, leftBusinessHours: 7, steps: [] };
const doctor = { ...owed, owner: { subject: 'oduya', name: 'Maren Oduya, MD' } };
const asked = { name: 'Cy Young, MD', npi: '1999999984', network: 'in' };
const proposal = {
  name: ana.name,
  organization: ana.organization,
  proposedBy: 'Teo Lindqvist, RN',
  at: '2026-11-30T15:00:00.000Z',
  mayAnswer: false,
};

test.each([
  [ana, 'Lakeside Clinic · 4.2 miles · wait 9 days'],
  [{ ...ana, waitDays: 1 }, 'Lakeside Clinic · 4.2 miles · wait 1 day'],
  [{ ...ana, organization: null, miles: null, waitDays: null }, 'wait not known'],
])('where they are: %#', (performer, words) => {
  expect(placeText(performer)).toBe(words);
});

test('whom the clinician approved stands apart from whom they are asked about first, each in the order of the list', () => {
  const cy = { ...ana, entryId: 'e3' };
  expect(byApproval([ana, ben, cy])).toEqual({ approved: [ben], others: [ana, cy] });
});

test('the clinician who answers is named where somebody is proposed', () => {
  expect(clinicianOf({ obligations: [doctor] })).toBe('Maren Oduya, MD');
  expect(clinicianOf({ obligations: [{ ...doctor, kind: 'reroute' }] })).toBe('the clinician');
  expect(clinicianOf({ obligations: [{ ...doctor, owner: null }] })).toBe('the clinician');
});

test('who is proposed is known by name and place: one of the same name elsewhere is another', () => {
  expect(isProposed({ proposal }, ana)).toBe(true);
  expect(isProposed({ proposal }, { ...ana, organization: 'Elm Street Clinic' })).toBe(false);
  expect(isProposed({ proposal: null }, ana)).toBe(false);
});

test('what came of the press is what the server made of it: asked, or proposed and waiting', () => {
  const before = { performer: asked };
  expect(askedWords(before, { performer: { ...asked, name: ben.name, npi: '1000000004' }, proposal: null, obligations: [] })).toBe(
    'Ben Okafor, MD is asked next. Send it to their office.',
  );
  expect(askedWords(before, { performer: asked, proposal, obligations: [doctor] })).toBe(
    'Ana Rivera, MD is proposed. Maren Oduya, MD decides; nothing is sent to them before.',
  );
  expect(askedWords(before, { performer: asked, proposal, obligations: [] })).toContain('. The clinician decides;');
});

test('whom the clinician refused is read with the reason, the last first, and nothing else of the thread', () => {
  const entry = {
    sequence: 7,
    at: proposal.at,
    recordedAt: proposal.at,
    party: 'practice' as const,
    by: 'Maren Oduya, MD',
    title: 'Proposed specialist refused',
    detail: 'Ana Rivera, MD: too far away',
    rule: null,
    times: [],
  };
  const later = { ...entry, sequence: 9, detail: 'Ben Okafor, MD: too long a wait' };
  expect(refusalsOf({ entries: [entry, { ...entry, sequence: 8, title: 'Declined' }, later] })).toEqual([later, entry]);
});
