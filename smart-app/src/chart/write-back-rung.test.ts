import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { describe, expect, test } from 'vitest';
import { approvalEffect, whyNoOrder, writeBackRung } from './write-back-rung.ts';

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
    expect(writeBackRung(SCOPES, ALL, 'with-version')).toMatchObject({
      rung: 1,
      steps: ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'],
      leftOut: [],
      notPossible: [],
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
    expect(writeBack.leftOut[0]?.why).toBe('This EHR does not let apps create a task.');
  });

  test('Oracle as captured: no order can be written, the note can', () => {
    const oracle = statement({ ServiceRequest: ['read', 'search-type'], DocumentReference: ['create'], Provenance: ['create'] });
    const writeBack = writeBackRung(SCOPES, oracle, 'with-version');
    expect(writeBack).toMatchObject({ rung: 3, steps: ['DocumentReference', 'Provenance'] });
    expect(approvalEffect(writeBack)).toBe('Will file the note; the order stays yours to place');
    expect(whyNoOrder(writeBack)).toBe('This EHR does not let apps change an order. This EHR does not let apps create an order.');
  });

  test('a message counts where apps may also search for it, by statement and by scope', () => {
    const scopes = ['patient/Communication.cs', 'patient/Provenance.c'];
    const kept = statement({ Communication: ['create', 'search-type'], Provenance: ['create'] });
    expect(writeBackRung(scopes, kept, 'with-version')).toMatchObject({ rung: 4, steps: ['Communication', 'Provenance'] });
    // Epic's statement has create alone.
    const blind = writeBackRung(scopes, statement({ Communication: ['create'] }), 'with-version');
    expect([blind.rung, whyNoOrder(blind)]).toEqual([6, expect.stringContaining('add a message to the chart and find it again')]);
    expect(writeBackRung(['patient/Communication.c'], kept, 'with-version').rung).toBe(6);
  });

  test('a capability without the scope does not count, nor the scope without the capability', () => {
    expect(writeBackRung(['patient/ServiceRequest.rs'], ALL, 'with-version').rung).toBe(6);
    expect(writeBackRung(['patient/ServiceRequest.cs'], ALL, 'with-version').rung).toBe(2);
    expect(writeBackRung(['patient/DocumentReference.cs'], ALL, 'with-version').rung).toBe(3);
    const unsaid = writeBackRung(SCOPES, undefined, 'with-version');
    expect(unsaid.rung).toBe(6);
    expect(whyNoOrder(unsaid)).toBe('The EHR did not say what it lets apps do (no CapabilityStatement).');
  });

  test('scopes of SMART v1 and wildcards count too', () => {
    expect(writeBackRung(['patient/*.write'], ALL, 'with-version').rung).toBe(1);
    expect(writeBackRung(['user/ServiceRequest.*'], ALL, 'with-version').rung).toBe(1);
    expect(writeBackRung(['patient/*.read'], ALL, 'with-version').rung).toBe(6);
    expect(writeBackRung(['system/*.cruds'], ALL, 'with-version').rung).toBe(6);
  });

  test('what it was judged by goes along, for the server to judge again', () => {
    const { basis } = writeBackRung(['patient/ServiceRequest.cs'], ALL, 'none');
    expect(basis).toEqual({
      stated: true,
      launchedOrder: 'none',
      offered: ['update-order', 'create-order', 'file-document', 'create-task', 'create-provenance'],
      granted: ['create-order'],
    });
  });
});
