/** What is said of specialists: the doors' types. */
import type { Instant } from '@refloop/domain/instant';
import type { MetricFilter } from '../metric-result.ts';
import type { CaseMixFactor } from './case-mix.ts';

/** `share` lies in 0 … 1; `days` are calendar days. */
export type PerformanceUnit = 'share' | 'days';

/** What the measure says of itself, as its file in performance/ has it. */
export type PerformanceMeasure = {
  id: string;
  /** Counts up with every change of what it counts. */
  version: number;
  title: string;
  unit: PerformanceUnit;
  better: 'higher' | 'lower';
  definition: string;
  numerator: string;
  denominator: string;
  exclusions: string;
  clock: string;
  /** Which attempts are old enough to be judged. */
  maturity: string;
  source: string;
  caveats: string[];
  /** Of each reason for which an attempt is left out, what it is. */
  leftOut: Record<string, string>;
};

/** A value and the interval around it. */
export type Estimate = { value: number; low: number; high: number };

/** `worse` and `better` only where both the posterior and the test say so; see performance/README.md. */
export type Verdict = 'better' | 'worse' | 'not-distinguishable';

export type SpecialistNumbers = {
  /** What was observed and what the case mix lets expect: counts of a share, typical days of a time. */
  observed: number;
  expected: number;
  /** Observed over expected, 95 %. */
  ratio: Estimate;
  /** As counted, 95 %: Wilson's interval of a share; of days the geometric mean, by Student's t. */
  raw: Estimate;
  /** As it would be with the specialty's usual case mix. */
  adjusted: number;
  /** The same, drawn towards the specialty's mean as far as chance may have made it: posterior mean, 90 %. */
  shrunken: Estimate;
  /** Posterior probability of being better, and worse, than the mean of the specialty's specialists. */
  probabilityBetter: number;
  probabilityWorse: number;
  /** How far from what is usual, in standard deviations, before over-dispersion is taken into account. */
  score: number;
  /** Smallest rate of false discoveries at which this one would be reported; null where there are too few to compare with. */
  adjustedP: number | null;
  verdict: Verdict;
};

export type SpecialistRow = {
  /** NPI. */
  specialist: string;
  specialty: string;
  network: 'in' | 'out' | 'unknown';
  n: number;
  /** Null where n is below `FEWEST_TO_JUDGE`: nothing is said of so few. */
  numbers: SpecialistNumbers | null;
};

/** Where a specialist would lie of whom nothing is true but chance, by how many attempts there are. */
export type FunnelLimit = { n: number; low95: number; high95: number; low998: number; high998: number };

export type SpecialtyRow = {
  specialty: string;
  n: number;
  specialists: number;
  /** Over all attempts. Null where nobody in it has enough attempts. */
  mean: number | null;
  /** The middle of the specialists, which nobody who is far out moves; null where fewer than `FEWEST_PEERS` can be compared. */
  usual: number | null;
  /** How much specialists differ: posterior mean of the standard deviation, on the scale of log odds or of log days. */
  between: number | null;
  limits: FunnelLimit[];
};

export type Chance = {
  /** How many specialists are compared. */
  compared: number;
  /** How many lie beyond the limits, and how many chance alone would put there. */
  beyond95: { observed: number; expected: number };
  beyond998: { observed: number; expected: number };
  /** How many are called better or worse, and how many of them are expected to be wrong at most. */
  flagged: number;
  falseAtMost: number;
  /** By which variances are larger than chance makes them; 1 where they are not. */
  overDispersion: number;
};

export type PerformanceResult = {
  measure: PerformanceMeasure;
  asOf: Instant;
  snapshot: string;
  filter: MetricFilter;
  caseMix: readonly CaseMixFactor[];
  rules: { fewest: number; fewestPeers: number; posterior: number; falseDiscovery: number; interval: number };
  specialties: SpecialtyRow[];
  specialists: SpecialistRow[];
  chance: Chance;
  /** By reason. */
  leftOut: { why: string; n: number }[];
};
