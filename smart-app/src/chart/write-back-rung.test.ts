import { describe, expect, test } from 'vitest';
import type { Resource } from '../session/ehr.ts';
import { writeBackRung } from './write-back-rung.ts';

const statement = (offers: Record<string, string[]>): Resource => ({
  resourceType: 'CapabilityStatement',
  rest: [
    { mode: 'server', resource: Object.entries(offers).map(([type, codes]) => ({ type, interaction: codes.map((code) => ({ code })) })) },
  ],
});

const ALL = statement({
  ServiceRequest: ['create', 'read', 'update'],
  DocumentReference: ['create'],
  Task: ['create'],
  Provenance: ['create'],
});
const SCOPES = ['patient/ServiceRequest.crus', 'patient/DocumentReference.crus', 'patient/Task.crus', 'patient/Provenance.cs'];

describe('the rung of the write-back ladder', () => {
  test('an EHR that takes everything updates the launched order', () => {
    expect(writeBackRung(SCOPES, ALL, 'with-version')).toEqual({
      rung: 1,
      steps: ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'],
      leftOut: [],
    });
  });

  test('an order whose version the EHR does not say is left as it is: another is created', () => {
    expect(writeBackRung(SCOPES, ALL, 'without-version').rung).toBe(2);
  });

  test('without a launched order one is created', () => {
    expect(writeBackRung(SCOPES, ALL, 'none').rung).toBe(2);
  });

  test('Epic as captured: order update, no Task create, Provenance read only; both are left out with why', () => {
    const epic = statement({
      ServiceRequest: ['create', 'read', 'update'],
      DocumentReference: ['create', 'update'],
      Task: ['read', 'update'],
      Provenance: ['read'],
    });
    const writeBack = writeBackRung(SCOPES, epic, 'with-version');
    expect(writeBack.steps).toEqual(['DocumentReference', 'ServiceRequest']);
    expect(writeBack.leftOut.map((each) => each.step)).toEqual(['Task', 'Provenance']);
    expect(writeBack.leftOut[0]?.why).toContain('does not offer');
  });

  test('Oracle as captured: no order can be written, so nothing is', () => {
    const oracle = statement({ ServiceRequest: ['read', 'search-type'], DocumentReference: ['create'], Provenance: ['create'] });
    const writeBack = writeBackRung(SCOPES, oracle, 'with-version');
    expect(writeBack).toMatchObject({ rung: 6, steps: [] });
    const why = 'The EHR does not offer update for ServiceRequest. The EHR does not offer create for ServiceRequest.';
    expect(writeBack.leftOut[0]).toEqual({ step: 'ServiceRequest', why });
  });

  test('a capability without the scope does not count, nor the scope without the capability', () => {
    expect(writeBackRung(['patient/ServiceRequest.rs'], ALL, 'with-version').rung).toBe(6);
    expect(writeBackRung(['patient/ServiceRequest.cs'], ALL, 'with-version').rung).toBe(2);
    const unsaid = writeBackRung(SCOPES, undefined, 'with-version');
    expect(unsaid.rung).toBe(6);
    expect(unsaid.leftOut[0]?.why).toBe('The EHR did not say what it can do (no CapabilityStatement).');
  });

  test('scopes of SMART v1 and wildcards count too', () => {
    expect(writeBackRung(['patient/*.write'], ALL, 'with-version').rung).toBe(1);
    expect(writeBackRung(['user/ServiceRequest.*'], ALL, 'with-version').rung).toBe(1);
    expect(writeBackRung(['patient/*.read'], ALL, 'with-version').rung).toBe(6);
    expect(writeBackRung(['system/*.cruds'], ALL, 'with-version').rung).toBe(6);
  });
});
