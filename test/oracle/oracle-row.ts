/** What an answer of the second implementation looks like, and what its metrics have in common. */
import type { ReferralFacts } from './referral-facts.ts';
import { type LifeDay, wilson } from './statistics.ts';

export type OracleRow = {
  /** Of a metric that divides its denominator; else left out. */
  category?: string;
  n: number | null;
  value: number | null;
  low: number | null;
  high: number | null;
  parts: Record<string, number | null>;
  numerator: string[];
  denominator: string[];
  curve?: LifeDay[];
};

/** One row, or one for each category, in any order. */
export type Oracle = (referrals: readonly ReferralFacts[], today: number) => OracleRow | OracleRow[];

/** What some need beside the referrals of one row: all there are, all that are looked at, and what each is called in the warehouse. */
export type Whole = {
  all: readonly ReferralFacts[];
  looked: readonly ReferralFacts[];
  /** The same, as they are told apart. */
  groups: readonly (readonly ReferralFacts[])[];
  pseudonymOf: (id: string) => string;
};
export type WholeOracle = (referrals: readonly ReferralFacts[], today: number, whole: Whole) => OracleRow | OracleRow[];

export type Ordered = ReferralFacts & { order: NonNullable<ReferralFacts['order']> };
export const stoodInChart = (facts: ReferralFacts): facts is Ordered => facts.order?.wasActive === true;

/** Days. */
export const MATURE = 180;
export const idsOf = (referrals: readonly ReferralFacts[]): string[] => referrals.map(({ id }) => id).sort();
export const ratio = (k: number, n: number): number | null => (n === 0 ? null : k / n);

export function shareRow(numerator: readonly ReferralFacts[], denominator: readonly ReferralFacts[], parts: OracleRow['parts']): OracleRow {
  const share = wilson(numerator.length, denominator.length) ?? { value: null, low: null, high: null };
  return { n: denominator.length, ...share, parts, numerator: idsOf(numerator), denominator: idsOf(denominator) };
}
