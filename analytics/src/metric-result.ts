/** What a metric answers, and what lies behind one of its bars: the doors' types. */
import type { Day, Instant } from '@refloop/domain/instant';

/** What a referral can be told apart by. `site` is the clinic where it is known, else the EHR's; `month` and `week` (of ISO 8601) are those of the order, `zip3` of where the patient lives, `distance` the band of miles from there to the specialist ordered. */
export const SEGMENTS = ['specialty', 'site', 'payer', 'requester', 'month', 'week', 'urgency', 'language', 'zip3', 'distance'] as const;
export type SegmentName = (typeof SEGMENTS)[number];

/** `share` lies in 0 … 1; `days` are calendar days; `per-referral` and `minutes` are means over referrals; `dollars` are assumed, never measured. */
export type MetricUnit = 'share' | 'days' | 'count' | 'per-referral' | 'minutes' | 'dollars';

/** What the metric says of itself, as its metric.yml has it. */
export type MetricHead = {
  id: string;
  /** Counts up with every change of what it counts. */
  version: number;
  title: string;
  unit: MetricUnit;
  /** In English, for whoever reads the number. */
  definition: string;
  numerator: string;
  denominator: string;
  exclusions: string;
  /** When the clock starts, stops and is censored; null where the metric has none. */
  clock: string | null;
  /** Where the definition comes from. */
  source: string;
  caveats: string[];
  target: MetricTarget | null;
  benchmarks: Benchmark[];
  /** What each number in `parts` of a row is. */
  parts: Record<string, string>;
  /** What each category of a row is, in the order in which they are shown; none where the metric does not divide. */
  categories: Record<string, string>;
  /** Whether the referrals behind a number may be listed: not where they would tell who said what. */
  namesRows: boolean;
};

export type MetricTarget = { value: number; direction: 'at-least' | 'at-most'; why: string };

/** A published figure to draw beside one's own, never without where it comes from and why it may not compare. */
export type Benchmark = { label: string; value: number; population: string; source: string; caveat: string };

/** Stands for a value that the events do not say. */
export const UNKNOWN = 'unknown';

/** The value of each segment asked for, `unknown` where the events do not say; no key where nothing was asked to be told apart. */
export type SegmentValues = Partial<Record<SegmentName, string | undefined>>;

/** Which referrals are looked at: those ordered from the first month to the last, both included, and of these values. */
export type MetricFilter = {
  from?: string | undefined;
  to?: string | undefined;
  specialty?: string | undefined;
  site?: string | undefined;
  payer?: string | undefined;
};

export type MetricRow = {
  segment: SegmentValues;
  /** What the row is of where the metric divides its denominator into parts: a reason, a stage, a band. Else null. */
  category: string | null;
  /** How many the value rests on; null where that would tell who said something. */
  n: number | null;
  /** Null where it cannot be said: nobody to count, or fewer than half have got there. */
  value: number | null;
  low: number | null;
  /** Null with a `low` where the interval is open above. */
  high: number | null;
  /** Of the interval from `low` to `high`. */
  level: 0.95;
  /** The counts and factors it is made of, by the names that metric.yml explains. */
  parts: Record<string, number | null>;
  /** What whoever reads this row must know; null where there is nothing. */
  note: string | null;
};

/** One step of a time curve. */
export type CurvePoint = {
  segment: SegmentValues;
  /** Days since the clock started. */
  day: number;
  /** Cumulative incidence, 0 … 1: how many of all have got there by that day, others having been lost on the way. */
  value: number;
  low: number;
  high: number;
  /** One minus Kaplan–Meier, 0 … 1: how many would have got there by that day if none had been lost. */
  kaplanMeier: number;
  kaplanMeierLow: number;
  kaplanMeierHigh: number;
  /** Just before that day. */
  atRisk: number;
  /** On that day: arrived, … */
  events: number;
  /** … lost for good, … */
  competing: number;
  /** … still on the way when last seen. */
  censored: number;
};

export type MetricResult = {
  metric: MetricHead;
  /** What was known by then. */
  asOf: Instant;
  /** Name of the snapshot it was counted in. */
  snapshot: string;
  by: SegmentName[];
  rows: MetricRow[];
  /** Of metrics of time alone. */
  curve?: CurvePoint[];
};

/** Which of the rows behind a bar: those counted, those that count for it, or those left out and why. */
export type DrillPart = 'numerator' | 'denominator' | 'excluded';

/** The rows behind one bar. Pseudonyms alone: who they are is known to the server, which shows it by role and on record. */
export type DrillQuestion = {
  metric: string;
  segment: SegmentValues;
  /** Of the row; null = all of the segment. It narrows each rule that tells categories apart, and no other. */
  category: string | null;
  part: DrillPart;
  limit: number;
};
export type DrillRow = {
  referral: string;
  /** Null of a draft. */
  orderedOn: Day | null;
  /** Of what was left out, the rule that left it out; else null. */
  why: string | null;
};
export type DrillResult = { question: DrillQuestion; snapshot: string; asOf: Instant; total: number; rows: DrillRow[] };
