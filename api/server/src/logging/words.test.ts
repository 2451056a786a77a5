import pg from 'pg';
import { expect, test } from 'vitest';
import { wordsOf } from './words.ts';

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
