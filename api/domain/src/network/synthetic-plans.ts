import rows from './synthetic-plans.json' with { type: 'json' };

/** What kind of product a plan is; decides its Plan-Net `InsurancePlan.type` and how broad its networks are. */
export type PlanProductType =
  | 'commercial-ppo'
  | 'commercial-hmo'
  | 'commercial-epo'
  | 'medicare-advantage'
  | 'medicaid-managed-care'
  | 'exchange';

/**
 * An invented health plan. The sandbox EHR's Coverage resources and the synthetic Plan-Net directory both
 * read this one table, so that a patient's plan can be found in the directory (or, by intent, cannot).
 */
export type SyntheticPlan = {
  /** Stable slug; the id of the plan's InsurancePlan resource. */
  readonly planId: string;
  /** As printed on the card, payer first: Coverage.class[plan].name. */
  readonly planName: string;
  /** The payer's own key for the plan: InsurancePlan.identifier and Coverage.class[plan].value. */
  readonly planIdentifier: string;
  /** The payer's key, "SYN" + two digits so that it cannot be taken for a clearing-house payer id. */
  readonly payerId: string;
  readonly payerName: string;
  readonly productType: PlanProductType;
  /** USPS codes of the states (and DC) where the plan is sold; `['*']` is all fifty and DC. */
  readonly states: readonly string[];
};

const productTypes: Record<PlanProductType, true> = {
  'commercial-ppo': true,
  'commercial-hmo': true,
  'commercial-epo': true,
  'medicare-advantage': true,
  'medicaid-managed-care': true,
  exchange: true,
};

const isProductType = (value: string): value is PlanProductType => Object.hasOwn(productTypes, value);

/** Thirty invented plans of fourteen invented payers. No real insurer is meant. */
export const syntheticPlans: readonly SyntheticPlan[] = rows.map((row) => {
  if (!isProductType(row.productType)) {
    throw new Error(
      `synthetic-plans.json: ${row.planId} has productType "${row.productType}"; use one of ${Object.keys(productTypes).join(', ')}`,
    );
  }
  return { ...row, productType: row.productType };
});

/** Whether the plan is sold in a state, by its two-letter USPS code. */
export const isSoldIn = (plan: SyntheticPlan, state: string): boolean => plan.states.includes('*') || plan.states.includes(state);
