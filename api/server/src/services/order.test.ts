import { describe, expect, test } from 'vitest';
import { orderInHand } from './order.ts';

const session = { patientId: '1', scope: { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' } };
const order = (reference: string, more: Record<string, unknown> = {}) => ({
  resourceType: 'ServiceRequest',
  id: '7',
  meta: { versionId: '3' },
  status: 'draft',
  subject: { reference },
  ...more,
});

describe('the launched order', () => {
  test('may be none', () => {
    expect(orderInHand(null, session)).toBeNull();
  });

  test.each(['Patient/1', 'https://ehr.example.org/fhir/Patient/1'])('of %s is this patient’s', (reference) => {
    expect(orderInHand(order(reference), session)).toMatchObject({ reference: 'ServiceRequest/7', versionId: '3' });
  });

  test.each([
    'Patient/2',
    'Patient/11',
    'https://ehr.example.org/fhir/Patient/2',
    'https://other.example.org/fhir/Patient/1',
    'https://ehr.example.org/fhir/x/Patient/1',
    '#patient',
    '',
  ])('of %j is not', (reference) => {
    expect(orderInHand(order(reference), session)).toMatchObject({ refused: 'another-patient' });
  });

  test.each([
    ['resourceType', { resourceType: 'Task' }],
    ['id', { id: '' }],
    ['meta.versionId', { meta: {} }],
    ['status', { status: undefined }],
  ])('without its %s is refused by that field', (field, more) => {
    expect(orderInHand(order('Patient/1', more), session)).toMatchObject({ errors: [{ field: `order.${field}` }] });
  });

  test.each(['../Patient/2', '..', '7?_count=1', '7&patient=2', '7#x', '7/_history/1', 'a b'])(
    'with the id %s would be read elsewhere',
    (id) => {
      expect(orderInHand(order('Patient/1', { id }), session)).toMatchObject({ errors: [{ field: 'order.id' }] });
    },
  );

  test.each(['../2', '1"', '1\r\nX-Header: 1', 'a b'])('with the version %j is refused by that field', (versionId) => {
    expect(orderInHand(order('Patient/1', { meta: { versionId } }), session)).toMatchObject({
      errors: [{ field: 'order.meta.versionId' }],
    });
  });

  test('that is over cannot be referred from', () => {
    expect(orderInHand(order('Patient/1', { status: 'completed' }), session)).toMatchObject({ refused: 'order-not-open' });
  });
});
