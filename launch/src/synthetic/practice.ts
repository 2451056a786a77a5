/** The invented practice the sandbox EHR belongs to: its organization, clinics, clinicians, and two outside parties. */
import type { Location, Organization, Practitioner, PractitionerRole, Reference, Resource } from '@medplum/fhirtypes';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import { npiCheckDigit } from '@refloop/domain/network/npi';
import { placeOf } from './places.ts';
import { metaFor } from './resource-meta.ts';

export const PRACTICE_NAME = 'Cedar Hollow Primary Care';
export const practiceReference: Reference<Organization> = { reference: 'Organization/practice', display: PRACTICE_NAME };
export const laboratoryReference: Reference<Organization> = {
  reference: 'Organization/laboratory',
  display: 'Millrace Reference Laboratory',
};

export type Clinic = {
  id: string;
  name: string;
  zip: string;
  line: string;
  areaCode: string;
  clinician: { given: string; family: string; gender: 'female' | 'male' };
};

/** One clinic a metropolitan area, and three in the country; each with the clinician who orders there. */
export const clinics: readonly Clinic[] = [
  clinic('chicago', 'Lincoln Park', '60614', '2000 N Clark St', '312', 'Amelia', 'Vandenberg', 'female'),
  clinic('houston', 'Third Ward', '77004', '2400 Blodgett St', '713', 'Samuel', 'Adeyemi', 'male'),
  clinic('new-york', 'Upper West Side', '10025', '2701 Broadway', '212', 'Miriam', 'Katz', 'female'),
  clinic('phoenix', 'Biltmore', '85016', '4200 N 20th St', '602', 'Daniel', 'Ortega', 'male'),
  clinic('seattle', 'Wallingford', '98103', '1700 N 45th St', '206', 'Ingrid', 'Solheim', 'female'),
  clinic('minneapolis', 'Powderhorn', '55407', '3500 Cedar Ave', '612', 'Peter', 'Lindgren', 'male'),
  clinic('atlanta', 'Midtown', '30309', '1100 Spring St NW', '404', 'Renee', 'Batiste', 'female'),
  clinic('denver', 'Whittier', '80205', '2800 Downing St', '303', 'Michael', 'Trujillo', 'male'),
  clinic('san-francisco', 'Mission', '94110', '2900 22nd St', '415', 'Joyce', 'Nakagawa', 'female'),
  clinic('boston', 'Jamaica Plain', '02130', '640 Centre St', '617', 'Brendan', 'Foley', 'male'),
  clinic('laughlin', 'Laughlin', '89029', '3650 S Pointe Cir', '702', 'Sarah', 'Yazzie', 'female'),
  clinic('ashland', 'Ashland', '59003', '16 Main St', '406', 'Ruth', 'Spang', 'female'),
  clinic('jordan', 'Jordan', '59337', '332 Leavitt Ave', '406', 'Thomas', 'Engel', 'male'),
];

function clinic(
  id: string,
  name: string,
  zip: string,
  line: string,
  areaCode: string,
  given: string,
  family: string,
  gender: 'female' | 'male',
): Clinic {
  return { id, name, zip, line, areaCode, clinician: { given, family, gender } };
}

/** @throws Error when no clinic serves the ZIP code. */
export function clinicOf(zip: string): Clinic {
  const found = clinics.find((candidate) => candidate.zip === zip);
  if (!found) throw new Error(`practice.ts has no clinic for ZIP code ${zip}.`);
  return found;
}

export const clinicianReference = (at: Clinic): Reference<Practitioner> => ({
  reference: `Practitioner/clinician-${at.id}`,
  display: `${at.clinician.given} ${at.clinician.family}, MD`,
});

export const locationReference = (at: Clinic): Reference<Location> => ({
  reference: `Location/clinic-${at.id}`,
  display: `${PRACTICE_NAME}, ${at.name}`,
});

/** A specialist who is not of the practice but appears in somebody's chart. */
export type Specialist = {
  id: string;
  specialty: string;
  given: string;
  family: string;
  gender: 'female' | 'male';
  nine: string;
  phone: string;
};

export const specialists: readonly Specialist[] = [
  {
    id: 'specialist-nephrology',
    specialty: 'nephrology',
    given: 'Vivian',
    family: 'Osterhaus',
    gender: 'female',
    nine: '290000501',
    phone: '404-555-0151',
  },
  {
    id: 'specialist-cardiology',
    specialty: 'cardiology',
    given: 'Gerald',
    family: 'Pruitt',
    gender: 'male',
    nine: '290000502',
    phone: '602-555-0152',
  },
];

/** @throws Error when practice.ts knows no such specialist. */
export function specialistIn(specialty: string): Specialist {
  const found = specialists.find((candidate) => candidate.specialty === specialty);
  if (!found) throw new Error(`practice.ts has no specialist in ${specialty}.`);
  return found;
}

export const specialistReference = (specialist: Specialist): Reference<Practitioner> => ({
  reference: `Practitioner/${specialist.id}`,
  display: `${specialist.given} ${specialist.family}, MD`,
});

/** Nine digits with their check digit. Ours start with 29, away from the numbers met in practice, which start with 1. */
export const npiOf = (nineDigits: string): string => nineDigits + npiCheckDigit(nineDigits);

function practitioner(
  id: string,
  given: string,
  family: string,
  gender: 'female' | 'male',
  nineDigits: string,
  phone: string,
): Practitioner {
  return {
    resourceType: 'Practitioner',
    id,
    meta: metaFor('us-core-practitioner'),
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: npiOf(nineDigits) }],
    active: true,
    name: [{ use: 'official', family, given: [given], suffix: ['MD'] }],
    telecom: [{ system: 'phone', value: phone, use: 'work' }],
    gender,
  };
}

/** Family Medicine, NUCC Health Care Provider Taxonomy v24.0. */
const FAMILY_MEDICINE = '207Q00000X';

function role(of: Practitioner, nucc: string, specialtyName: string, at: Clinic | undefined): PractitionerRole {
  return {
    resourceType: 'PractitionerRole',
    id: `role-${of.id ?? ''}`,
    meta: metaFor('us-core-practitionerrole'),
    active: true,
    practitioner: { reference: `Practitioner/${of.id ?? ''}` },
    ...(at ? { organization: practiceReference, location: [locationReference(at)] } : {}),
    code: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/practitioner-role', code: 'doctor', display: 'Doctor' }] }],
    specialty: [{ coding: [{ system: 'http://nucc.org/provider-taxonomy', code: nucc }], text: specialtyName }],
    telecom: of.telecom ?? [],
  };
}

/** Organization, laboratory, clinics, clinicians and their roles. */
export function practiceResources(): Resource[] {
  const resources: Resource[] = [
    {
      resourceType: 'Organization',
      id: 'practice',
      meta: metaFor('us-core-organization'),
      identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: npiOf('290000001') }],
      active: true,
      type: [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'prov', display: 'Healthcare Provider' }] },
      ],
      name: PRACTICE_NAME,
      telecom: [{ system: 'phone', value: '312-555-0100', use: 'work' }],
      address: [{ use: 'work', line: ['2000 N Clark St'], city: 'Chicago', state: 'IL', postalCode: '60614', country: 'US' }],
    },
    {
      resourceType: 'Organization',
      id: 'laboratory',
      meta: metaFor('us-core-organization'),
      active: true,
      name: laboratoryReference.display ?? '',
      telecom: [{ system: 'phone', value: '312-555-0199', use: 'work' }],
    },
  ];
  for (const [index, at] of clinics.entries()) {
    const place = placeOf(at.zip);
    const phone = `${at.areaCode}-555-01${String(index + 10)}`;
    const clinician = practitioner(
      `clinician-${at.id}`,
      at.clinician.given,
      at.clinician.family,
      at.clinician.gender,
      `2900001${String(index + 10)}`,
      phone,
    );
    resources.push(
      {
        resourceType: 'Location',
        id: `clinic-${at.id}`,
        meta: metaFor('us-core-location'),
        status: 'active',
        name: `${PRACTICE_NAME}, ${at.name}`,
        telecom: [{ system: 'phone', value: phone, use: 'work' }],
        address: { use: 'work', line: [at.line], city: place.city, state: place.state, postalCode: place.zip, country: 'US' },
        position: { latitude: place.latitude, longitude: place.longitude },
        managingOrganization: practiceReference,
      },
      clinician,
      role(clinician, FAMILY_MEDICINE, 'Family medicine', at),
    );
  }
  for (const specialist of specialists) {
    const specialty = SPECIALTIES.find((candidate) => candidate.id === specialist.specialty);
    const nucc = specialty?.nucc[0];
    if (!specialty || nucc === undefined) throw new Error(`No NUCC code for specialty "${specialist.specialty}".`);
    const outside = practitioner(specialist.id, specialist.given, specialist.family, specialist.gender, specialist.nine, specialist.phone);
    resources.push(outside, role(outside, nucc, specialty.name, undefined));
  }
  return resources;
}
