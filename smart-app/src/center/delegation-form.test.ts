import { describe, expect, test } from 'vitest';
import { type DelegationForm, readForm } from './delegation-form.ts';

const NOW = new Date(2026, 10, 20, 10, 0);
const form = (more: Partial<DelegationForm> = {}): DelegationForm => ({
  kind: 'prepares-for',
  delegate: { subject: ' ortiz ', fhirUser: 'Practitioner/ortiz', name: 'Kim Ortiz, MA ' },
  clinician: { subject: 'lee', fhirUser: 'Practitioner/lee', name: 'Dr. Lee' },
  reason: ' Same team ',
  lastDay: '',
  ...more,
});

test('two people, a reason and an open end', () => {
  expect(readForm(form(), NOW)).toEqual({
    ok: true,
    value: {
      kind: 'prepares-for',
      delegate: { subject: 'ortiz', fhirUser: 'Practitioner/ortiz', name: 'Kim Ortiz, MA' },
      clinician: { subject: 'lee', fhirUser: 'Practitioner/lee', name: 'Dr. Lee' },
      reason: 'Same team',
      until: null,
    },
  });
});

test('the last day is in force to its end, by the clock of whoever says it', () => {
  const read = readForm(form({ lastDay: '2026-11-30' }), NOW);
  expect(read.ok && read.value.until).toBe(new Date(2026, 11, 1).toISOString());
  expect(readForm(form({ lastDay: '2026-11-20' }), NOW).ok, 'today').toBe(true);
});

describe('what cannot be sent names its field', () => {
  const { delegate, clinician } = form();
  test.each<[string, Partial<DelegationForm>]>([
    ['delegate.name', { delegate: { ...delegate, name: ' ' } }],
    ['delegate.subject', { delegate: { ...delegate, subject: '' } }],
    ['delegate.fhirUser', { delegate: { ...delegate, fhirUser: 'Patient/1' } }],
    ['clinician.fhirUser', { clinician: { ...clinician, fhirUser: 'Practitioner/' } }],
    ['clinician.subject', { clinician: { ...clinician, subject: 'ortiz' } }],
    ['lastDay', { lastDay: '2026-11-19' }],
    ['lastDay', { lastDay: 'soon' }],
    ['reason', { reason: ' x ' }],
  ])('%s', (field, more) => {
    expect(readForm(form(more), NOW)).toMatchObject({ ok: false, refusal: { field } });
  });
});
