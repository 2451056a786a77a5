import type { Address, Extension, Patient, PatientLink, RelatedPerson } from '@medplum/fhirtypes';
import { birthDateOf } from './calendar.ts';
import { type CastMember, cast, type Language, type Race } from './cast.ts';
import type { ChartContext } from './chart-context.ts';
import { streetAddress, zipAddress } from './places.ts';
import { PRACTICE_NAME, practiceReference } from './practice.ts';
import { metaFor } from './resource-meta.ts';

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/';
/** CDC Race and Ethnicity code system; codes and displays as in the examples of US Core 6.1.0. */
const CDC_RACE = 'urn:oid:2.16.840.1.113883.6.238';

const races: Readonly<Record<Race, { code: string; display: string }>> = {
  white: { code: '2106-3', display: 'White' },
  black: { code: '2054-5', display: 'Black or African American' },
  asian: { code: '2028-9', display: 'Asian' },
  'american-indian': { code: '1002-5', display: 'American Indian or Alaska Native' },
  'pacific-islander': { code: '2076-8', display: 'Native Hawaiian or Other Pacific Islander' },
};

const languages: Readonly<Record<Language, string>> = { en: 'English', es: 'Spanish', vi: 'Vietnamese', zh: 'Chinese', ru: 'Russian' };

function extensionsOf({ member }: ChartContext): Extension[] {
  const race = races[member.race];
  const ethnicity = member.hispanic
    ? { code: '2135-2', display: 'Hispanic or Latino' }
    : { code: '2186-5', display: 'Not Hispanic or Latino' };
  return [
    {
      url: `${US_CORE}us-core-race`,
      extension: [
        { url: 'ombCategory', valueCoding: { system: CDC_RACE, ...race } },
        { url: 'text', valueString: race.display },
      ],
    },
    {
      url: `${US_CORE}us-core-ethnicity`,
      extension: [
        { url: 'ombCategory', valueCoding: { system: CDC_RACE, ...ethnicity } },
        { url: 'text', valueString: ethnicity.display },
      ],
    },
    { url: `${US_CORE}us-core-birthsex`, valueCode: member.sex === 'female' ? 'F' : 'M' },
    ...(member.interpreter ? [{ url: 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired', valueBoolean: true }] : []),
  ];
}

function addressesOf({ member, random }: ChartContext): Address[] {
  switch (member.residence.kind) {
    case 'street':
      return [streetAddress(member.residence.line, member.residence.zip, random)];
    case 'zip-only':
      return [zipAddress(member.residence.zip)];
    case 'none':
      return [];
  }
}

/** The last four digits of a 555-01xx number, the range set aside for invented numbers. */
const inventedLine = (context: ChartContext): string => `${context.clinic.areaCode}-555-01${context.random.integer(20, 98)}`;

/** R4 Patient.link: the record that was merged points forward to the one to use, and that one back. */
const linksOf = (member: CastMember): PatientLink[] => [
  ...(member.mergedInto === undefined ? [] : [{ other: { reference: `Patient/${member.mergedInto}` }, type: 'replaced-by' as const }]),
  ...cast
    .filter(({ mergedInto }) => mergedInto === member.id)
    .map(({ id }) => ({ other: { reference: `Patient/${id}` }, type: 'replaces' as const })),
];

/** How a chart says that somebody has died: by when, or only that it is so. */
function deathOf(context: ChartContext): Pick<Patient, 'deceasedDateTime' | 'deceasedBoolean'> {
  const { peculiarities = [] } = context.member;
  // Three days after the visit of 24 days ago: three weeks before the day of the charts.
  if (peculiarities.includes('deceased')) return { deceasedDateTime: context.moment(-2, '05:40') };
  return peculiarities.includes('deceased-undated') ? { deceasedBoolean: true } : {};
}

export function patientOf(context: ChartContext, asOf: string): Patient {
  const { member, random, clinic } = context;
  const language = member.language ?? 'en';
  const addresses = addressesOf(context);
  const links = linksOf(member);
  return {
    resourceType: 'Patient',
    id: member.id,
    meta: metaFor('us-core-patient'),
    extension: extensionsOf(context),
    identifier: [
      {
        use: 'usual',
        type: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR', display: 'Medical record number' }],
          text: 'Medical record number',
        },
        system: 'urn:refloop:sandbox:mrn',
        value: `SYN-${random.integer(100_000, 999_999)}`,
        assigner: { display: PRACTICE_NAME },
      },
    ],
    active: member.mergedInto === undefined,
    name: [{ use: 'official', family: member.family, given: member.given.split(' ') }],
    telecom: [
      { system: 'phone', value: inventedLine(context), use: 'mobile' },
      { system: 'email', value: `${member.id}@example.com` },
    ],
    gender: member.sex,
    birthDate: birthDateOf(asOf, member.age, member.lastBirthdayDaysAgo ?? random.integer(5, 355)),
    ...deathOf(context),
    ...(addresses.length > 0 ? { address: addresses } : {}),
    communication: [
      {
        language: { coding: [{ system: 'urn:ietf:bcp:47', code: language, display: languages[language] }], text: languages[language] },
        preferred: true,
      },
    ],
    generalPractitioner: [context.clinician],
    managingOrganization: practiceReference,
    ...(links.length > 0 ? { link: links } : {}),
    ...(member.guardian
      ? {
          contact: [
            {
              relationship: [{ text: member.guardian.relationship }],
              name: { family: member.guardian.family, given: [member.guardian.given] },
              telecom: [{ system: 'phone', value: `${clinic.areaCode}-555-0119`, use: 'mobile' }],
            },
          ],
        }
      : {}),
  };
}

/** The parent of a child; nothing for adults. */
export function guardianOf(context: ChartContext): RelatedPerson[] {
  const { member } = context;
  if (!member.guardian) return [];
  const [code, display] = member.guardian.relationship === 'mother' ? ['MTH', 'mother'] : ['FTH', 'father'];
  return [
    {
      resourceType: 'RelatedPerson',
      id: `${member.id}-guardian`,
      meta: metaFor('us-core-relatedperson'),
      active: true,
      patient: context.patient,
      relationship: [
        {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code, display },
            { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'GUARD', display: 'guardian' },
          ],
        },
      ],
      name: [{ use: 'official', family: member.guardian.family, given: [member.guardian.given] }],
      telecom: [{ system: 'phone', value: `${context.clinic.areaCode}-555-0119`, use: 'mobile' }],
      ...(member.residence.kind === 'street' ? { address: [zipAddress(member.residence.zip)] } : {}),
    },
  ];
}
