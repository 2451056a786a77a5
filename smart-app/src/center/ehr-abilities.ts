/** What an EHR lets Refloop do, capability by capability, each with what follows from it: for admins, to hand to IT. */

import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { chooseRung, hindrance, RUNG_EFFECT, WRITE_ACTIONS, type WriteAction } from '@refloop/domain/write-back/rung';
import { grants, type Interaction } from '../chart/granted-scopes.ts';
import { capability, offers, offersConditionalCreate, writeBasis } from '../chart/write-back-rung.ts';

/**
 * `unsaid`: the EHR does not say, or there is no scope for it. `at-launch`: Refloop asks for it at a launch from a chart, and
 * only then is it granted or not.
 */
export type Said = 'yes' | 'no' | 'unsaid' | 'at-launch';

export type Ability = {
  name: string;
  /** As IT would look it up: resource and interaction, or the header. */
  technical: string;
  offered: Said;
  granted: Said;
  consequence: string;
};

export type AbilitiesReport = {
  iss: string;
  /** Name and version of the EHR's software as it states them. */
  software: string;
  fhirVersion: string;
  scopes: readonly string[];
  /** True where this session has no patient: what is granted for a patient is then taken as asked. */
  asAsked: boolean;
  rungs: { launch: string; rung: number; effect: string; why: string[] }[];
  abilities: Ability[];
};

const WRITES: Record<WriteAction, { name: string; can: string; cannot: string }> = {
  'update-order': {
    name: 'Change the launched order',
    can: 'The order a referral starts from is completed, in the version the clinician approved.',
    cannot: 'The launched order is left as it is.',
  },
  'create-order': {
    name: 'Create an order',
    can: 'A referral without a launched order gets one, and so does one whose order cannot be changed.',
    cannot: 'A referral without a launched order has to be placed in the EHR by hand.',
  },
  'file-document': {
    name: 'File the referral note',
    can: 'The signed note is in the chart.',
    cannot: 'The note is not in the chart: the clinician copies it or takes the PDF along.',
  },
  'add-message': {
    name: 'Add a message to the chart',
    can: 'Where neither orders nor documents are taken, the signed note is kept in the chart as a message, sent to nobody.',
    cannot: 'Where neither orders nor documents are taken, the note does not come into the chart by itself.',
  },
  'create-task': {
    name: 'Create a task',
    can: 'A draft task stands beside the order.',
    cannot: 'The state of the referral is seen in Refloop only.',
  },
  'create-provenance': {
    name: 'Record where an entry came from',
    can: 'Who approved, with which software and on which sources, stands in the chart.',
    cannot: 'Who approved, with which software and on which sources, stands in Refloop’s audit only.',
  },
};

const READS: readonly { name: string; type: string; can: string; cannot: string }[] = [
  { name: 'Read the patient', type: 'Patient', can: 'Referrals can begin.', cannot: 'No referral can begin.' },
  {
    name: 'Read orders',
    type: 'ServiceRequest',
    can: 'A referral can start from an order.',
    cannot: 'A referral cannot start from an order, nor can Refloop look whether one was written.',
  },
  { name: 'Read coverage', type: 'Coverage', can: 'Networks are matched to the plan.', cannot: 'Every network is shown as not known.' },
  {
    name: 'Read documents',
    type: 'DocumentReference',
    can: 'The note can quote them.',
    cannot: 'The note says that documents were not seen.',
  },
  {
    name: 'Look clinicians up',
    type: 'Practitioner',
    can: 'An order names the specialist as this EHR knows them.',
    cannot: 'An order names the specialist by NPI alone.',
  },
];

const said = (yes: boolean): Said => (yes ? 'yes' : 'no');

type Granted = (type: string, ...letters: Interaction[]) => Said;

function guards(granted: Granted, statement: Resource | undefined): Ability[] {
  const order = capability(statement, 'ServiceRequest');
  const known = (yes: boolean): Said => (order === undefined ? 'unsaid' : said(yes));
  const identifier = order?.searchParam?.some(({ name }) => name === 'identifier') ?? false;
  const versioned = order?.versioning === 'versioned' || order?.versioning === 'versioned-update';
  return [
    {
      name: 'Find an order by Refloop’s identifier',
      technical: 'ServiceRequest?identifier=',
      offered: known(identifier),
      granted: granted('ServiceRequest', 's'),
      consequence: identifier
        ? 'After a lost answer Refloop finds what it wrote in one look.'
        : 'After a lost answer Refloop looks through the patient’s orders page by page.',
    },
    {
      name: 'Refuse a change to an older version',
      technical: 'ServiceRequest versioning, If-Match',
      offered: order?.versioning === undefined ? 'unsaid' : said(versioned),
      granted: 'unsaid',
      consequence:
        order?.versioning === 'no-version'
          ? 'A launched order is left as it is: nobody could tell that it was changed meanwhile.'
          : 'An order that changed meanwhile comes back to the clinician. Refloop relies on the version each order carries.',
    },
    {
      name: 'Create only what is not there yet',
      technical: 'ServiceRequest conditionalCreate, If-None-Exist',
      offered: known(offersConditionalCreate(statement, 'ServiceRequest')),
      granted: 'unsaid',
      consequence: offersConditionalCreate(statement, 'ServiceRequest')
        ? 'The EHR itself keeps a second order from being made.'
        : 'Refloop looks before each create, and never tries again blindly.',
    },
  ];
}

const isForPatient = (scope: string): boolean => scope.startsWith('patient/');

/**
 * @param scopes granted to this session
 * @param asked what Refloop asks this EHR for: a session without a patient is granted nothing about patients
 * @param statement the CapabilityStatement; undefined when it could not be read
 */
export function abilitiesReport(
  iss: string,
  scopes: readonly string[],
  asked: readonly string[],
  statement: Resource | undefined,
): AbilitiesReport {
  const asAsked = !scopes.some(isForPatient);
  const expected = asAsked ? [...scopes, ...asked.filter(isForPatient)] : scopes;
  const grantedOf: Granted = (type, ...letters) => {
    const any = (list: readonly string[]): boolean => letters.some((letter) => grants(list, type, letter));
    return any(scopes) ? 'yes' : any(expected) ? 'at-launch' : 'no';
  };
  const basis = writeBasis(expected, statement, 'with-version');
  const rungs = (
    [
      ['From a launched order', 'with-version'],
      ['Without a launched order', 'none'],
    ] as const
  ).map(([launch, launchedOrder]) => {
    const { rung, notPossible } = chooseRung({ ...basis, launchedOrder });
    return { launch, rung, effect: RUNG_EFFECT[rung], why: notPossible.map((each) => `Rung ${each.rung}: ${each.why}`) };
  });
  const writes = WRITE_ACTIONS.map(({ action, type, interaction, searched }): Ability => {
    const { name, can, cannot } = WRITES[action];
    const why = hindrance(basis, action);
    return {
      name,
      technical: `${type} ${interaction}${searched ? ', search' : ''}`,
      offered: statement === undefined ? 'unsaid' : said(basis.offered.includes(action)),
      granted: grantedOf(type, interaction === 'create' ? 'c' : 'u'),
      consequence: why === undefined ? can : `${why} ${cannot}`,
    };
  });
  const reads = READS.map(({ name, type, can, cannot }): Ability => {
    const offered = offers(statement, type, 'read') || offers(statement, type, 'search-type');
    const granted = grantedOf(type, 'r', 's');
    return {
      name,
      technical: `${type} read, search`,
      offered: statement === undefined ? 'unsaid' : said(offered),
      granted,
      // Reading is tried where it is granted, whatever the statement says.
      consequence: granted === 'no' ? cannot : can,
    };
  });
  const { software, fhirVersion } = (statement ?? {}) as { software?: { name?: string; version?: string }; fhirVersion?: string };
  return {
    iss,
    software: [software?.name, software?.version].filter(Boolean).join(' ') || 'not stated',
    fhirVersion: fhirVersion ?? 'not stated',
    scopes,
    asAsked,
    rungs,
    abilities: [...writes, ...reads, ...guards(grantedOf, statement)],
  };
}

export const SAID_WORDS: Readonly<Record<Said, string>> = {
  yes: 'yes',
  no: 'no',
  unsaid: 'not said',
  'at-launch': 'asked at launch',
};

export const AS_ASKED =
  'This session has no patient, so the EHR granted it nothing about patients. The rungs are those of a launch from a chart that is granted all Refloop asks for.';

/** @param day when the report was made, `2026-11-20` */
export function reportText(report: AbilitiesReport, day: string): string {
  return [
    `What this EHR lets Refloop do, ${day}`,
    `FHIR base: ${report.iss}`,
    `Software: ${report.software}. FHIR version: ${report.fhirVersion}.`,
    ...(report.asAsked ? [AS_ASKED] : []),
    '',
    ...report.rungs.flatMap(({ launch, rung, effect, why }) => [`${launch}: rung ${rung}. ${effect}.`, ...why.map((each) => `  ${each}`)]),
    '',
    ...report.abilities.flatMap(({ name, technical, offered, granted, consequence }) => [
      `${name} (${technical}): offered ${SAID_WORDS[offered]}, granted ${SAID_WORDS[granted]}.`,
      `  ${consequence}`,
    ]),
    '',
    `Scopes granted to this session: ${report.scopes.join(' ') || 'none'}`,
  ].join('\n');
}
