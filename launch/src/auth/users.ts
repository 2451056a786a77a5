/** The people who can sign in to the sandbox. They exist whatever patients are loaded. */
import type { Practitioner } from '@medplum/fhirtypes';
import { npiOf } from '../synthetic/practice.ts';

/** `preparer`: a medical assistant, who prepares what a clinician signs. */
export type SandboxRole = 'clinician' | 'preparer' | 'coordinator' | 'lead' | 'admin';

export type SandboxUser = {
  /** Also the id of the Practitioner and the subject of the id_token. */
  id: string;
  name: string;
  role: SandboxRole;
  /** What the sign-in page calls the work. */
  title: string;
  family: string;
  given: string;
  suffix?: string;
  /** Made up, like the person. A medical assistant has no NPI, only a number of the practice. */
  identifier: { system: string; value: string };
};

const npi = (nineDigits: string): SandboxUser['identifier'] => ({ system: 'http://hl7.org/fhir/sid/us-npi', value: npiOf(nineDigits) });

export const SANDBOX_USERS: SandboxUser[] = [
  {
    id: 'clinician',
    name: 'Maren Oduya, MD',
    role: 'clinician',
    title: 'Clinician, family medicine',
    family: 'Oduya',
    given: 'Maren',
    suffix: 'MD',
    identifier: npi('290000910'),
  },
  {
    id: 'coordinator',
    name: 'Teo Lindqvist, RN',
    role: 'coordinator',
    title: 'Referral coordinator',
    family: 'Lindqvist',
    given: 'Teo',
    suffix: 'RN',
    identifier: npi('290000911'),
  },
  {
    id: 'lead',
    name: 'Priya Castellan, MD',
    role: 'lead',
    title: 'Referral lead',
    family: 'Castellan',
    given: 'Priya',
    suffix: 'MD',
    identifier: npi('290000912'),
  },
  {
    id: 'admin',
    name: 'Jonah Abara, NP',
    role: 'admin',
    title: 'Administrator',
    family: 'Abara',
    given: 'Jonah',
    suffix: 'NP',
    identifier: npi('290000913'),
  },
  {
    id: 'nurse',
    name: 'Kim Ortiz, MA',
    role: 'preparer',
    title: 'Medical assistant',
    family: 'Ortiz',
    given: 'Kim',
    suffix: 'MA',
    identifier: { system: 'urn:refloop:sandbox:staff-number', value: 'S-0914' },
  },
  {
    id: 'covering',
    name: 'Lucia Ferrante, MD',
    role: 'clinician',
    title: 'Clinician, covers for others',
    family: 'Ferrante',
    given: 'Lucia',
    suffix: 'MD',
    identifier: npi('290000915'),
  },
];

export const findUser = (id: string): SandboxUser | undefined => SANDBOX_USERS.find((user) => user.id === id);

/** The user's reference in the chart, relative to the FHIR base. */
export const practitionerReference = (user: SandboxUser): string => `Practitioner/${user.id}`;

/** The user as the Practitioner that id_tokens name (US Core 6.1.0 Practitioner: an identifier and a family name). */
export const practitionerOf = (user: SandboxUser): Practitioner & { id: string } => ({
  resourceType: 'Practitioner',
  id: user.id,
  meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner'] },
  identifier: [user.identifier],
  active: true,
  name: [
    {
      use: 'official',
      text: user.name,
      family: user.family,
      given: [user.given],
      ...(user.suffix ? { suffix: [user.suffix] } : {}),
    },
  ],
});
