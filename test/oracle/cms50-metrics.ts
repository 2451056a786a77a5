/** CMS50 as far as our referrals tell, once more, by its definition in English. */
import { dayNumber } from './calendar.ts';
import { idsOf, MATURE, type OracleRow, type Ordered, shareRow, stoodInChart, type Whole, type WholeOracle } from './oracle-row.ts';
import { closedOn, type ReferralFacts } from './referral-facts.ts';
import { goodman } from './statistics.ts';

type Year = { first: number; october: number; last: number };
const yearOf = (year: number): Year => ({
  first: dayNumber(`${year}-01-01T00:00:00Z`),
  october: dayNumber(`${year}-10-31T00:00:00Z`),
  last: dayNumber(`${year}-12-31T00:00:00Z`),
});

const isOf = ({ order }: Ordered, year: Year): boolean => order.on >= year.first && order.on <= year.last;

/** What the chart has last said of it decides, whatever became of it here. */
const inMeasure = (facts: ReferralFacts): facts is Ordered => stoodInChart(facts) && facts.chart === 'active';

/** Of everybody's referrals, whatever is looked at: the first of each patient. */
function firstReferrals({ all, pseudonymOf }: Whole, year: Year): Set<string> {
  const first = new Map<string, Ordered>();
  const rank = (facts: Ordered): [number, number, string] => [facts.order.on, facts.startedOn, pseudonymOf(facts.id)];
  for (const facts of all.filter(inMeasure)) {
    if (!isOf(facts, year) || facts.order.on > year.october) continue;
    const before = first.get(facts.patient);
    const [[on, started, name], [onBefore, startedBefore, nameBefore]] = [rank(facts), rank(before ?? facts)];
    const earlier = on !== onBefore ? on < onBefore : started !== startedBefore ? started < startedBefore : name < nameBefore;
    if (before === undefined || earlier) first.set(facts.patient, facts);
  }
  return new Set([...first.values()].map(({ id }) => id));
}

/** The day of the first final report that is linked and came on the day of the order or later. */
function reportedOn({ order }: Ordered): number | null {
  const days = order.reports
    .filter(({ form, attempt, received }) => form === 'final' && attempt !== null && received.knownOn >= order.on)
    .map(({ received }) => received.knownOn);
  return days.length === 0 ? null : Math.min(...days);
}

const isReported = (facts: Ordered, { last }: Year): boolean => (reportedOn(facts) ?? Number.POSITIVE_INFINITY) <= last;

const referrals =
  (ofYear: number): WholeOracle =>
  (looked, _today, whole) => {
    const year = yearOf(ofYear);
    const first = firstReferrals(whole, year);
    const inChart = looked.filter(stoodInChart);
    const ofThisYear = inChart.filter((each) => isOf(each, year));
    const measured = ofThisYear.filter(inMeasure);
    const inTime = measured.filter(({ order }) => order.on <= year.october);
    const counted = inTime.filter(({ id }) => first.has(id));
    const unanswered = counted.filter((each) => reportedOn(each) === null);
    const reported = counted.filter((each) => isReported(each, year));
    return shareRow(reported, counted, {
      reported: reported.length,
      reported_late: counted.length - unanswered.length - reported.length,
      interim_only: unanswered.filter(({ order }) => order.reports.length > 0).length,
      no_report: unanswered.filter(({ order }) => order.reports.length === 0).length,
      ended_here: counted.filter(({ order }) => order.end !== null).length,
      left_out_not_in_chart: looked.length - inChart.length,
      left_out_other_year: inChart.length - ofThisYear.length,
      left_out_revoked: ofThisYear.length - measured.length,
      left_out_after_october: measured.length - inTime.length,
      left_out_not_first: inTime.length - counted.length,
    });
  };

const missingFrom = (other: ReadonlySet<string>, own: ReadonlySet<string>): number => [...own].filter((id) => !other.has(id)).length;

const reconciliation =
  (ofYear: number): WholeOracle =>
  (looked, today, whole) => {
    const year = yearOf(ofYear);
    const first = firstReferrals(whole, year);
    const ordered = looked.filter(stoodInChart).filter((each) => isOf(each, year));
    const cancelled = ({ order: { end, visits } }: Ordered): boolean =>
      visits.length === 0 && end !== null && (end.how === 'cancelled' || end.how === 'revoked');
    const kept = ordered.filter((each) => !cancelled(each));
    const visits = kept.filter(({ service }) => service === 'visit');
    const closed = (each: Ordered): boolean => closedOn(each) !== null;
    const closedInTime = (each: Ordered): boolean => (closedOn(each) ?? Number.POSITIVE_INFINITY) - each.order.on <= MATURE;
    const reported = (each: Ordered): boolean => isReported(each, year);
    const inChart = ordered.filter(inMeasure);
    const byOctober = inChart.filter(({ order }) => order.on <= year.october);
    const steps: [string, Ordered[], (each: Ordered) => boolean][] = [
      ['closed-loop', visits.filter(({ order }) => today - order.on >= MATURE), closedInTime],
      ['every-age', visits, closedInTime],
      ['at-any-time', visits, closed],
      ['every-service', kept, closed],
      ['as-in-chart', inChart, closed],
      ['received', inChart, reported],
      ['until-october', byOctober, reported],
      ['first-only', byOctober.filter(({ id }) => first.has(id)), reported],
    ];
    let [before, countedBefore]: [Set<string>, Set<string>] = [new Set(), new Set()];
    return steps.map(([category, among, counts], at): OracleRow => {
      const counted = among.filter(counts);
      const [now, countedNow] = [new Set(idsOf(among)), new Set(idsOf(counted))];
      if (at === 0) [before, countedBefore] = [now, countedNow];
      const parts = {
        counted: counted.length,
        added: missingFrom(before, now),
        removed: missingFrom(now, before),
        gained: missingFrom(countedBefore, countedNow),
        lost: missingFrom(countedNow, countedBefore),
      };
      [before, countedBefore] = [now, countedNow];
      return { category, ...shareRow(counted, among, parts) };
    });
  };

const STAGES = ['report-to-settle', 'seen', 'scheduled', 'scheduled-too-late', 'not-scheduled', 'ended-here'] as const;

function stageOf({ order: { reports, visits, end, bookings } }: Ordered, today: number, { last }: Year): (typeof STAGES)[number] {
  if (reports.length > 0) return 'report-to-settle';
  if (visits.length > 0) return 'seen';
  if (end !== null) return 'ended-here';
  const next = bookings
    .filter(({ attempt, kept, lost }, at) => {
      const moved = bookings.some((each, later) => later > at && each.attempt === attempt);
      return !kept && lost === null && !moved;
    })
    .map(({ startsOn }) => startsOn)
    .filter((day) => day >= today);
  if (next.length === 0) return 'not-scheduled';
  return Math.min(...next) <= last ? 'scheduled' : 'scheduled-too-late';
}

const open =
  (ofYear: number): WholeOracle =>
  (looked, today, whole) => {
    const year = yearOf(ofYear);
    const first = firstReferrals(whole, year);
    const waiting = today > year.last ? [] : looked.filter(stoodInChart).filter((each) => first.has(each.id) && reportedOn(each) === null);
    return STAGES.map((category): OracleRow => {
      const here = waiting.filter((each) => stageOf(each, today, year) === category);
      const share = goodman(here.length, waiting.length, STAGES.length) ?? { value: null, low: null, high: null };
      return { category, n: waiting.length, ...share, parts: { open: here.length }, numerator: idsOf(here), denominator: idsOf(waiting) };
    });
  };

/** The year that is asked for; null: that of the snapshot, which is 2027. */
export const CMS50_YEARS: Readonly<Record<string, number | null>> = { cms50_referrals: 2026, cms50_reconciliation: 2026, cms50_open: null };

export const CMS50_ORACLES: Readonly<Record<string, WholeOracle>> = {
  cms50_referrals: referrals(2026),
  cms50_reconciliation: reconciliation(2026),
  cms50_open: open(2027),
};
