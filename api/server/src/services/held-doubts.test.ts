/** What speaks against a held document being of a patient, by the charts that are known of them. */
import { blocksOf } from '@refloop/domain/patient-match/blocks';
import { comparedIdentity, type Identity } from '@refloop/domain/patient-match/identity';
import { identity } from '@refloop/domain/patient-match/test-identity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Doubt } from '../client/inbound.ts';
import { contentToRead, type InboundContent } from '../inbound/inbound-content.ts';
import { nobody } from '../inbound/read-document.ts';
import { chartsLike } from '../inbound/route-document.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { doubtsOf } from './held-doubts.ts';

let opened: TestStore;
const scope = { tenant: 'doubts', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };

const MARRIED: Partial<Identity> = { family: 'Harlow' };
const CHARTS: readonly [string, Partial<Identity>, string | null][] = [
  ['p1', { recordNumbers: ['SYN-1'] }, null],
  // The chart of before a marriage, merged into one that was merged once more.
  ['old', { recordNumbers: ['SYN-2'] }, 'newer'],
  ['newer', { ...MARRIED, recordNumbers: ['SYN-3'] }, 'newest'],
  ['newest', { ...MARRIED, recordNumbers: ['SYN-4'] }, null],
  // Merged into one of which nobody here was asked for.
  ['alone', { family: 'Osei', given: ['Kwame'], born: '1950-04-04', recordNumbers: ['SYN-5'] }, 'elsewhere'],
];

beforeAll(async () => {
  opened = await openTestStore();
  await opened.store.enrol(scope);
  for (const [patientId, more, replacedBy] of CHARTS)
    await opened.store.transaction(scope, (unit) =>
      unit.patientIdentities.put({ patientId, identity: identity(more), replacedBy }, blocksOf(comparedIdentity(identity(more)))),
    );
});
afterAll(() => opened.close());

const saying = (patient: Identity, several = false): InboundContent => ({
  ...contentToRead(null),
  reading: {
    kind: 'read',
    format: 'pdf',
    title: 'Consultation note',
    header: { patient, author: '', organization: '', npis: [], date: '', orders: [] },
    parts: [],
    extracts: [],
    several,
    nature: 'note',
    beside: [],
  } as unknown as InboundContent['reading'],
});
const doubts = (content: InboundContent, patientId: string, said: Identity): Promise<Doubt[]> =>
  opened.store.transaction(scope, async (unit) => doubtsOf(unit, content, patientId, await chartsLike(unit, said)));

describe('a document that says', () => {
  test.each<[string, string, Partial<Identity>, Doubt[]]>([
    ['all that the chart says', 'p1', { recordNumbers: ['SYN-1'] }, []],
    ['another given name', 'p1', { given: ['Rocio'] }, ['name']],
    ['another family and birth date', 'p1', { family: 'Zbornak', born: '1931-05-13' }, ['name', 'born']],
    ['the office’s own record number and else the same', 'p1', { recordNumbers: ['OFFICE-77'] }, []],
    ['no birth date and another record number', 'p1', { born: '', recordNumbers: ['OFFICE-77'] }, ['record number']],
    ['a name of before, asked for under the chart in force', 'newest', {}, []],
    ['a name of before, asked for under the chart of before', 'old', {}, []],
    ['the name in force, asked for under the chart of before', 'old', MARRIED, []],
    ['somebody else, of a chart merged into one that is not known', 'alone', {}, ['name', 'born']],
    ['somebody, of a patient of whom nothing is known', 'nobody-knows', {}, ['nothing to compare']],
  ])('%s', async (_name, patientId, more, expected) => {
    const said = identity({ recordNumbers: [], ...more });
    expect(await doubts(saying(said), patientId, said)).toEqual(expected);
  });

  test('several names is in doubt wherever it is filed', async () => {
    const said = identity({});
    expect(await doubts(saying(said, true), 'p1', said)).toEqual(['several']);
  });

  test('nobody leaves it to who reads it', async () => {
    expect(await doubts(saying(nobody()), 'p1', nobody())).toEqual([]);
    expect(await doubts(contentToRead(null), 'nobody-knows', nobody())).toEqual([]);
  });
});
