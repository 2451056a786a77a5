/** DuckDB vouches for a file only where each of its lines would have been taken by the rules that name a bad line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDuckDb, type Query, type Session } from '../duckdb.ts';
import { allGood, judgeLine } from './scan-export.ts';

const folder = mkdtempSync(join(tmpdir(), 'refloop-scan-'));
const file = join(folder, 'Any.ndjson');
let session: Session;
let query: Query;
beforeAll(async () => {
  session = await openDuckDb({ folders: [folder], spillFolder: null, memoryMegabytes: 256, threads: 1, seconds: 20 });
  query = await session.connect();
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

const GOOD = '{"resourceType":"Patient","id":"a1","x":[1,-2.5e3,true,null,{"k":"v\\n\\u00e9 é😀"}],"y":{}}';

/** The types of all lines by `judgeLine`; null where one is wrong. */
function judged(bytes: Buffer): Record<string, number> | null {
  const found: Record<string, number> = {};
  for (let from = 0; from <= bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    const line = judgeLine(bytes.subarray(from, end === -1 ? bytes.length : end), from === 0);
    if (line.kind === 'wrong') return null;
    if (line.kind === 'resource') found[line.type] = (found[line.type] ?? 0) + 1;
    from = end === -1 ? bytes.length + 1 : end + 1;
  }
  return found;
}

async function vouchedFor(bytes: Buffer): Promise<Record<string, number> | null> {
  writeFileSync(file, bytes);
  return allGood(query, file);
}

// What the two readers of JSON do not see alike, or might not.
test.each([
  ['{"resourceType":"Patient","id":"a",}', null],
  ['{"resourceType":"Patient","id":"a","x":[1, ]}', null],
  ['{"resourceType":"Patient","id":"a","x":NaN}', null],
  ['{"resourceType":"Patient","id":"a","x":[-Infinity ,1]}', null],
  ['{"resourceType":"Patient","id":"a","x":"\\u0000"}', null],
  ['{"resourceType":"Patient","id":"a","x":"\\ud800"}', null],
  ['{"resourceType":"Patient","id":12}', null],
  ['{"resourceType":"Patient","id":"a\\n"}', null],
  ['{"resourceType":"Patient"}', null],
  ['[{"resourceType":"Patient","id":"a"}]', null],
  ['\ufeff{"resourceType":"Patient","id":"a"}', { Patient: 1 }],
  ['\n\ufeff{"resourceType":"Patient","id":"a"}', null],
  ['{"resourceType":"Patient",\n"id":"a"}', null],
  ['{"resourceType":"Patient","id":"a"} {"resourceType":"Patient","id":"b"}', null],
  ['{"resourceType":"Patient","id":"a","x":"seen, information: infinite"}\f\n\n', { Patient: 1 }],
  [`${GOOD}\r\n${GOOD.replace('Patient', 'Group')}`, { Group: 1, Patient: 1 }],
  ['', {}],
])('%j', async (text, expected) => {
  const bytes = Buffer.from(text);
  expect(await vouchedFor(bytes)).toEqual(expected);
  expect(judged(bytes)).toEqual(expected);
});

const PIECES =
  '"|,|}|]|{|[|:|\\|\\u|nan|,NaN|:inf|-|+|.|0|e| |\t|\r|\n|\f|\v|\0|\ufeff|\u00a0|\\ud800|\\udc00|\\u0000|Infinity|1|/**/|\\/|\'|null|,\n| \f';
const edits = fc.array(fc.record({ at: fc.nat(GOOD.length), cut: fc.nat(2), put: fc.constantFrom('', ...PIECES.split('|')) }), {
  minLength: 1,
  maxLength: 3,
});

test('a line changed anywhere is vouched for only as it would be judged', async () => {
  await fc.assert(
    fc.asyncProperty(edits, async (changes) => {
      const text = changes.reduce((line, { at, cut, put }) => line.slice(0, at) + put + line.slice(at + cut), GOOD);
      const found = await vouchedFor(Buffer.from(text));
      // Without a word for the file, each line is judged by itself.
      expect(found ?? judged(Buffer.from(text))).toEqual(judged(Buffer.from(text)));
    }),
    { numRuns: 300 },
  );
});
