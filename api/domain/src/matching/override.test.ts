import { describe, expect, test } from 'vitest';
import type { NetworkStatus } from '../network/directory.ts';
import { mayApprove, OVERRIDE_REASONS } from './override.ts';

const IN: NetworkStatus = { status: 'in', networkId: 'net-a', verifiedOn: '2026-11-03', source: 'Example' };
const OUT: NetworkStatus = { status: 'out', source: 'Example' };
const UNKNOWN: NetworkStatus = { status: 'unknown', reason: 'stale' };

describe('R38: before anything is written', () => {
  test('R31: any in-network choice passes without a reason', () => {
    expect(mayApprove({ network: IN, override: null })).toEqual({ ok: true, value: { kind: 'in-network' } });
  });

  test.each([
    ['out', OUT],
    ['unknown', UNKNOWN],
  ])('%s passes only with a recorded reason', (network, status) => {
    expect(mayApprove({ network: status, override: null })).toMatchObject({ ok: false, refusal: { code: 'override-reason-missing' } });
    expect(mayApprove({ network: status, override: { code: 'made-up', text: 'because' } })).toMatchObject({
      ok: false,
      refusal: { code: 'override-reason-unknown', field: 'overrideReason.code' },
    });
    expect(mayApprove({ network: status, override: { code: 'other', text: '  ' } })).toMatchObject({
      ok: false,
      refusal: { code: 'override-text-missing' },
    });
    expect(mayApprove({ network: status, override: { code: 'other', text: ' the only one with the device ' } })).toMatchObject({
      ok: true,
      value: { kind: 'override', network, text: 'the only one with the device' },
    });
    for (const { code, needsText } of OVERRIDE_REASONS) {
      expect(mayApprove({ network: status, override: { code, text: '' } }).ok).toBe(!needsText);
    }
  });

  test('the three choices the law protects are marked, and only those', () => {
    expect(OVERRIDE_REASONS.filter(({ lawfulChoice }) => lawfulChoice).map(({ code }) => code)).toEqual([
      'patient-prefers',
      'insurer-determines',
      'medical-interest',
    ]);
  });
});
