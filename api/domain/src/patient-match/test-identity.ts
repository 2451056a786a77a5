/** For tests: one patient, and that one with something else. */
import type { Identity } from './identity.ts';

export const identity = (more: Partial<Identity> = {}): Identity => ({
  family: 'Delgado',
  given: ['Marisol'],
  suffix: '',
  born: '1984-06-02',
  sex: 'female',
  line: '2214 Alder Ct',
  city: 'Oakland',
  postalCode: '94601',
  phone: '510-555-0142',
  recordNumbers: [],
  ...more,
});
