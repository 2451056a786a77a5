/** A sample of `npm run campaign -- hostile-documents`. */
import { expect, test } from 'vitest';
import { readHostile } from './read-hostile.ts';

test('documents that were made to break the reader are read or not read, and nothing else happens', async () => {
  const { violations, read, unreadable } = await readHostile(1, 150);
  expect(violations).toEqual([]);
  expect(read).toBeGreaterThan(20);
  expect([...unreadable.keys()]).toEqual(expect.arrayContaining(['broken', 'declares-types']));
});
