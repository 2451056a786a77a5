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

  test('that is over cannot be referred from', () => {
    expect(orderInHand(order('Patient/1', { status: 'completed' }), session)).toMatchObject({ refused: 'order-not-open' });
  });
});
