import { describe, expect, test } from 'vitest';
import { isFhirId, parseReference } from './reference.ts';

/** Each would lead an address elsewhere, or add a parameter to it. */
const NO_IDS = [
  '',
  '.',
  '..',
  '../Task/1',
  '1/../2',
  '1?_count=9',
  '1&patient=2',
  '1#x',
  '1%2f2',
  '1\r\n2',
  '1\n',
  'a b',
  'é',
  'x'.repeat(65),
];

describe('an id', () => {
  test.each(['1', 'order-1', '1.2.840', '...', 'A'.repeat(64)])('may be %s', (id) => {
    expect([isFhirId(id), parseReference(`ServiceRequest/${id}`)]).toEqual([true, { type: 'ServiceRequest', id }]);
  });

  test.each(NO_IDS)('may not be %j', (id) => {
    expect([isFhirId(id), parseReference(`ServiceRequest/${id}`)]).toEqual([false, undefined]);
  });

  test.each(NO_IDS)('of a version may not be %j', (id) => {
    expect(parseReference(`ServiceRequest/1/_history/${id}`)).toBeUndefined();
  });

  test.each([7, null, undefined, {}, ['1']])('is a text, not %j', (id) => {
    expect(isFhirId(id)).toBe(false);
  });
});
