/**
 * From a patient's coverage to "in the network of this plan or not". Both steps are three-valued: a coverage that
 * names no plan of the directory is unknown, and so is a network statement that is stale or contradicted.
 * Chain (Plan-Net 1.1.0): Coverage.payor and class → InsurancePlan → network → PractitionerRole, periods covering today.
 */
import { type Day, daysBetween } from '../instant.ts';
import type { Policy } from '../matching/policy.ts';
import type { CoverageFact } from '../matching/request.ts';
import type { Contradiction, NetworkParticipation, NetworkStatus, Plan } from './directory.ts';

/** What one FHIR Coverage says, already read from its references. */
export type CoverageStatement = {
  /** Coverage.status; only `active` counts. */
  status: string;
  period?: { start?: Day; end?: Day };
  /** Coverage.payor: identifier values, and the name or display. Both may be missing. */
  payor: { identifiers: readonly string[]; name?: string };
  /** Coverage.class: type code (`plan`, `group`, …), value and name. */
  classes: readonly { type: string; value: string; name?: string }[];
};

export type PlanLookup =
  | { kind: 'known'; plan: Plan }
  | { kind: 'unknown'; reason: 'no-coverage' | 'coverage-not-active' }
  | {
      kind: 'unknown';
      reason: 'plan-not-in-directory';
      /** The plan as the coverage calls it, for the page to name. */
      planName: string;
      why: 'no-such-plan' | 'several-plans' | 'payer-disagrees';
    };

const folded = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').toLowerCase();

const isActive = (coverage: CoverageStatement, today: Day): boolean =>
  coverage.status === 'active' &&
  !(coverage.period?.start !== undefined && coverage.period.start > today) &&
  !(coverage.period?.end !== undefined && coverage.period.end < today);

type PayerAgreement = 'agrees' | 'disagrees' | 'not-stated';

function payerAgreement(coverage: CoverageStatement, plan: Plan): PayerAgreement {
  const stated = [...coverage.payor.identifiers, ...(coverage.payor.name === undefined ? [] : [coverage.payor.name])]
    .map(folded)
    .filter((text) => text !== '');
  if (stated.length === 0) return 'not-stated';
  const ofPlan = [folded(plan.payer.id), folded(plan.payer.name)];
  return stated.some((text) => ofPlan.includes(text)) ? 'agrees' : 'disagrees';
}

/**
 * Finds the patient's plan. A class value (plan first, then group) must equal an identifier of the plan, or a class
 * name its name; letter case and spacing aside. A payor that contradicts the plan's payer makes the answer unknown:
 * two payers may use the same plan code. Nothing is guessed from a payer alone.
 */
export function findPlan(coverage: CoverageStatement | undefined, plans: readonly Plan[], today: Day): PlanLookup {
  if (coverage === undefined) return { kind: 'unknown', reason: 'no-coverage' };
  if (!isActive(coverage, today)) return { kind: 'unknown', reason: 'coverage-not-active' };

  const ofType = (type: string) => coverage.classes.filter((item) => item.type === type);
  const classes = [...ofType('plan'), ...ofType('group')];
  const planName = classes[0]?.name ?? classes[0]?.value ?? coverage.payor.name ?? '';
  const unknown = (why: 'no-such-plan' | 'several-plans' | 'payer-disagrees'): PlanLookup => ({
    kind: 'unknown',
    reason: 'plan-not-in-directory',
    planName,
    why,
  });

  let payerDisagreed = false;
  for (const statement of classes) {
    const byIdentifier = plans.filter((plan) => plan.identifiers.some((id) => folded(id) === folded(statement.value)));
    const name = statement.name;
    const named = byIdentifier.length > 0 || name === undefined ? byIdentifier : plans.filter((plan) => folded(plan.name) === folded(name));
    const agreeing = named.filter((plan) => payerAgreement(coverage, plan) !== 'disagrees');
    const [plan, second] = agreeing;
    if (second !== undefined) return unknown('several-plans');
    if (plan !== undefined) return { kind: 'known', plan };
    payerDisagreed ||= named.length > 0;
  }
  return unknown(payerDisagreed ? 'payer-disagrees' : 'no-such-plan');
}

/** The answer in the words of a match request, which names no person and no payer. */
export function coverageFactOf(lookup: PlanLookup): CoverageFact {
  if (lookup.kind === 'known') return { kind: 'plan', planId: lookup.plan.id };
  switch (lookup.reason) {
    case 'no-coverage':
      return { kind: 'none' };
    case 'coverage-not-active':
      return { kind: 'not-active' };
    case 'plan-not-in-directory':
      return { kind: 'plan-not-in-directory', planName: lookup.planName };
  }
}

/** The part of a directory entry that network status rests on. */
export type NetworkFacts = { networks: readonly NetworkParticipation[]; contradictions: readonly Contradiction[] };

const covers = (row: NetworkParticipation, today: Day): boolean =>
  !(row.from !== undefined && row.from > today) && !(row.until !== undefined && row.until < today);

/** Newest first; rows without a date last; then by network so that the answer never depends on the order of rows. */
function newerFirst(a: NetworkParticipation, b: NetworkParticipation): number {
  const [left, right] = [a.verifiedOn ?? '', b.verifiedOn ?? ''];
  if (left !== right) return left < right ? 1 : -1;
  if (a.networkId === b.networkId) return 0;
  return a.networkId < b.networkId ? -1 : 1;
}

function rowStatus(row: NetworkParticipation, today: Day, staleAfterDays: number): NetworkStatus {
  const { verifiedOn, source, networkId } = row;
  // A date after today cannot have happened yet: it verifies nothing.
  if (verifiedOn === undefined || verifiedOn > today) return { status: 'unknown', reason: 'never-verified', source };
  if (daysBetween(verifiedOn, today) > staleAfterDays) return { status: 'unknown', reason: 'stale', verifiedOn, source };
  return { status: 'in', networkId, verifiedOn, source };
}

/**
 * Whether this entry takes part in the plan's network on that day.
 * `in` needs a row of one of the plan's networks whose period covers the day, verified within the policy's days and
 * not contradicted inside the directory. `out` means that the directory lists no row covering the day. All else is unknown.
 */
export function networkStatus(
  entry: NetworkFacts,
  lookup: PlanLookup,
  today: Day,
  policy: Pick<Policy, 'networkStaleAfterDays'>,
): NetworkStatus {
  if (lookup.kind === 'unknown') return { status: 'unknown', reason: lookup.reason };
  const { plan } = lookup;
  // A plan that names no network says nothing about who takes part in it.
  if (plan.networkIds.length === 0) return { status: 'unknown', reason: 'plan-not-in-directory' };

  const rows = entry.networks.filter((row) => plan.networkIds.includes(row.networkId)).sort(newerFirst);
  const current = rows.filter((row) => covers(row, today));
  const contradicted = new Set(
    entry.contradictions.flatMap((item) => (item.about === 'network' && item.networkId !== undefined ? [item.networkId] : [])),
  );
  const answers = current
    .filter((row) => !contradicted.has(row.networkId))
    .map((row) => rowStatus(row, today, policy.networkStaleAfterDays));
  const proven = answers.find((answer) => answer.status === 'in');
  if (proven !== undefined) return proven;

  const disputed = [...current, ...rows].find((row) => contradicted.has(row.networkId));
  if (disputed !== undefined) {
    const { verifiedOn, source } = disputed;
    return verifiedOn === undefined
      ? { status: 'unknown', reason: 'contradictory', source }
      : { status: 'unknown', reason: 'contradictory', verifiedOn, source };
  }
  return answers[0] ?? { status: 'out', source: rows[0]?.source ?? entry.networks[0]?.source ?? plan.payer.name };
}
