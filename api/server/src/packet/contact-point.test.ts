import { expect, test } from 'vitest';
import { patientOf } from './packet.ts';

const patient = (...telecom: object[]): Record<string, unknown> => ({ resourceType: 'Patient', telecom });

test.each<[string, object[], string | undefined]>([
  ['without a use (FHIR R4: 0..1)', [{ system: 'email', value: 'rosa@example.org' }], 'rosa@example.org'],
  [
    'the lowest rank first',
    [
      { system: 'email', value: 'b@x.org', rank: 2 },
      { system: 'email', value: 'a@x.org', rank: 1 },
    ],
    'a@x.org',
  ],
  [
    'a rank before none',
    [
      { system: 'email', value: 'b@x.org' },
      { system: 'email', value: 'a@x.org', rank: 3 },
    ],
    'a@x.org',
  ],
  [
    'none that is no longer in use',
    [
      { system: 'email', value: 'old@x.org', use: 'old', rank: 1 },
      { system: 'email', value: 'a@x.org' },
    ],
    'a@x.org',
  ],
  [
    'the first of those without a rank',
    [
      { system: 'email', value: 'a@x.org' },
      { system: 'email', value: 'b@x.org' },
    ],
    'a@x.org',
  ],
  ['none where the chart has none', [{ system: 'phone', value: '555-210-0100' }], undefined],
  ['none without a value', [{ system: 'email' }], undefined],
])('the e-mail address of a chart: %s', (_, telecom, email) => {
  expect(patientOf(patient(...telecom)).email).toBe(email);
});

test('the telephone number of a chart is chosen by rank as well', () => {
  const numbers = [
    { system: 'phone', value: '555-210-0101', use: 'home' },
    { system: 'phone', value: '555-210-0100', rank: 1 },
  ];
  expect(patientOf(patient(...numbers)).phone).toBe('555-210-0100');
});
