import { describe, expect, test } from 'vitest';
import type { Card, CoverageInput } from '../client/match.ts';
import type { Kept } from './kept.ts';
import { settingOf } from './setting.ts';

type Json = Record<string, unknown>;

const payerOf = (coverage: CoverageInput, ...chart: Json[]): string | null => {
  const kept = { input: { chart, request: { match: { coverage, languages: [], place: null } } } } as unknown as Kept;
  return settingOf(kept, { miles: 3 } as Card).payer;
};

const coverage = (payor: Json, more: Json = {}): Json => ({ resourceType: 'Coverage', payor: [payor], ...more });

describe('the payer of a referral', () => {
  test('is named as the coverage names it, else by its identifier', () => {
    const payer = coverage({ reference: 'Organization/7', display: 'Plan A Health' });
    expect(payerOf({ active: true, payerName: 'Plan A Health', payerId: '7' }, payer)).toBe('Plan A Health');
    expect(payerOf({ active: true, payerId: '60054' }, payer)).toBe('60054');
    expect(payerOf(null, payer)).toBeNull();
  });

  test.each([
    ['the patient', coverage({ reference: 'Patient/123', display: 'Zebulon Plantedname' })],
    ['an absolute address', coverage({ reference: 'https://ehr.example.org/fhir/RelatedPerson/123', display: 'Zebulon Plantedname' })],
    ['a type alone', coverage({ type: 'Patient', identifier: { value: '123' }, display: 'Zebulon Plantedname' })],
    [
      'somebody contained',
      coverage({ reference: '#123', display: 'Zebulon Plantedname' }, { contained: [{ resourceType: 'RelatedPerson', id: '123' }] }),
    ],
  ])('is never a person: %s pays', (_who, own) => {
    expect(payerOf({ active: true, payerName: 'Zebulon Plantedname', payerId: '123' }, own)).toBe('self-pay');
    if (!JSON.stringify(own).includes('#123')) expect(payerOf({ active: true, payerId: '123' }, own)).toBe('self-pay');
  });
});
