import pg from 'pg';
import { expect, test } from 'vitest';
import { StoreUnavailable } from '../store/unavailable.ts';
import { wordsOf } from './words.ts';

test('a database that does not answer is told with the code of what stood in the way, and with nothing it said', async () => {
  const refused = await new pg.Client({ host: '127.0.0.1', port: 1 }).connect().catch((error: unknown) => error);
  expect(wordsOf(new StoreUnavailable('nothing', refused))).toBe('The database does not answer (ECONNREFUSED).');
  const certificate = Object.assign(new Error('planted words'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  expect(wordsOf(new StoreUnavailable('nothing', certificate))).toBe('The database does not answer (SELF_SIGNED_CERT_IN_CHAIN).');
  expect(wordsOf(new StoreUnavailable('nothing', new Error('planted words')))).toBe('The database does not answer.');
});

const PLANTED = 'Zebulon Plantedname';

const ofDatabase = Object.assign(new pg.DatabaseError(`invalid input syntax: "${PLANTED}"`, 1, 'error'), {
  code: '22P02',
  detail: PLANTED,
});
const ofParser = ((): unknown => {
  try {
    return JSON.parse(`{"name": ${PLANTED}}`);
  } catch (error) {
    return error;
  }
})();

test.each([
  ['a database', ofDatabase, 'PostgreSQL refused it with code 22P02 (PostgreSQL, Appendix A).'],
  ['a parser', ofParser, 'A text that should be JSON is not.'],
  ['us', new Error('The folder is not empty.'), 'The folder is not empty.'],
  ['nobody', PLANTED, 'an unknown error'],
])('what an error of %s says', (_whose, error, words) => {
  expect(wordsOf(error)).toBe(words);
});
