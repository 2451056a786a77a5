import type { EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { ok, refuse } from '@refloop/domain/result';
import { describe, expect, test } from 'vitest';
import { findPerformer } from './performer-lookup.ts';

const NPI = '1234567893';
const SCOPES = ['user/Practitioner.rs', 'user/PractitionerRole.rs'];
const CARDIOLOGY = '207RC0000X';

const practitioner = (id: string, npi: string): Resource => ({
  resourceType: 'Practitioner',
  id,
  identifier: [
    { system: 'urn:oid:1.2.3', value: NPI },
    { system: 'http://hl7.org/fhir/sid/us-npi', value: npi },
  ],
});
const role = (id: string, who: string, more: object = {}): Resource => ({
  resourceType: 'PractitionerRole',
  id,
  practitioner: { reference: who },
  specialty: [{ coding: [{ system: 'http://nucc.org/provider-taxonomy', code: CARDIOLOGY }] }],
  ...more,
});

/** An EHR that answers a search with these, whatever was searched for. */
const ehrWith = (practitioners: Resource[] | 'refused', roles: Resource[] | 'refused' = []): EhrPort => ({
  base: 'https://ehr.example.org/fhir',
  get: async (path) => {
    const found = path.startsWith('PractitionerRole') ? roles : practitioners;
    if (found === 'refused') return refuse({ kind: 'http', status: 400, detail: '' });
    return ok({ resourceType: 'Bundle', entry: found.map((resource) => ({ resource })) });
  },
  write: async () => refuse({ kind: 'elsewhere' }),
});
const find = (ehr: EhrPort, scopes = SCOPES) => findPerformer(ehr, scopes, NPI, 'Dr. Robin Lee', [CARDIOLOGY]);

describe('the performer in the EHR', () => {
  test('is the practitioner with this NPI, in the role of this specialty', async () => {
    const lee = practitioner('lee', NPI);
    expect(await find(ehrWith([lee]))).toEqual({ reference: 'Practitioner/lee', display: 'Dr. Robin Lee' });
    expect(await find(ehrWith([lee], [role('r', 'Practitioner/lee')]))).toMatchObject({ reference: 'PractitionerRole/r' });
    const absolute = role('r', 'https://ehr.example.org/fhir/Practitioner/lee');
    expect(await find(ehrWith([lee], [absolute]))).toMatchObject({ reference: 'PractitionerRole/r' });
  });

  test('is never somebody else, where an EHR ignores what was searched for', async () => {
    const others = [practitioner('first', '1999999992'), practitioner('second', '1888888886')];
    expect(await find(ehrWith(others))).toBeNull();
    const roles = [role('of-another', 'Practitioner/first'), role('of-another-server', 'https://x.example.org/fhir/Practitioner/lee')];
    expect(await find(ehrWith([...others, practitioner('lee', NPI)], roles))).toMatchObject({ reference: 'Practitioner/lee' });
  });

  test('is not taken in a role that is over or of another specialty', async () => {
    const roles = [role('over', 'Practitioner/lee', { active: false }), role('other', 'Practitioner/lee', { specialty: [] })];
    expect(await find(ehrWith([practitioner('lee', NPI)], roles))).toMatchObject({ reference: 'Practitioner/lee' });
  });

  test('is unknown where the EHR may not be asked or does not answer', async () => {
    expect(await find(ehrWith([practitioner('lee', NPI)]), [])).toBeNull();
    expect(await find(ehrWith('refused'))).toBeNull();
    expect(await find(ehrWith([practitioner('lee', NPI)], 'refused'))).toMatchObject({ reference: 'Practitioner/lee' });
  });
});
