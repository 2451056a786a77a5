import { describe, expect, test } from 'vitest';
import { orderDifference } from './order-difference.ts';

const order = {
  resourceType: 'ServiceRequest',
  id: '1',
  meta: { versionId: '1' },
  status: 'draft',
  priority: 'routine',
  reasonCode: [{ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'R55' }], text: 'Syncope' }],
};

describe('what changed in an order', () => {
  test('is said element by element, in words', () => {
    const now = { ...order, meta: { versionId: '2' }, priority: 'urgent', note: [{ text: 'Drives a bus' }] };
    expect(orderDifference(order, now)).toEqual([
      { element: 'note', label: 'Note', before: 'not set', after: 'Drives a bus' },
      { element: 'priority', label: 'Urgency', before: 'routine', after: 'urgent' },
    ]);
  });

  test('leaves out what only says that it was saved', () => {
    expect(orderDifference(order, { ...order, meta: { versionId: '9' }, text: { div: 'x' } })).toEqual([]);
  });

  test('does not mind the order of keys', () => {
    const reordered = {
      ...order,
      reasonCode: [{ text: 'Syncope', coding: [{ code: 'R55', system: 'http://hl7.org/fhir/sid/icd-10-cm' }] }],
    };
    expect(orderDifference(order, reordered)).toEqual([]);
  });

  test('shows the readable core of what is removed', () => {
    const { reasonCode: _gone, ...now } = order;
    expect(orderDifference(order, now)).toEqual([{ element: 'reasonCode', label: 'Reason', before: 'Syncope', after: 'not set' }]);
  });
});
