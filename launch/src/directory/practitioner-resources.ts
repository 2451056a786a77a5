/** One Practitioner for each person, and for each listing one PractitionerRole for each network row. */
import type { Extension, Practitioner, PractitionerRole } from '@medplum/fhirtypes';
import { CODE_SYSTEM, DIRECTORY_EXTENSION, PLAN_NET_CODES, PLAN_NET_EXTENSION } from '@refloop/domain/network/plan-net';
import { type Random, randomFrom } from '../synthetic/random.ts';
import { type ContractRow, contractRows } from './contracts.ts';
import type { DirectoryDay } from './directory-day.ts';
import { metaOf, networkOrganizationId } from './payer-resources.ts';
import { type Person, person } from './person.ts';
import { telehealthServiceId } from './practice-resources.ts';
import { professions } from './professions.ts';
import type { Listing } from './roster.ts';

const padded = (number: number): string => String(number).padStart(6, '0');
const nucc = (code: string) => ({ coding: [{ system: CODE_SYSTEM.nucc, code }] });

const validIn = (state: string): Extension => ({
  url: PLAN_NET_EXTENSION.practitionerQualification,
  extension: [
    { url: 'status', valueCode: 'active' },
    { url: 'whereValid', valueCodeableConcept: { coding: [{ system: CODE_SYSTEM.state, code: state }] } },
  ],
});

function practitioner(listing: Listing, who: Person, day: DirectoryDay): Practitioner {
  const { letters, degree } = who.credential;
  return {
    resourceType: 'Practitioner',
    id: `practitioner-${padded(listing.practitioner)}`,
    meta: metaOf('Practitioner', day.instantDaysAgo(listing.practitioner % 90)),
    identifier: [{ system: CODE_SYSTEM.npi, value: who.npi }],
    active: true,
    name: [{ text: `${who.given} ${who.family}, ${letters}`, family: who.family, given: [who.given], suffix: [letters] }],
    gender: who.gender,
    communication: who.languages.map((code) => ({ coding: [{ system: CODE_SYSTEM.language, code }] })),
    qualification: [
      {
        extension: [validIn(listing.site.zip.state)],
        code: degree === undefined ? { text: letters } : { coding: [{ system: CODE_SYSTEM.degree, code: degree }], text: letters },
      },
      ...who.certificates.map((code) => ({ extension: [validIn(listing.site.zip.state)], code: nucc(code) })),
    ],
  };
}

/** What the practice says of itself; each statement stands on one of the rows, as payers ask for different things. */
function listingStatements(listing: Listing, random: Random, day: DirectoryDay): Extension[] {
  const { kind } = listing;
  const statements: Extension[] = [];
  const flag = (url: string, share: number, stated: number) => {
    if (random.next() < stated) statements.push({ url, valueBoolean: random.next() < share });
  };
  if (random.next() < 0.86) {
    // Product of two draws: most waits near the middle, a few several times as long.
    const days = Math.max(1, Math.round(kind.waitDays * (0.35 + random.next() * 0.9) * (0.6 + random.next() * random.next() * 2.4)));
    statements.push({
      url: DIRECTORY_EXTENSION.averageWait,
      extension: [
        { url: 'days', valueInteger: days },
        { url: 'asOf', valueDate: day.daysAgo(random.integer(1, 90)) },
      ],
    });
  }
  if (random.next() < 0.72) {
    statements.push({
      url: DIRECTORY_EXTENSION.patientRating,
      extension: [
        { url: 'stars', valueDecimal: Number((5 - random.next() * random.next() * 2.6).toFixed(1)) },
        { url: 'count', valueInteger: Math.round(3 + random.next() ** 3 * 420) },
      ],
    });
  }
  flag(DIRECTORY_EXTENSION.acceptsEmergencies, kind.emergencies, 0.92);
  const ages = kind.ages === 'mixed' ? (random.next() < 0.6 ? 'all' : 'adults') : kind.ages;
  statements.push({ url: DIRECTORY_EXTENSION.agesServed, valueCode: ages });
  flag(DIRECTORY_EXTENSION.slidingScale, 0.25, 0.8);
  flag(DIRECTORY_EXTENSION.paymentPlan, 0.5, 0.8);
  flag(DIRECTORY_EXTENSION.selfScheduling, 0.3, 0.8);
  flag(DIRECTORY_EXTENSION.interpreterOnSite, 0.25, 0.7);
  return statements;
}

function newPatients(accepting: ContractRow['accepting'], networkId: string | undefined): Extension[] {
  if (accepting === 'not-stated') return [];
  return [
    {
      url: PLAN_NET_EXTENSION.newPatients,
      extension: [
        {
          url: 'acceptingPatients',
          valueCodeableConcept: { coding: [{ system: PLAN_NET_CODES.acceptingPatients, code: accepting }] },
        },
        ...(networkId === undefined
          ? []
          : [{ url: 'fromNetwork', valueReference: { reference: `Organization/${networkOrganizationId(networkId)}` } }]),
      ],
    },
  ];
}

const hours = [
  { daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'], availableStartTime: '08:00:00', availableEndTime: '17:00:00' },
] satisfies PractitionerRole['availableTime'];

function role(
  listing: Listing,
  number: number,
  row: ContractRow | undefined,
  statements: readonly Extension[],
  day: DirectoryDay,
): PractitionerRole {
  const { site, kind } = listing;
  const verifiedDaysAgo = row?.verifiedDaysAgo ?? listing.number % 120;
  const period = row?.broken === 'period-reversed' ? { startedDaysAgo: 30, endedDaysAgo: 400 } : row?.period;
  const networkId = row?.broken === 'network-missing' ? `${row.network.id}-old` : row?.network.id;
  return {
    resourceType: 'PractitionerRole',
    id: `role-${padded(listing.number)}-${number}`,
    meta: metaOf('PractitionerRole', day.instantDaysAgo(verifiedDaysAgo)),
    extension: [
      ...(networkId === undefined
        ? []
        : [
            {
              url: PLAN_NET_EXTENSION.networkReference,
              valueReference: { reference: `Organization/${networkOrganizationId(networkId)}` },
            },
          ]),
      ...newPatients(row?.accepting ?? (listing.number % 7 === 0 ? 'nopt' : 'newpt'), networkId),
      ...(row?.verification === 'last-updated' ? [] : [{ url: DIRECTORY_EXTENSION.verifiedOn, valueDate: day.daysAgo(verifiedDaysAgo) }]),
      ...statements,
    ],
    active: true,
    ...(period && {
      period: {
        start: day.daysAgo(period.startedDaysAgo),
        ...(period.endedDaysAgo !== undefined && { end: day.daysAgo(period.endedDaysAgo) }),
      },
    }),
    practitioner: { reference: `Practitioner/practitioner-${padded(listing.practitioner)}` },
    organization: { reference: `Organization/${site.group.id}` },
    code: [{ coding: [{ system: PLAN_NET_CODES.providerRole, code: professions[kind.role].providerRole }] }],
    specialty: kind.nucc.map(nucc),
    location: [{ reference: `Location/${site.id}` }],
    ...(site.group.telehealth && { healthcareService: [{ reference: `HealthcareService/${telehealthServiceId(site.group)}` }] }),
    telecom: [
      { system: 'phone', value: row?.phone === 'other' ? site.fax : site.phone },
      { system: 'fax', value: site.fax },
    ],
    ...(number === 1 && { availableTime: hours }),
  };
}

/** The resources of one listing. A group that contracts as a group states no network on its practitioners' roles. */
export function* listingResources(listing: Listing, day: DirectoryDay, seed: string): Generator<Practitioner | PractitionerRole> {
  if (listing.practitioner === listing.number) {
    yield practitioner(listing, person(listing.practitioner, listing.kind, listing.site.zip.state, seed), day);
  }
  const rows: (ContractRow | undefined)[] = listing.site.group.contracting === 'as-group' ? [] : contractRows(listing, seed);
  // A listing that no payer contracts with is still in the directory, out of every network.
  if (rows.length === 0) rows.push(undefined);
  const random = randomFrom(`${seed}/listing/${listing.number}`);
  const shares: Extension[][] = rows.map(() => []);
  for (const statement of listingStatements(listing, random, day)) shares[random.integer(0, rows.length - 1)]?.push(statement);
  for (const [index, row] of rows.entries()) yield role(listing, index + 1, row, shares[index] ?? [], day);
}
