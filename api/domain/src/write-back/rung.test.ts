import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StepName } from '../referral/event.ts';
import { chooseRung, misfit, type Rung, rungOf, sameChoice, WRITE_ACTIONS, type WriteAction, type WriteBasis } from './rung.ts';

const EVERYTHING: WriteAction[] = WRITE_ACTIONS.map(({ action }) => action);

/** What each EHR offers to apps, from its published CapabilityStatement (July and August 2026). */
const OFFERED = {
  // Epic, May 2026 sandbox: Task is read, searched and updated, Provenance only read; a Communication is created and cannot be found again.
  epic: ['update-order', 'create-order', 'file-document'],
  // Oracle Millennium R4: ServiceRequest is read and searched, there is no Task; that a Communication can be searched too is our reading.
  oracle: ['file-document', 'add-message', 'create-provenance'],
  // athenahealth: of FHIR only QuestionnaireResponse is written.
  athena: [],
  // eClinicalWorks FHIR Facade 1.6: the same.
  eclinicalworks: [],
  // NextGen Enterprise and Office: read only.
  nextgen: [],
  medplum: EVERYTHING,
  full: EVERYTHING,
} as const satisfies Record<string, readonly WriteAction[]>;

const GRANTED = {
  all: EVERYTHING,
  'all but orders': EVERYTHING.filter((action) => !action.endsWith('order')),
  'orders only created': EVERYTHING.filter((action) => action !== 'update-order'),
  'messages and provenance': ['add-message', 'create-provenance'],
  'orders only': ['update-order', 'create-order'],
  reads: [],
} as const satisfies Record<string, readonly WriteAction[]>;

const basis = (ehr: keyof typeof OFFERED, scopes: keyof typeof GRANTED, launchedOrder: WriteBasis['launchedOrder']): WriteBasis => ({
  stated: true,
  launchedOrder,
  offered: OFFERED[ehr],
  granted: GRANTED[scopes],
});

const NOTE_ORDER: StepName[] = ['DocumentReference', 'ServiceRequest'];
const ALL: StepName[] = ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'];

describe('the rung by EHR and scopes', () => {
  test.each<[keyof typeof OFFERED, keyof typeof GRANTED, Rung, Rung, StepName[]]>([
    // EHR, scopes, rung with an order launched, rung without, steps with an order launched
    ['epic', 'all', 1, 2, NOTE_ORDER],
    ['epic', 'all but orders', 3, 3, ['DocumentReference']],
    ['epic', 'orders only created', 2, 2, NOTE_ORDER],
    ['epic', 'orders only', 1, 2, ['ServiceRequest']],
    ['epic', 'reads', 6, 6, []],
    ['oracle', 'all', 3, 3, ['DocumentReference', 'Provenance']],
    ['oracle', 'all but orders', 3, 3, ['DocumentReference', 'Provenance']],
    ['oracle', 'orders only created', 3, 3, ['DocumentReference', 'Provenance']],
    ['oracle', 'messages and provenance', 4, 4, ['Communication', 'Provenance']],
    ['epic', 'messages and provenance', 6, 6, []],
    ['full', 'messages and provenance', 4, 4, ['Communication', 'Provenance']],
    ['oracle', 'orders only', 6, 6, []],
    ['oracle', 'reads', 6, 6, []],
    ['athena', 'all', 6, 6, []],
    ['athena', 'reads', 6, 6, []],
    ['eclinicalworks', 'all', 6, 6, []],
    ['nextgen', 'all', 6, 6, []],
    ['medplum', 'all', 1, 2, ALL],
    ['medplum', 'all but orders', 3, 3, ['DocumentReference', 'Task', 'Provenance']],
    ['medplum', 'orders only created', 2, 2, ALL],
    ['full', 'all', 1, 2, ALL],
    ['full', 'orders only', 1, 2, ['ServiceRequest']],
    ['full', 'reads', 6, 6, []],
  ])('%s, granted %s', (ehr, scopes, launched, unlaunched, steps) => {
    const choice = chooseRung(basis(ehr, scopes, 'with-version'));
    expect({ rung: choice.rung, steps: choice.steps }).toEqual({ rung: launched, steps });
    expect(chooseRung(basis(ehr, scopes, 'none')).rung).toBe(unlaunched);
  });

  test('an order without a version is left as it is', () => {
    const choice = chooseRung(basis('full', 'all', 'without-version'));
    expect(choice.rung).toBe(2);
    expect(choice.notPossible).toEqual([{ rung: 1, why: expect.stringContaining('version') }]);
  });

  test('an EHR that does not say what it can do is written nothing', () => {
    const choice = chooseRung({ ...basis('full', 'all', 'with-version'), stated: false });
    expect(choice.rung).toBe(6);
    expect(new Set(choice.notPossible.map(({ why }) => why))).toEqual(
      new Set(['The EHR did not say what it lets apps do (no CapabilityStatement).']),
    );
    expect(choice.leftOut.find(({ step }) => step === 'ServiceRequest')?.why).toBe(choice.notPossible[0]?.why);
  });
});

describe('why the higher rungs are not possible', () => {
  test('in words: what the EHR does not let apps do, and what it did not grant', () => {
    expect(chooseRung(basis('oracle', 'all', 'with-version')).notPossible).toEqual([
      { rung: 1, why: 'This EHR does not let apps change an order.' },
      { rung: 2, why: 'This EHR does not let apps create an order.' },
    ]);
    expect(chooseRung(basis('full', 'orders only created', 'with-version')).notPossible).toEqual([
      { rung: 1, why: 'This EHR did not grant Refloop to change an order.' },
    ]);
    expect(chooseRung(basis('athena', 'all', 'none')).notPossible.map(({ rung }) => rung)).toEqual([1, 2, 3, 4]);
    expect(chooseRung(basis('full', 'all', 'with-version')).notPossible).toEqual([]);
  });
});

const anyBasis = fc.record({
  stated: fc.boolean(),
  launchedOrder: fc.constantFrom<WriteBasis['launchedOrder']>('none', 'without-version', 'with-version'),
  offered: fc.subarray(EVERYTHING),
  granted: fc.subarray(EVERYTHING),
});

test('whatever an EHR offers: the steps fit the rung, all above it is explained, all that is left out is too', () => {
  fc.assert(
    fc.property(anyBasis, (each) => {
      const choice = chooseRung(each);
      expect(misfit(choice.rung, choice.steps)).toBeUndefined();
      expect(choice.notPossible.map(({ rung }) => rung)).toEqual([1, 2, 3, 4].filter((rung) => rung < choice.rung));
      // The message is in place of the document: where one is filed or an order written it is not missed.
      const named: StepName[] = choice.rung < 4 ? ALL : [...ALL, 'Communication'];
      expect([...choice.steps, ...choice.leftOut.map(({ step }) => step)].sort()).toEqual(named.sort());
      expect(sameChoice(choice, { rung: choice.rung, steps: [...choice.steps].reverse() })).toBe(true);
    }),
  );
});

test('more from the EHR never leads to a lower rung', () => {
  fc.assert(
    fc.property(anyBasis, fc.constantFrom(...EVERYTHING), (each, action) => {
      const more = { ...each, offered: [...each.offered, action], granted: [...each.granted, action] };
      expect(chooseRung(more).rung).toBeLessThanOrEqual(chooseRung(each).rung);
    }),
  );
});

test.each<[Rung, StepName[], boolean]>([
  [1, ['ServiceRequest'], true],
  [1, ['DocumentReference'], false],
  [2, ['DocumentReference', 'Task'], false],
  [3, ['DocumentReference', 'Provenance'], true],
  [3, ['DocumentReference', 'ServiceRequest'], false],
  [3, ['Task'], false],
  [3, ['DocumentReference', 'Communication'], false],
  [4, ['Communication', 'Task'], true],
  [4, ['Provenance'], false],
  [4, ['Communication', 'DocumentReference'], false],
  [6, [], true],
  [6, ['DocumentReference'], false],
])('rung %s with %j fits: %s', (rung, steps, fits) => {
  expect(misfit(rung, steps) === undefined).toBe(fits);
});

test('a rung stored by number is one that can be written on', () => {
  expect([1, 2, 3, 4, 6, 5].map(rungOf)).toEqual([1, 2, 3, 4, 6, 6]);
});
