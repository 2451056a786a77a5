import type { Resource } from '@medplum/fhirtypes';
import { type CastMember, cast } from './cast.ts';
import { chartContext } from './chart-context.ts';
import { coveragesOf, payerResources } from './coverage.ts';
import { guardianOf, patientOf } from './demographics.ts';
import { progressNotesOf } from './documents.ts';
import { historyOf } from './history.ts';
import { homeReadings } from './home-readings.ts';
import { draftOrderOf, earlierReferralsOf } from './orders.ts';
import { practiceResources } from './practice.ts';
import { resultsOf } from './results.ts';
import { scenarioById } from './scenarios/catalog.ts';
import { sensitiveRecordsOf } from './sensitive-records.ts';
import { visitsOf } from './visits.ts';
import { vitalSignsOf } from './vital-signs.ts';

const MANY_RESOURCES = 3000;
const BODY_WEIGHT = '29463-7';

/** The weight measured at the visit, kilograms. */
function weightOf(chart: readonly Resource[]): number {
  const measured = chart.find((resource) => resource.resourceType === 'Observation' && resource.code.coding?.[0]?.code === BODY_WEIGHT);
  return measured?.resourceType === 'Observation' ? (measured.valueQuantity?.value ?? 0) : 0;
}

/** One patient's chart, Patient first; nothing in it lies after `asOf`. */
function chartOf(member: CastMember, asOf: string): Resource[] {
  const context = chartContext(member, scenarioById(member.scenario), asOf);
  const has = (peculiarity: NonNullable<CastMember['peculiarities']>[number]): boolean =>
    member.peculiarities?.includes(peculiarity) ?? false;
  const coverages = coveragesOf(member, asOf);
  const sensitive = sensitiveRecordsOf(context);
  const chart: Resource[] = [
    patientOf(context, asOf),
    ...guardianOf(context),
    ...coverages,
    ...visitsOf(context),
    ...historyOf(context, sensitive),
    ...vitalSignsOf(context),
    ...(has('no-work-up') ? [] : resultsOf(context)),
    ...progressNotesOf(context),
    ...sensitive.documents,
    ...earlierReferralsOf(context),
    draftOrderOf(
      context,
      coverages.map(({ id }) => id ?? ''),
    ),
  ];
  if (!has('many-observations')) return chart;
  return [...chart, ...homeReadings(context, MANY_RESOURCES - chart.length, weightOf(chart))];
}

/**
 * The sandbox EHR's own data: an invented practice, payers and patients, as FHIR R4 resources that follow US Core 6.1.0.
 * Pure: the same `asOf` gives the same resources, with the same ids, on every machine. Referenced resources come before
 * those that refer to them as far as FHIR allows; visit and diagnosis point at each other.
 *
 * @param asOf the day the charts end on, `2026-11-20`; nothing is dated later
 * @throws Error when `asOf` is not a calendar day, or a table of this folder contradicts another
 */
export function builtInResources({ asOf }: { asOf: string }): Resource[] {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(asOf) || Number.isNaN(Date.parse(asOf))) {
    throw new Error(`asOf must be a calendar day such as 2026-11-20; got "${asOf}".`);
  }
  return [...payerResources(), ...practiceResources(), ...cast.flatMap((member) => chartOf(member, asOf))];
}
