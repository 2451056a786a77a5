import { describe, expect, test } from 'vitest';
import { explainFailure, type Failure } from './failure.ts';

const failures: Failure[] = [
  { kind: 'launch-parameters-missing', missing: ['iss'] },
  { kind: 'launch-parameter-refused', parameter: 'clientId' },
  { kind: 'iss-not-allowed', iss: 'https://x' },
  { kind: 'no-launch' },
  { kind: 'launch-expired', detail: '' },
  { kind: 'access-denied', detail: '' },
  { kind: 'storage-blocked' },
  { kind: 'no-patient' },
  { kind: 'scope-missing', scopes: ['patient/Patient.r'] },
  { kind: 'ehr-unreachable', detail: '' },
  { kind: 'ehr-signed-out' },
  { kind: 'api-unreachable' },
  { kind: 'wrong-patient', where: 'The order' },
  { kind: 'session-ended', why: 'idle' },
  { kind: 'not-a-practitioner', reference: 'r1' },
  { kind: 'refused', title: 'Refused', detail: 'Because.', reference: 'r2' },
  { kind: 'broken', detail: 'It broke.' },
];

describe('every failure has a plain page', () => {
  test.each(failures)('$kind says what happened, what it means and what to do', (failure) => {
    const page = explainFailure(failure);
    for (const text of [page.title, page.what, page.meaning, page.todo]) {
      expect(text.length).toBeGreaterThan(5);
      expect(text).not.toContain('!');
      expect(text).not.toContain('undefined');
    }
  });

  test('the page of an ended session says that the draft is kept and how to go on', () => {
    const page = explainFailure({ kind: 'session-ended', why: 'idle' });
    expect(page.title).toBe('Session ended');
    expect(page.meaning).toContain('draft is kept');
    expect(page.todo).toBe('Re-open from the chart to finish.');
  });
});
