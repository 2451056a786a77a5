/** The patient's coverages as matching needs them, the one that counts first. */
import type { Coverage, Organization } from '@medplum/fhirtypes';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { CoverageInput } from '@refloop/server/client/match';

export type CoverageFacts = {
  id: string;
  planName: string;
  status: 'active' | 'ended' | 'not-started' | 'cancelled';
  memberId: string | undefined;
  /** `2026-12-31` where the coverage says when it ends. */
  until: string | undefined;
  input: NonNullable<CoverageInput>;
};

function statusOf(coverage: Coverage, today: string): CoverageFacts['status'] {
  if (coverage.status !== 'active') return 'cancelled';
  if (coverage.period?.end && coverage.period.end.slice(0, 10) < today) return 'ended';
  if (coverage.period?.start && coverage.period.start.slice(0, 10) > today) return 'not-started';
  return 'active';
}

const classOf = (coverage: Coverage, code: string) =>
  coverage.class?.find((each) => each.type?.coding?.some((coding) => coding.code === code));

/** Who pays. An Organization's id says nothing beyond its EHR, so only identifiers and names count; one may be contained. */
function payerOf(coverage: Coverage): { id: string | undefined; name: string | undefined } {
  const payor = coverage.payor?.[0];
  const inside = payor?.reference?.startsWith('#')
    ? coverage.contained?.find((each): each is Organization => each.resourceType === 'Organization' && `#${each.id}` === payor.reference)
    : undefined;
  return { id: payor?.identifier?.value ?? inside?.identifier?.[0]?.value, name: payor?.display ?? inside?.name };
}

function factsOf(coverage: Coverage, today: string): CoverageFacts {
  const payer = payerOf(coverage);
  const plan = classOf(coverage, 'plan');
  const group = classOf(coverage, 'group');
  const status = statusOf(coverage, today);
  return {
    id: coverage.id ?? '',
    planName: plan?.name ?? plan?.value ?? coverage.type?.text ?? payer.name ?? 'Plan not named',
    status,
    memberId: coverage.subscriberId,
    until: coverage.period?.end?.slice(0, 10),
    input: {
      active: status === 'active',
      ...(payer.id ? { payerId: payer.id } : {}),
      ...(payer.name ? { payerName: payer.name } : {}),
      ...(plan?.value ? { planIdentifier: plan.value } : {}),
      ...(plan?.name ? { planName: plan.name } : {}),
      ...(group?.value ? { groupIdentifier: group.value } : {}),
    },
  };
}

/** Active before others, then by Coverage.order (1 pays first; absent counts as last). */
export function coverageFacts(resources: readonly Resource[], today: string): CoverageFacts[] {
  return resources
    .map((resource) => resource as unknown as Coverage)
    .filter((coverage) => coverage.status !== 'entered-in-error')
    .map((coverage) => ({ facts: factsOf(coverage, today), order: coverage.order ?? 999 }))
    .sort(
      (a, b) =>
        Number(b.facts.status === 'active') - Number(a.facts.status === 'active') ||
        a.order - b.order ||
        a.facts.id.localeCompare(b.facts.id),
    )
    .map(({ facts }) => facts);
}
