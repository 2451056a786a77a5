/**
 * Before and after, here and there: what a pilot may have changed, with its interval and with what it cannot show. One number of two
 * periods, or of two sites in two periods.
 */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { MetricFilter, MetricHead, MetricResult, MetricRow } from './metric-result.ts';
import type { EhrScope } from './pseudonym.ts';
import { difference, type Interval } from './statistics/difference.ts';

/** Of shares, in the same unit: −1 … 1; of a difference of differences −2 … 2. 95 %. */
export type Difference = Interval;

/**
 * The change of the one minus the change of the other: the interaction of four independent shares (Newcombe 2001, Stat Med 20:2885), which
 * is the same step once more.
 */
export const differenceOfDifferences = (change: Difference, changeElsewhere: Difference): Difference => difference(change, changeElsewhere);

/** Months as `2026-11`, both included. */
export type Period = { from: string; to: string };

export type ComparisonQuestion = {
  metric: string;
  before: Period;
  after: Period;
  /** Where the pilot was; everywhere looked at where undefined. */
  site: string | undefined;
  /** Where it was not, to be compared with. */
  against: string | undefined;
  filter: Pick<MetricFilter, 'specialty' | 'payer'>;
  scope: EhrScope | null;
};

export type ComparedPlace = {
  /** Null = everywhere looked at. */
  site: string | null;
  before: MetricRow | null;
  after: MetricRow | null;
  /** After minus before; null where fewer than ten are counted in either. */
  change: Difference | null;
};

export type Comparison = {
  metric: MetricHead;
  asOf: string;
  snapshot: string;
  places: ComparedPlace[];
  /** The change at the site of the pilot minus the change at the other; null without another, or where too few are counted. */
  changeAgainst: Difference | null;
  /** What it cannot show. */
  warnings: string[];
};

/** Only a share of one whole can be compared so: not a time, and not a part of a division. */
export const isComparable = ({ unit, categories }: Pick<MetricHead, 'unit' | 'categories'>): boolean =>
  unit === 'share' && Object.keys(categories).length === 0;

const shareOf = (row: MetricRow | null): Interval | null =>
  row === null || row.n === null || row.n < FEWEST_TO_JUDGE || row.value === null || row.low === null || row.high === null
    ? null
    : { value: row.value, low: row.low, high: row.high };

function changeOf(before: MetricRow | null, after: MetricRow | null): Difference | null {
  const [was, is] = [shareOf(before), shareOf(after)];
  return was && is ? difference(is, was) : null;
}

const ALWAYS = [
  'A change is not an effect. Season, staff, payers, directories and other changes of the same months are in it too.',
  'A pilot often begins where and when things are worst; the next period is then better by itself (regression to the mean).',
  'The interval is of chance alone, for independent referrals. Several of one patient or one clinician make the truth less certain than it says.',
  'Of several metrics, periods or sites looked at, one in twenty shows a change where there is none.',
];
const ALONE = 'Without a site to compare with, what changed everywhere cannot be told from what changed by the pilot.';
const AGAINST =
  'The comparison assumes that without the pilot both sites would have changed alike. Look at their earlier months for whether they did.';

const sameMonths = ({ before, after }: ComparisonQuestion): boolean => before.to >= after.from;
const lengthOf = ({ from, to }: Period): number => {
  const months = (text: string): number => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
  return months(to) - months(from) + 1;
};

function warningsOf(question: ComparisonQuestion, places: readonly ComparedPlace[]): string[] {
  const [before, after] = [lengthOf(question.before), lengthOf(question.after)];
  const few = places.some(({ change }) => change === null);
  const youngOf = (row: MetricRow | null): number => row?.parts['left_out_young'] ?? 0;
  const young = places.some((place) => youngOf(place.after) > 0);
  return [
    ...(few ? [`Where fewer than ${FEWEST_TO_JUDGE} referrals are counted no change is given.`] : []),
    ...(sameMonths(question) ? ['The periods share months: the same referrals stand on both sides.'] : []),
    ...(before === after ? [] : [`The periods differ in length (${before} and ${after} months).`]),
    ...(young ? ['Part of the later period is too young to be judged, and left out of it.'] : []),
    question.against === undefined ? ALONE : AGAINST,
    ...ALWAYS,
  ];
}

type Ask = (question: { metric: string; by: []; scope: EhrScope | null; filter: MetricFilter }) => Promise<MetricResult>;

/** Asks the metric once for each place and period. Throws where there is no such metric. */
export async function compare(ask: Ask, question: ComparisonQuestion): Promise<Comparison> {
  const { metric, before, after, site, against, filter, scope } = question;
  const answers: MetricResult[] = [];
  const rowOf = async (place: string | undefined, period: Period): Promise<MetricRow | null> => {
    const answer = await ask({ metric, by: [], scope, filter: { ...filter, ...period, site: place } });
    answers.push(answer);
    return answer.rows[0] ?? null;
  };
  const placeOf = async (place: string | undefined): Promise<ComparedPlace> => {
    const [was, is] = [await rowOf(place, before), await rowOf(place, after)];
    return { site: place ?? null, before: was, after: is, change: changeOf(was, is) };
  };
  const pilot = await placeOf(site);
  const other = against === undefined ? undefined : await placeOf(against);
  const places = other ? [pilot, other] : [pilot];
  const [first] = answers;
  if (!first) throw new Error('Nothing was asked.');
  return {
    metric: first.metric,
    asOf: first.asOf,
    snapshot: first.snapshot,
    places,
    changeAgainst: pilot.change && other?.change ? differenceOfDifferences(pilot.change, other.change) : null,
    warnings: warningsOf(question, places),
  };
}
