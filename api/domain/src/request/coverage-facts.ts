/** The patient's coverages as matching needs them, the one that counts first. */
import { type Json, list, number, object } from '../fhir/read.ts';

/** Coverage.payor: identifier value and display; Coverage.class[plan].value and name, class[group].value. */
export type CoverageAsked = {
  payerId?: string;
  payerName?: string;
  planIdentifier?: string;
  planName?: string;
  groupIdentifier?: string;
  active: boolean;
};

export type CoverageFacts = {
  id: string;
  planName: string;
  status: 'active' | 'ended' | 'not-started' | 'cancelled';
  memberId: string | undefined;
  /** `2026-12-31` where the coverage says when it ends. */
  until: string | undefined;
  input: CoverageAsked;
};

const written = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function statusOf(coverage: Json, today: string): CoverageFacts['status'] {
  if (coverage['status'] !== 'active') return 'cancelled';
  const period = object(coverage['period']);
  const [start, end] = [written(period['start']), written(period['end'])];
  if (end && end.slice(0, 10) < today) return 'ended';
  if (start && start.slice(0, 10) > today) return 'not-started';
  return 'active';
}

const classOf = (coverage: Json, code: string): Json | undefined =>
  list(coverage['class']).find((each) => list(object(each['type'])['coding']).some((coding) => coding['code'] === code));

/** Who pays. An Organization's id says nothing beyond its EHR, so only identifiers and names count; one may be contained. */
function payerOf(coverage: Json): { id: string | undefined; name: string | undefined } {
  const payor = list(coverage['payor'])[0] ?? {};
  const reference = written(payor['reference']);
  const inside = reference?.startsWith('#')
    ? list(coverage['contained']).find((each) => each['resourceType'] === 'Organization' && `#${String(each['id'])}` === reference)
    : undefined;
  return {
    id: written(object(payor['identifier'])['value']) ?? written(list(inside?.['identifier'])[0]?.['value']),
    name: written(payor['display']) ?? written(inside?.['name']),
  };
}

function factsOf(coverage: Json, today: string): CoverageFacts {
  const payer = payerOf(coverage);
  const plan = classOf(coverage, 'plan') ?? {};
  const [planValue, planName] = [written(plan['value']), written(plan['name'])];
  const group = written(classOf(coverage, 'group')?.['value']);
  const status = statusOf(coverage, today);
  return {
    id: written(coverage['id']) ?? '',
    planName: planName ?? planValue ?? written(object(coverage['type'])['text']) ?? payer.name ?? 'Plan not named',
    status,
    memberId: written(coverage['subscriberId']),
    until: written(object(coverage['period'])['end'])?.slice(0, 10),
    input: {
      active: status === 'active',
      ...(payer.id ? { payerId: payer.id } : {}),
      ...(payer.name ? { payerName: payer.name } : {}),
      ...(planValue ? { planIdentifier: planValue } : {}),
      ...(planName ? { planName } : {}),
      ...(group ? { groupIdentifier: group } : {}),
    },
  };
}

/** Active before others, then by Coverage.order (1 pays first; absent counts as last). */
export function coverageFacts(coverages: readonly Json[], today: string): CoverageFacts[] {
  return coverages
    .filter((coverage) => coverage['status'] !== 'entered-in-error')
    .map((coverage) => ({ facts: factsOf(coverage, today), order: number(coverage['order']) ?? 999 }))
    .sort(
      (a, b) =>
        Number(b.facts.status === 'active') - Number(a.facts.status === 'active') ||
        a.order - b.order ||
        a.facts.id.localeCompare(b.facts.id),
    )
    .map(({ facts }) => facts);
}
