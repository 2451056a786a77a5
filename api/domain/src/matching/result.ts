/** What matching answers: every number a card shows, and everything needed to explain or replay it. */
import type { NetworkStatus } from '../network/directory.ts';

export type FactorName = 'distance' | 'wait' | 'rating';

/** One term of the score: contribution = weight × score, and the contributions add up to the score. */
export type Factor = {
  name: FactorName;
  weight: number;
  /** 0 … 1. */
  score: number;
  contribution: number;
  /** Miles, days or stars; null when the directory states nothing. */
  value: number | null;
  /** `no-data`: scored neutrally with the specialty's median and labelled so (R21), never as 0. */
  basis: 'stated' | 'no-data';
};

export type Candidate = {
  entryId: string;
  /** Great-circle miles; null when the patient has no address. */
  miles: number | null;
  /** `≈` on the card: either end is only a ZIP centroid. */
  approximate: boolean;
  network: NetworkStatus;
  score: number;
  factors: readonly Factor[];
  /** Plain sentences, each traceable to a factor or a directory statement (R33). */
  why: readonly string[];
  /** Things to confirm by telephone before relying on the card. */
  callToConfirm: readonly string[];
};

export type RankedCandidate = Candidate & { rank: number };

/** Named hard filters; the first that applies is the one counted, in this order. */
export const EXCLUSION_REASONS = [
  'children-only',
  'adults-only',
  'not-accepting',
  'existing-patients-only',
  'no-emergencies',
  'out-of-network',
  'network-unknown',
] as const;
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

export type Exclusion = { entryId: string; reason: ExclusionReason; miles: number | null };

/** One circle that was searched (R5): in-network and eligible within it. */
export type WideningStep = { radiusMiles: number; inRadius: number; eligible: number };

export type MatchResult = {
  engine: string;
  policy: { id: string; version: string };
  /** Hash of the directory snapshot the answer rests on. */
  directory: string;
  steps: readonly WideningStep[];
  /** The radius of the answer; null when there was no address to measure from. */
  radiusMiles: number | null;
  /** All candidates of the specialty within the radius, eligible or not; exact. */
  inRadius: number;
  /** Exact count of eligible in-network candidates within the radius. */
  eligible: number;
  ranked: readonly RankedCandidate[];
  /** Eligible but for an unknown network: own heading, "call to confirm", never among the ranked. */
  networkUnknown: { count: number; candidates: readonly Candidate[] };
  /** R7, R8: nearer but out of network, beside the ranked when the circle had to be widened or nobody was found. */
  outOfNetwork: {
    count: number;
    candidates: readonly (Candidate & { slidingScale: boolean; paymentPlan: boolean; estimate: null })[];
  };
  excluded: { counts: Readonly<Record<ExclusionReason, number>>; nearest: readonly Exclusion[] };
  /** R6: nobody in network within 50 miles; a coordinator gets this as an exception. */
  exception: { kind: 'none-in-network'; withinMiles: number } | null;
};
