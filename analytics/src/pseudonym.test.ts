import { describe, expect, test } from 'vitest';
import { openDuckDb } from './duckdb.ts';
import { createPseudonyms, sqlPseudonyms } from './pseudonym.ts';

const SCOPE = { tenant: "north's", issuer: 'https://ehr.example.org/fhir?a="b"' };
const IDS = ['1', 'p1', 'A-b.9', 'x'.repeat(64), 'Practitioner/7', `it's "quoted" \\ /`, 'Zoë 日本 😀', '\t\n', ''];

describe('DuckDB makes the pseudonyms that JavaScript makes', () => {
  // Shorter than a block of SHA-256, as long, longer: RFC 2104 pads the one and digests the other.
  test.each([32, 64, 65, 200])('under a key of %i bytes', async (bytes) => {
    const key = Buffer.from(Array.from({ length: bytes }, (_none, at) => (at * 37 + 11) % 256));
    const pseudonyms = createPseudonyms(key);
    const { sql, parameters } = sqlPseudonyms(key);
    const session = await openDuckDb({ folders: [], spillFolder: null, memoryMegabytes: 128, threads: 1, seconds: 20 });
    try {
      const query = await session.connect();
      const made = await query.run(
        `select ${sql.referral(SCOPE, 'id')} as referral, ${sql.patient(SCOPE, 'id')} as patient, ${sql.requester(SCOPE, 'id')} as requester,
           ${sql.within(`'r-1'`, 'appointment', 'id')} as appointment, ${sql.within(`'r-1'`, 'report', 'id')} as report
         from (select unnest(from_json($ids, '["varchar"]')) as id)`,
        { ...parameters, ids: JSON.stringify(IDS) },
      );
      expect(made).toEqual(
        IDS.map((id) => ({
          referral: pseudonyms.referral(SCOPE, id),
          patient: pseudonyms.patient(SCOPE, id),
          requester: pseudonyms.requester(SCOPE, id),
          appointment: pseudonyms.within('r-1', 'appointment', id),
          report: pseudonyms.within('r-1', 'report', id),
        })),
      );
    } finally {
      session.close();
    }
  });
});

test('a key that is too short makes none', () => {
  expect(() => sqlPseudonyms(Buffer.alloc(31))).toThrow('31 bytes');
  expect(() => createPseudonyms(Buffer.alloc(31))).toThrow('31 bytes');
});
