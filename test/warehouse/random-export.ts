/** A Bulk export of made-up referrals, the same for the same seed: resources as another EHR would hand them out. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';

const SCT = 'http://snomed.info/sct';
const C4BB = 'http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBPayerAdjudicationStatus';
const NPI = 'http://hl7.org/fhir/sid/us-npi';
const CODES = ['308471005', '308472003', '308474002', '308476000'];

const course = fc.record({
  day: fc.integer({ min: 0, max: 700 }),
  code: fc.constantFrom(...CODES),
  status: fc.constantFrom('active', 'active', 'completed', 'revoked', 'draft'),
  booked: fc.option(fc.integer({ min: 0, max: 40 })),
  appointment: fc.constantFrom('fulfilled', 'fulfilled', 'noshow', 'cancelled', 'booked'),
  waits: fc.integer({ min: 1, max: 90 }),
  claim: fc.option(
    fc.record({ npi: fc.constantFrom('1234567893', '1999999984'), network: fc.constantFrom('innetwork', 'outofnetwork', 'other') }),
  ),
  note: fc.boolean(),
});

const BEGAN = Date.parse('2024-06-01T12:00:00Z');
const at = (day: number): string => new Date(BEGAN + day * 86_400_000).toISOString();

type Course = typeof course extends fc.Arbitrary<infer Value> ? Value : never;

function resourcesOf(each: Course, number: number): Record<string, unknown>[] {
  const reference = `ServiceRequest/r${number}`;
  const subject = { reference: `Patient/p${number % 50}` };
  const meta = { lastUpdated: at(each.day + 200) };
  const seen = each.day + each.waits;
  return [
    {
      resourceType: 'ServiceRequest',
      id: `r${number}`,
      meta,
      status: each.status,
      intent: 'order',
      subject,
      code: { coding: [{ system: SCT, code: each.code }] },
      authoredOn: at(each.day),
      performer: [{ identifier: { system: NPI, value: '1234567893' } }],
    },
    ...(each.booked === null
      ? []
      : [
          {
            resourceType: 'Appointment',
            id: `a${number}`,
            meta,
            status: each.appointment,
            basedOn: [{ reference }],
            created: at(each.day + each.booked),
            start: at(seen),
          },
        ]),
    ...(each.claim === null
      ? []
      : [
          {
            resourceType: 'ExplanationOfBenefit',
            id: `b${number}`,
            meta,
            status: 'active',
            use: 'claim',
            referral: { reference },
            provider: { identifier: { system: NPI, value: each.claim.npi } },
            billablePeriod: { start: at(seen) },
            created: at(seen + 20),
            adjudication: [{ category: { coding: [{ system: C4BB, code: each.claim.network }] } }],
          },
        ]),
    ...(each.note
      ? [
          {
            resourceType: 'DocumentReference',
            id: `d${number}`,
            meta,
            status: 'current',
            docStatus: 'final',
            date: at(seen + 5),
            context: { related: [{ reference }] },
          },
        ]
      : []),
  ];
}

/** A file for each type. */
export async function writeRandomExport(folder: string, { seed, many }: { seed: number; many: number }): Promise<void> {
  await mkdir(folder, { recursive: true });
  const patients = Array.from({ length: 50 }, (_none, number) => ({
    resourceType: 'Patient',
    id: `p${number}`,
    address: [{ postalCode: '02139' }],
  }));
  const all: Record<string, unknown>[] = [...patients, ...fc.sample(course, { numRuns: many, seed }).flatMap(resourcesOf)];
  for (const [type, own] of Map.groupBy(all, ({ resourceType }) => String(resourceType))) {
    await writeFile(join(folder, `${type}.000.ndjson`), own.map((each) => `${JSON.stringify(each)}\n`).join(''));
  }
}
