import { isSoldIn, type SyntheticPlan, syntheticPlans } from '@refloop/domain/network/synthetic-plans';
import rows from './networks.json' with { type: 'json' };

/** A network that payers build from contracts with practices; a plan of another payer may rent it. */
export type SyntheticNetwork = {
  id: string;
  name: string;
  /** The payer that manages it: Organization.partOf. */
  payerId: string;
  /** National networks are open to practices everywhere, regional ones where one of their plans is sold. */
  scope: 'national' | 'regional';
  /** Share of practitioners it contracts with, beyond the few it must have. A choice of ours. */
  breadth: number;
  plans: readonly SyntheticPlan[];
};

const planById = new Map(syntheticPlans.map((plan) => [plan.planId, plan]));

export const syntheticNetworks: readonly SyntheticNetwork[] = rows.map((row) => ({
  ...row,
  scope: row.scope === 'national' ? 'national' : 'regional',
  plans: row.plans.map((planId) => {
    const plan = planById.get(planId);
    if (plan === undefined) throw new Error(`networks.json: ${row.id} names the plan ${planId}, which synthetic-plans.json does not hold`);
    return plan;
  }),
}));

/** The networks that a practice drawing patients from these states may contract with. */
export const networksOpenIn = (states: readonly string[]): SyntheticNetwork[] =>
  syntheticNetworks.filter(
    (network) => network.scope === 'national' || network.plans.some((plan) => states.some((state) => isSoldIn(plan, state))),
  );
