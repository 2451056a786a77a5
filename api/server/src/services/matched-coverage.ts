/** Which Coverage of the chart a match rested on. The request names payer and plan, never a resource, so it is found again. */
import { list, object, text } from '@refloop/domain/fhir/read';
import { parseReference, type ResourceRef } from '@refloop/domain/fhir/reference';
import type { Day } from '@refloop/domain/instant';
import type { CoverageInput } from '../client/match.ts';

type Json = Record<string, unknown>;

const classOf = (coverage: Json, code: string) =>
  list(coverage['class']).find((each) => list(object(each['type'])['coding']).some((coding) => coding['code'] === code));

/** Whether a statement of the request holds for this coverage; what the request leaves open speaks against nobody. */
function fits(coverage: Json, asked: NonNullable<CoverageInput>): boolean {
  const payor = list(coverage['payor'])[0] ?? {};
  const [plan, group] = [classOf(coverage, 'plan') ?? {}, classOf(coverage, 'group') ?? {}];
  const payerIds = [text(object(payor['identifier'])['value']), text(payor['reference']).split('/').at(-1)?.replace(/^#/, '')];
  return (
    (asked.payerId === undefined || payerIds.includes(asked.payerId)) &&
    (asked.planIdentifier === undefined || text(plan['value']) === asked.planIdentifier) &&
    (asked.planName === undefined || text(plan['name']) === asked.planName) &&
    (asked.groupIdentifier === undefined || text(group['value']) === asked.groupIdentifier)
  );
}

function runs(coverage: Json, today: Day): boolean {
  const period = object(coverage['period']);
  const [start, end] = [text(period['start']).slice(0, 10), text(period['end']).slice(0, 10)];
  return coverage['status'] === 'active' && (start === '' || start <= today) && (end === '' || end >= today);
}

const refOf = (coverage: Json): ResourceRef | null => parseReference(`Coverage/${text(coverage['id'])}`) ?? null;

/**
 * The coverage to name on the order: the one in force that the match was asked with, by preference one the order names
 * already. Null where several fit or none does: a wrong payer on an order is worse than none.
 */
export function matchedCoverage(asked: CoverageInput, chart: readonly Json[], order: Json | null, today: Day): ResourceRef | null {
  if (asked === null) return null;
  const fitting = chart.filter((each) => each['resourceType'] === 'Coverage' && runs(each, today) && fits(each, asked));
  const named = list(order?.['insurance']).map((each) => text(each['reference']));
  const [first, second] = fitting;
  const preferred = fitting.find((each) => named.includes(`Coverage/${text(each['id'])}`)) ?? (second === undefined ? first : undefined);
  return preferred === undefined ? null : refOf(preferred);
}
