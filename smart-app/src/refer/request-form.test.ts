import type { OrderFacts } from '@refloop/domain/request/order-facts';
import { describe, expect, test } from 'vitest';
import { type RequestForm, rebaseRequest } from './request-form.ts';

const order: OrderFacts = {
  reference: 'ServiceRequest/7',
  versionId: '1',
  status: 'draft',
  specialty: 'cardiology',
  urgency: 'routine',
  reasonText: 'Palpitations',
  reasonCodes: [{ system: 's', code: 'R00.2' }],
  question: '',
  visits: 1,
};
const form: RequestForm = {
  specialty: 'cardiology',
  urgency: 'routine',
  reasonText: 'Palpitations',
  reasonCodes: [{ system: 's', code: 'R00.2' }],
  question: '',
  kind: 'consult',
  visits: 1,
  coverageId: 'c',
  languages: [],
  radiusMiles: 25,
};

describe('the order changed while the clinician worked', () => {
  test('fields the clinician did not touch follow the order', () => {
    const changed = { ...order, urgency: 'urgent' as const, reasonText: 'Palpitations with syncope' };
    expect(rebaseRequest(form, order, changed)).toEqual({ ...form, urgency: 'urgent', reasonText: 'Palpitations with syncope' });
  });
  test('fields the clinician changed stay as the clinician set them', () => {
    const mine = { ...form, specialty: 'cardiac-electrophysiology', question: 'Ablation?' };
    const changed = { ...order, specialty: 'neurology', question: 'Seizure?', urgency: 'urgent' as const };
    expect(rebaseRequest(mine, order, changed)).toEqual({ ...mine, urgency: 'urgent' });
  });
});
