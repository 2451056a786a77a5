/** What an EHR might export of a few patients: every rule of CMS50 met and missed, dates on the edges, references of every form. */
import fc from 'fast-check';
import type { Resource } from './cms50.ts';

export type RandomPatient = {
  referrals: Record<string, number>[];
  encounters: Record<string, number>[];
  procedures: Record<string, number>[];
  tasks: Record<string, number>[];
};

const MADE_UP = 'http://example.org/made-up';
const CPT = 'http://www.ama-assn.org/go/cpt';

const fields = (...names: string[]): fc.Arbitrary<Record<string, number>> =>
  fc.record(Object.fromEntries(names.map((name) => [name, fc.nat(10_000)])));

export const arbitraryPatient: fc.Arbitrary<RandomPatient> = fc.record({
  referrals: fc.array(fields('status', 'intent', 'code', 'authored', 'form', 'version'), { maxLength: 4 }),
  encounters: fc.array(fields('status', 'code', 'from', 'to', 'form', 'version'), { maxLength: 4 }),
  procedures: fc.array(fields('status', 'code', 'from', 'to', 'kind', 'version'), { maxLength: 1 }),
  tasks: fc.array(fields('status', 'code', 'of', 'ended', 'whom', 'form', 'version'), { maxLength: 6 }),
});

const pick = <Value>(from: readonly Value[], number = 0): Value => from[number % from.length] as Value;

/** The edges of 2026 in the zones that are tried, the days the clocks change, and days between; to the second around each. */
const EDGES = [
  '2025-12-31T23:59:59',
  '2026-01-01T00:00:00',
  '2026-03-08T01:59:59',
  '2026-03-08T03:00:00',
  '2026-06-15T12:00:00',
  '2026-06-15T12:00:00.001',
  '2026-06-16T00:00:00',
  '2026-10-25T02:30:00',
  '2026-10-31T23:59:59.999',
  '2026-11-01T00:00:00',
  '2026-11-01T01:30:00',
  '2026-12-31T23:59:59',
  '2027-01-01T00:00:00',
];
const OFFSETS = ['Z', '-05:00', '-04:00', '+01:00', '+02:00', '+14:00', '-08:00', '+05:45'];
const OTHER = [
  undefined,
  '2026-06-15',
  '2026-06-14',
  '2026-10-31',
  '2026-11-01',
  '2025-12-31',
  '2026-12-31',
  '2026-06',
  '2026-10',
  '2026-01',
  '2026-12',
  '2026',
  '2025',
  '2026-02-30',
  '2026-13',
  '2026-06-15T12:00:00',
  '2026-06-15T25:00:00Z',
  '2026-06-15T12:00Z',
  'June',
];

function dateOf(number = 0): string | undefined {
  if (number % 4 === 0) return pick(OTHER, number >> 2);
  return `${pick(EDGES, number >> 2)}${pick(OFFSETS, number >> 6)}`;
}

const mostly = <Value>(usual: Value, others: readonly Value[], number = 0): Value =>
  number % 8 < 7 ? usual : pick(others, Math.floor(number / 8));

const concept = (system: string | undefined, code: string): unknown => ({ coding: [{ system, code }] });

function referenceOf(type: string, id: string, form = 0): unknown {
  return pick(
    [
      { reference: `${type}/${id}` },
      { reference: `${type}/${id}` },
      { reference: `https://ehr.example.org/fhir/${type}/${id}` },
      { reference: `${type}/${id}/_history/3` },
    ],
    form,
  );
}

/** Every second one has been there before in an older version, which said something else. */
function versionsOf(resource: Resource, older: Record<string, unknown>, version = 0): Resource[] {
  const meta = { lastUpdated: '2026-12-01T00:00:00Z', versionId: '2' };
  if (version % 4 !== 0) return [version % 4 === 1 ? resource : { ...resource, meta }];
  return [
    { ...resource, meta },
    { ...resource, ...older, meta: { lastUpdated: '2026-11-30T23:00:00-02:00', versionId: '9' } },
  ];
}

function resourcesOf({ referrals, encounters, procedures, tasks }: RandomPatient, patient: string): Resource[] {
  const subject = (form?: number): unknown => referenceOf('Patient', patient, form);
  const found: Resource[] = [{ resourceType: 'Patient', id: patient }];
  for (const [at, { status, intent, code, authored, form, version }] of referrals.entries()) {
    const resource: Resource = {
      resourceType: 'ServiceRequest',
      id: `${patient}-r${at}`,
      status: mostly('active', ['completed', 'draft', 'revoked', 'on-hold', undefined], status),
      intent: mostly('order', ['plan', 'proposal', 'order'], intent),
      code: mostly(
        concept(MADE_UP, 'referral-a'),
        [concept(MADE_UP, 'referral-b'), concept(undefined, 'referral-a'), concept(CPT, 'referral-a')],
        code,
      ),
      subject: subject(form),
      authoredOn: dateOf(authored),
    };
    found.push(...versionsOf(resource, { status: 'draft' }, version));
  }
  for (const [at, { status, code, from, to, form, version }] of encounters.entries()) {
    const type = mostly(
      [concept(MADE_UP, 'office-visit')],
      [
        [concept(MADE_UP, 'eye-visit')],
        [concept(MADE_UP, 'x'), concept(MADE_UP, 'preventive-new-child')],
        [concept(CPT, 'office-visit')],
        [],
      ],
      code,
    );
    const period = { start: dateOf(from), end: (to ?? 0) % 3 === 0 ? dateOf(from) : dateOf(to) };
    const resource: Resource = {
      resourceType: 'Encounter',
      id: `${patient}-e${at}`,
      status: mostly('finished', ['planned', 'in-progress'], status),
      type,
      subject: subject(form),
      period,
    };
    found.push(...versionsOf(resource, { type: [] }, version));
  }
  for (const [at, { status, code, from, to, kind, version }] of procedures.entries()) {
    const performed =
      (kind ?? 0) % 2 === 0 ? { performedDateTime: dateOf(from) } : { performedPeriod: { start: dateOf(from), end: dateOf(to) } };
    const resource: Resource = {
      resourceType: 'Procedure',
      id: `${patient}-q${at}`,
      status: mostly('completed', ['not-done', 'in-progress'], status),
      code: pick(
        [concept(CPT, '96112'), concept(MADE_UP, 'assessment'), concept(MADE_UP, '96112'), concept(CPT, '90839'), concept(CPT, '90840')],
        code,
      ),
      subject: subject(),
      ...performed,
    };
    found.push(...versionsOf(resource, { status: 'unknown' }, version));
  }
  for (const [at, { status, code, of, ended, whom, form, version }] of tasks.entries()) {
    const referral = (number: number): unknown => referenceOf('ServiceRequest', `${patient}-r${number}`, form);
    const link = pick(
      [
        { basedOn: [referral(0)] },
        { basedOn: [referral(1)] },
        { basedOn: [referral(1), referral(0)] },
        { focus: referral(0) },
        { basedOn: [{ reference: `CarePlan/${patient}-r0` }] },
        {},
      ],
      of,
    );
    const resource: Resource = {
      resourceType: 'Task',
      id: `${patient}-t${at}`,
      status: mostly('completed', ['requested', 'failed'], status),
      code: mostly(concept(MADE_UP, 'report-a'), [concept(MADE_UP, 'report-b'), concept(MADE_UP, 'referral-a')], code),
      for: mostly(subject(form), [undefined, { reference: 'Patient/somebody-else' }], whom),
      executionPeriod: { end: dateOf(ended) },
      ...link,
    };
    found.push(...versionsOf(resource, { status: 'requested' }, version));
  }
  // As it would come out of a file.
  return JSON.parse(JSON.stringify(found)) as Resource[];
}

export const exportOf = (patients: readonly RandomPatient[]): Resource[] =>
  patients.flatMap((patient, at) => resourcesOf(patient, `p${at}`));
