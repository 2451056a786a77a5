/** Numbers about referrals over HTTP: a metric with its definition, n and interval, and the rows behind each mark. */
import { z } from 'zod';

export const SEGMENT_NAMES = [
  'specialty',
  'site',
  'payer',
  'requester',
  'month',
  'week',
  'urgency',
  'language',
  'zip3',
  'distance',
] as const;
export const SegmentName = z.enum(SEGMENT_NAMES);
export type SegmentName = z.infer<typeof SegmentName>;

const Value = z.string().max(200).optional();
const Segment = z.object({
  specialty: Value,
  site: Value,
  payer: Value,
  requester: Value,
  month: Value,
  week: Value,
  urgency: Value,
  language: Value,
  zip3: Value,
  distance: Value,
});
export type Segment = z.infer<typeof Segment>;

const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'A month is written 2026-11');

/** Which referrals are looked at: those ordered from the first month to the last, both included, and of these values. */
export const InsightsFilter = z.object({
  from: Month.optional(),
  to: Month.optional(),
  specialty: z.string().max(200).optional(),
  site: z.string().max(200).optional(),
  payer: z.string().max(200).optional(),
});
export type InsightsFilter = z.infer<typeof InsightsFilter>;

const oneOf = SEGMENT_NAMES.join('|');
const By = z
  .string()
  .max(60)
  .regex(new RegExp(`^(${oneOf})(,(${oneOf}))?$`), `Tell apart by one or two of ${SEGMENT_NAMES.join(', ')}, with a comma between them`);

/** `by`: one segment, or two with a comma between them. */
export const MetricQuestion = InsightsFilter.extend({ by: By.optional() });
export type MetricQuestion = z.infer<typeof MetricQuestion>;

const MetricRow = z.object({
  segment: Segment,
  /** What the row is of where the metric divides its denominator into parts: a reason, a stage, a band. Else null. */
  category: z.string().nullable(),
  /** How many the value rests on; null where that would tell who said something. */
  n: z.number().int().nullable(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  level: z.number(),
  parts: z.record(z.string(), z.number().nullable()),
  note: z.string().nullable(),
});
export type MetricRow = z.infer<typeof MetricRow>;

const CurvePoint = z.object({
  segment: Segment,
  day: z.number(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
  kaplanMeier: z.number(),
  kaplanMeierLow: z.number(),
  kaplanMeierHigh: z.number(),
  atRisk: z.number(),
  events: z.number(),
  competing: z.number(),
  censored: z.number(),
});
export type CurvePoint = z.infer<typeof CurvePoint>;

const Benchmark = z.object({ label: z.string(), value: z.number(), population: z.string(), source: z.string(), caveat: z.string() });

export const MetricAnswer = z.object({
  metric: z.object({
    id: z.string(),
    version: z.number(),
    title: z.string(),
    unit: z.enum(['share', 'days', 'count', 'per-referral', 'minutes', 'dollars']),
    definition: z.string(),
    numerator: z.string(),
    denominator: z.string(),
    exclusions: z.string(),
    clock: z.string().nullable(),
    source: z.string(),
    caveats: z.array(z.string()),
    target: z.object({ value: z.number(), direction: z.enum(['at-least', 'at-most']), why: z.string() }).nullable(),
    benchmarks: z.array(Benchmark),
    /** What each number in `parts` of a row is. */
    parts: z.record(z.string(), z.string()),
    /** What each category of a row is, in the order in which they are shown. */
    categories: z.record(z.string(), z.string()),
    /** Whether the referrals behind a number may be listed: not where they would tell who said what. */
    namesRows: z.boolean(),
  }),
  asOf: z.string(),
  snapshot: z.string(),
  by: z.array(SegmentName),
  rows: z.array(MetricRow),
  /** Of a time told apart by one thing: of the few segments with most referrals, as many as a drawing shows. */
  curve: z.array(CurvePoint).optional(),
});
export type MetricAnswer = z.infer<typeof MetricAnswer>;

/** A metric by name, with how its numbers are written. */
export const Measure = z.object({ id: z.string(), title: z.string(), unit: z.enum(['share', 'days', 'count', 'per-referral', 'minutes']) });
export type Measure = z.infer<typeof Measure>;

/** What there is to look at. `snapshot` is null until the first one is made; `history` says how far a load under way is. */
export const InsightsStatus = z.object({
  snapshot: z.object({ name: z.string(), asOf: z.string(), referrals: z.number().int() }).nullable(),
  /** How many referrals of a simulated practice are loaded. */
  simulated: z.number().int(),
  history: z.object({ loaded: z.number().int(), total: z.number().int() }).nullable(),
  /** Ids of the metrics that can be asked for. */
  metrics: z.array(z.string()),
  choices: z.object({
    specialty: z.array(z.string()),
    site: z.array(z.string()),
    payer: z.array(z.string()),
    months: z.array(z.string()),
  }),
});
export type InsightsStatus = z.infer<typeof InsightsStatus>;

/** Where the three-digit ZIP codes are that patients live in: the middle of their ZIP codes. One that is nowhere listed is not there. */
export const PlacesAnswer = z.object({
  places: z.array(z.object({ zip3: z.string(), state: z.string(), latitude: z.number(), longitude: z.number() })),
});
export type PlacesAnswer = z.infer<typeof PlacesAnswer>;

export const DRILL_PARTS = ['numerator', 'denominator', 'excluded'] as const;

export const EXPORT_FORMATS = ['csv', 'parquet', 'pdf'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Asks for metrics as a file, without small cells, and says what for: both are put on record. */
export const ExportQuestion = z.object({
  /** What the file is called by: the name of the view. */
  title: z.string().trim().min(1).max(60),
  metrics: z.array(z.string().max(60)).min(1).max(20),
  by: SegmentName,
  filter: InsightsFilter,
  purpose: z.string().trim().min(3, 'Say in a few words what you need the file for').max(200),
});
export type ExportQuestion = z.infer<typeof ExportQuestion>;

/** Asks for the days of every loop that closed as a file, and says what for: both are put on record. */
export const LoopClosureQuestion = ExportQuestion.pick({ filter: true, purpose: true });
export type LoopClosureQuestion = z.infer<typeof LoopClosureQuestion>;

/** Asks who stands behind a mark, and says what for: both are put on record. */
export const RowsQuestion = z.object({
  /** A metric, a measure of specialists, or `contracting`. */
  metric: z.string().max(60),
  part: z.enum(DRILL_PARTS),
  segment: Segment,
  /** Of the row; null = all of the segment. */
  category: z.string().max(60).nullable().default(null),
  /** NPI of the specialist; of a measure of specialists and of contracting alone. */
  specialist: z
    .string()
    .regex(/^\d{10}$/, 'An NPI has ten digits')
    .nullable()
    .default(null),
  filter: InsightsFilter,
  purpose: z.string().trim().min(3, 'Say in a few words what you need the rows for').max(200),
});
export type RowsQuestion = z.infer<typeof RowsQuestion>;

export const RowsAnswer = z.object({
  total: z.number().int(),
  rows: z.array(
    z.object({
      referralId: z.string(),
      orderedOn: z.string().nullable(),
      specialty: z.string(),
      urgency: z.string(),
      status: z.string(),
      performer: z.string().nullable(),
      /** Of what was left out, the rule that left it out. */
      why: z.string().nullable(),
    }),
  ),
});
export type RowsAnswer = z.infer<typeof RowsAnswer>;
