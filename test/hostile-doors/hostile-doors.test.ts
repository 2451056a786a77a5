/** A sample of `npm run campaign -- hostile-doors`. */
import { expect, test } from 'vitest';
import { floodDoors, tryDoors } from './try-doors.ts';

test('nobody gets in without what opens a link, learns of a patient, or writes by being refused', async () => {
  const { violations, doors } = await tryDoors({ from: 1001, requests: 250 });
  expect(violations).toEqual([]);
  expect([...doors.keys()].toSorted()).toEqual([
    '/inbound/documents',
    '/office/acts',
    '/office/notes',
    '/office/open',
    '/office/packet',
    '/office/view',
    '/patient/acts',
    '/patient/open',
    '/patient/view',
    '/text-messages',
  ]);
  // What stands behind a door is tried too.
  for (const door of ['/office/open', '/office/acts', '/patient/open', '/patient/acts'])
    expect(doors.get(door)?.letIn, door).toBeGreaterThan(0);
});

test('one address is answered no more often than the limits say, and others still get in', async () => {
  const { violations, requests, answered } = await floodDoors({ from: 1, requests: 300 });
  expect(violations).toEqual([]);
  expect(requests - [...answered.values()].reduce((sum, each) => sum + each, 0)).toBeGreaterThan(100);
});
