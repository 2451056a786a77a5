import type { Plan, StepName } from '@refloop/server/client/approval';
import { describe, expect, test } from 'vitest';
import type { Chart, Stored } from '../../writeback/chart.ts';
import { faultsInChart, type Referred } from './left-in-chart.ts';

const stored = (resourceType: string, id: string, rest: object = {}): Stored => ({
  resourceType,
  id,
  meta: { versionId: '1', lastUpdated: '2026-11-28T08:00:00Z' },
  ...rest,
});

const NPI = { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' };
const draftOrder = stored('ServiceRequest', 'p-referral', { status: 'draft' });
const order = stored('ServiceRequest', 'p-referral', {
  status: 'active',
  identifier: [{ system: 'https://refloop.health/id/referral', value: 'R1' }],
  performer: [{ identifier: NPI }],
});
const note = stored('DocumentReference', 'n', {
  identifier: [{ system: 'https://refloop.health/id/referral-note', value: 'A1' }],
  content: [{ attachment: { contentType: 'text/plain; charset=utf-8', data: Buffer.from('Seen for years.').toString('base64') } }],
});
const task = stored('Task', 't', {
  identifier: [{ system: 'https://refloop.health/id/referral-task', value: 'R1-1' }],
  focus: { reference: 'ServiceRequest/p-referral' },
});
const provenance = stored('Provenance', 'v', { agent: [{ who: { reference: 'Practitioner/clinician-2' } }] });

const done = (name: StepName, reference: string) => ({ name, outcome: { status: 'done', reference, versionId: '1', at: '' } });
const referred = (changes: Partial<Referred> = {}): Referred => ({
  clinician: 'clinician-2',
  draft: { patient: 'p', order: 'p-referral', orders: 2 },
  mode: 'full',
  plan: {
    referralId: 'R1',
    steps: [
      done('DocumentReference', 'DocumentReference/n'),
      done('ServiceRequest', 'ServiceRequest/p-referral'),
      done('Task', 'Task/t'),
      done('Provenance', 'Provenance/v'),
    ],
  } as unknown as Plan,
  chosen: { name: 'Somebody', npi: NPI.value },
  words: 'Seen for years.',
  ...changes,
});

const earlier = stored('ServiceRequest', 'earlier', { status: 'completed' });
const RIGHT = { ServiceRequest: [order, earlier], DocumentReference: [note], Communication: [], Task: [task], Provenance: [provenance] };

/** @param there what is different from a chart that is right */
const chartOf = (
  there: Partial<Record<keyof typeof RIGHT, Stored[]>> = {},
  versions = [draftOrder, order],
): Pick<Chart, 'search' | 'history'> => ({
  search: (query) => Promise.resolve({ ...RIGHT, ...there }[query.split('?')[0] as keyof typeof RIGHT]),
  history: () => Promise.resolve(versions),
});

const faults = async (chart: Pick<Chart, 'search' | 'history'>, changes?: Partial<Referred>): Promise<string> =>
  (await faultsInChart(chart, referred(changes))).join('; ');

describe('what a referral left in the chart', () => {
  test('one of each is right', async () => {
    expect(await faults(chartOf())).toBe('');
  });

  test.each([
    [
      'a second order',
      {
        ServiceRequest: [
          order,
          earlier,
          stored('ServiceRequest', 'twice', { identifier: [{ system: 'https://refloop.health/id/referral', value: 'R1' }] }),
        ],
      },
      '3 orders, not 2',
    ],
    ['a second note', { DocumentReference: [note, { ...note, id: 'n2' }] }, '2 of DocumentReference, not 1'],
    ['a second task', { Task: [task, { ...task, id: 't2' }] }, '2 of Task, not 1'],
    ['no provenance', { Provenance: [] }, '0 of Provenance, not 1'],
    ['a task of another order', { Task: [{ ...task, focus: { reference: 'ServiceRequest/other' } }] }, 'the task is of another order'],
    [
      'a provenance of another clinician',
      { Provenance: [{ ...provenance, agent: [{ who: { reference: 'Practitioner/clinician-3' } }] }] },
      'names somebody else',
    ],
  ])('%s is told', async (_, there, told) => {
    expect(await faults(chartOf(there))).toContain(told);
  });

  test('an order written twice, one of another referral, for another specialist, or still a draft is told', async () => {
    expect(await faults(chartOf({}, [draftOrder, order, order]))).toContain('the order has 3 versions');
    const of = (changes: object): Promise<string> => {
      const changed = { ...order, ...changes };
      return faults(chartOf({ ServiceRequest: [changed, earlier] }, [draftOrder, changed]));
    };
    expect(await of({ identifier: [{ system: 'https://refloop.health/id/referral', value: 'R2' }] })).toContain('of another referral');
    expect(await of({ performer: [{ identifier: { ...NPI, value: '1' } }] })).toContain('another specialist');
    expect(await of({ status: 'draft' })).toContain('the order is draft');
  });

  test('a note with other words, and a plan that says what is not there, are told', async () => {
    expect(await faults(chartOf(), { words: 'Never seen.' })).toContain('lacks what the clinician wrote');
    expect(await faults(chartOf({ Task: [{ ...task, id: 'other' }] }))).toContain('the plan says');
  });

  test('where nothing may be written, what is there is told', async () => {
    const plan = { referralId: 'R1', steps: [] } as unknown as Plan;
    const untouched = { ServiceRequest: [draftOrder, earlier], DocumentReference: [], Task: [], Provenance: [] };
    expect(await faults(chartOf(untouched, [draftOrder]), { mode: 'athena-like', plan })).toBe('');
    expect(await faults(chartOf(), { mode: 'athena-like', plan })).toContain('an order was written');
  });
});
