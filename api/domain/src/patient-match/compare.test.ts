import { describe, expect, test } from 'vitest';
import { type Agreement, compareIdentities } from './compare.ts';
import { comparedIdentity, type Identity } from './identity.ts';
import { identity } from './test-identity.ts';

const compare = (left: Partial<Identity>, right: Partial<Identity>): Agreement =>
  compareIdentities(comparedIdentity(identity(left)), comparedIdentity(identity(right)));

describe('the levels of a field', () => {
  test.each<[keyof Agreement, Partial<Identity>, Partial<Identity>, string | null]>([
    ['family', { family: 'Núñez' }, { family: 'NUNEZ' }, 'same'],
    ['family', { family: "O'Brien" }, { family: 'OBrien' }, 'same'],
    ['family', { family: 'Ortiz Jr.' }, { family: 'Ortiz' }, 'same'],
    ['family', { family: 'Garcia-Lopez' }, { family: 'Lopez' }, 'close'],
    ['family', { family: 'Schmidt' }, { family: 'Schmitd' }, 'close'],
    ['family', { family: 'Schmidt' }, { family: 'Olsen' }, 'different'],
    ['family', { family: '' }, { family: 'Olsen' }, null],
    ['family', { family: 'Ruth', given: ['Olsen'] }, { family: 'Olsen', given: ['Ruth'] }, 'crossed'],
    ['given', { family: 'Ruth', given: ['Olsen'] }, { family: 'Olsen', given: ['Ruth'] }, null],
    ['given', { given: ['Robert'] }, { given: ['Bob'] }, 'nickname'],
    ['given', { given: ['Christine'] }, { given: ['Christopher'] }, 'different'],
    ['given', { given: ['Chris'] }, { given: ['Christopher'] }, 'nickname'],
    ['given', { given: ['Mary Ann'] }, { given: ['Ann'] }, 'close'],
    ['given', { given: ['Jaden'] }, { given: ['Jayden'] }, 'close'],
    ['given', { given: ['J'] }, { given: ['Jaden'] }, 'initial'],
    ['given', { given: ['Ana'] }, { given: ['Ruth'] }, 'different'],
    ['given', { given: [] }, { given: ['Ruth'] }, null],
    ['born', { born: '1980-03-04' }, { born: '1980-03-04' }, 'same'],
    ['born', { born: '1980-03-04' }, { born: '1980-04-03' }, 'slip'],
    ['born', { born: '1980-03-04' }, { born: '1981-03-04' }, 'slip'],
    ['born', { born: '1980-03-04' }, { born: '2000-03-04' }, 'different'],
    ['born', { born: '1980-03-04' }, { born: '1980-11-27' }, 'year'],
    ['born', { born: '1980' }, { born: '1980-03-04' }, null],
    ['sex', { sex: 'female' }, { sex: 'male' }, 'different'],
    ['sex', { sex: '' }, { sex: 'male' }, null],
    ['address', { line: '12 North Elm Street' }, { line: '12 N Elm St.' }, 'same'],
    ['address', { line: '12 Elm St' }, { line: '12 Ellm St' }, 'close'],
    ['address', { line: '12 Elm St' }, { line: '14 Elm St' }, 'area'],
    ['address', { line: '12 Elm St' }, { line: '', postalCode: '' }, null],
    ['address', { line: '12 Elm St' }, { line: '1 Oak Rd', postalCode: '98103' }, 'different'],
    ['address', { line: '12 Elm St', postalCode: '94601-1234' }, { line: '12 Elm St' }, 'same'],
    ['phone', { phone: '+1 (510) 555-0101' }, { phone: '510.555.0101' }, 'same'],
    ['phone', { phone: '510-555-0101' }, { phone: '510-555-0110' }, 'slip'],
    ['phone', { phone: '510-555-0101' }, { phone: '312-555-0199' }, 'different'],
    ['phone', { phone: '555-0101' }, { phone: '312-555-0199' }, null],
  ])('%s: %j and %j', (field, left, right, level) => {
    expect(compare(left, right)[field]).toBe(level);
    expect(compare(right, left)[field]).toBe(level);
  });
});
