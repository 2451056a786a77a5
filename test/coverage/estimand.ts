/** What an interval is asked to cover: one number of one metric for one group of referrals. */
import type { ReferralFacts } from '../oracle/referral-facts.ts';

/** Everybody, and the groups that are large enough in one seed to be judged. */
export const TOLD_APART = [null, 'specialty', 'language'] as const;
export type ToldApart = (typeof TOLD_APART)[number];
/** The metrics that the planted truths set groups apart in; of all others everybody together is asked about. */
const OF_GROUPS = [
  'completion',
  'network_leakage',
  'no_show',
  'note_return',
  'override',
  'seen_within_60',
  'time_to_accept',
  'time_to_appointment',
];
export const toldApart = (metric: string): readonly ToldApart[] => (OF_GROUPS.includes(metric) ? TOLD_APART : [null]);
/** Days at which a curve is looked at. */
export const CURVE_DAYS = [30, 60, 90] as const;

export type Quantity = 'share' | 'median' | `incidence by day ${number}` | `Kaplan–Meier by day ${number}`;

export const keyOf = (metric: string, quantity: Quantity, segment: string): string => `${metric}: ${quantity}, ${segment}`;
/** Of a metric that divides what it counts, the part. */
export const namedMetric = (metric: string, category: string | null | undefined): string => (category ? `${metric} (${category})` : metric);
/** What is divided already is looked at for everybody alone: the parts of a group are too small in one seed. */
export const isAsked = (category: string | null | undefined, name: ToldApart): boolean => name === null || !category;
export const segmentKey = (name: ToldApart, value: string): string => (name === null ? 'all' : `${name} ${value}`);

/** Of the groups of TOLD_APART, the value of one referral. */
export function valueOf(facts: ReferralFacts, name: ToldApart): string {
  switch (name) {
    case 'specialty':
      return facts.specialty;
    case 'language':
      return facts.order?.setting?.language ?? 'unknown';
    case null:
      return 'all';
  }
}
