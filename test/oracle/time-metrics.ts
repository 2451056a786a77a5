/** The times once more, by their definitions in English, from the facts of each referral. */
import { idsOf, type Oracle, type OracleRow, type Ordered, stoodInChart } from './oracle-row.ts';
import { closedOn, firstNote, firstVisit, type ReferralFacts, seenOnOf } from './referral-facts.ts';
import { type Duration, lifeTable, reachesHalf } from './statistics.ts';

/** From when to when, and how it was lost before; or the rule that leaves the referral out. */
type Clock = { from: number; to: number | null; lost: { on: number; how: string } | null } | { leftOut: string };

type Time = {
  clockOf: (facts: Ordered) => Clock;
  /** Names in `parts`: of those who arrived, of the days of which the curve is told, of each way to be lost, of the rules that leave out. */
  arrived: string;
  verb: string;
  days: readonly number[];
  lost: Readonly<Record<string, string>>;
  leftOut: readonly string[];
  more?: (timed: readonly Ordered[], today: number) => OracleRow['parts'];
};

const ENDS = { declined_by_patient: 'patient-declined', cancelled: 'cancelled', expired: 'expired', died: 'died' } as const;

const endOf = ({ order: { end } }: Ordered): { on: number; how: string } | null =>
  end === null ? null : { on: end.on, how: end.how === 'revoked' ? 'cancelled' : end.how };

const TIMES: Readonly<Record<string, Time>> = {
  time_to_accept: {
    clockOf: (facts) => {
      const { sent, accepted } = facts.order.first;
      if (sent === undefined) return { leftOut: 'not-sent' };
      if (sent.day === null) return { leftOut: 'undated' };
      if (accepted !== undefined && (accepted.day === null || accepted.day < sent.day)) return { leftOut: 'undated' };
      return { from: sent.day, to: accepted?.day ?? null, lost: endOf(facts) };
    },
    arrived: 'accepted',
    verb: 'accepted',
    days: [2, 5, 14],
    lost: ENDS,
    leftOut: ['undated', 'not-sent', 'not-in-chart'],
    more: (timed, today) => ({
      declined_first: timed.filter(({ order: { first } }) => {
        const until = first.accepted?.knownOn ?? today;
        return first.declined !== undefined && first.declined.knownOn <= until;
      }).length,
    }),
  },
  time_to_schedule: {
    clockOf: (facts) => {
      const { first, on, visits } = facts.order;
      if (facts.service !== 'visit') return { leftOut: 'no-visit-asked' };
      const { booked, seen } = first;
      if (booked === undefined ? seen !== undefined : booked.day === null) return { leftOut: 'undated' };
      const end = endOf(facts);
      const visit = firstVisit(visits);
      const elsewhere = visit?.place === 'elsewhere' && visit.knownOn >= on ? { on: visit.knownOn, how: 'seen-elsewhere' } : null;
      const lost = elsewhere !== null && (end === null || elsewhere.on < end.on) ? elsewhere : end;
      return { from: on, to: booked?.day ?? null, lost };
    },
    arrived: 'booked',
    verb: 'booked',
    days: [7, 14, 30],
    lost: { seen_elsewhere: 'seen-elsewhere', ...ENDS },
    leftOut: ['undated', 'not-in-chart', 'no-visit-asked'],
  },
  time_to_appointment: {
    clockOf: (facts) => {
      const { on, visits } = facts.order;
      if (facts.service !== 'visit') return { leftOut: 'no-visit-asked' };
      const to = seenOnOf(facts.order);
      if (visits.length > 0 && to === null) return { leftOut: 'undated' };
      return { from: on, to, lost: endOf(facts) };
    },
    arrived: 'attended',
    verb: 'seen',
    days: [30, 90, 180],
    lost: ENDS,
    leftOut: ['undated', 'not-in-chart', 'no-visit-asked'],
  },
  time_to_note: {
    clockOf: (facts) => {
      const { seen } = facts.order.first;
      if (facts.service !== 'visit') return { leftOut: 'no-visit-asked' };
      if (seen === undefined) return { leftOut: 'not-seen' };
      const note = firstNote(facts.order);
      if (seen.day === null) return { leftOut: 'undated' };
      if (note !== undefined && (note.received.day === null || note.received.day < seen.day)) return { leftOut: 'undated' };
      const end = endOf(facts);
      return { from: seen.day, to: note?.received.day ?? null, lost: end !== null && end.on >= seen.day ? end : null };
    },
    arrived: 'noted',
    verb: 'noted',
    days: [7, 14, 30],
    lost: ENDS,
    leftOut: ['undated', 'not-seen', 'not-in-chart', 'no-visit-asked'],
  },
  time_to_close: {
    clockOf: (facts) => ({ from: facts.order.on, to: closedOn(facts), lost: endOf(facts) }),
    arrived: 'closed',
    verb: 'closed',
    days: [30, 90, 180],
    lost: ENDS,
    leftOut: ['not-in-chart'],
  },
};

type Way = { facts: Ordered; day: number; outcome: Duration['outcome']; how: string; arrivedAtAll: boolean };

function wayOf(facts: Ordered, { from, to, lost }: Exclude<Clock, { leftOut: string }>, today: number): Way {
  const arrivedAtAll = to !== null;
  if (to !== null && (lost === null || to <= lost.on)) return { facts, day: to - from, outcome: 'arrived', how: 'arrived', arrivedAtAll };
  if (lost !== null) return { facts, day: Math.max(0, lost.on - from), outcome: 'lost', how: lost.how, arrivedAtAll };
  return { facts, day: Math.max(0, today - from), outcome: 'censored', how: 'censored', arrivedAtAll };
}

const named = (why: string): string => `left_out_${why.replaceAll('-', '_')}`;

function timeRow(
  { clockOf, arrived, verb, days, lost, leftOut, more }: Time,
  referrals: readonly ReferralFacts[],
  today: number,
): OracleRow {
  const out = new Map<string, number>(leftOut.map((why) => [why, 0]));
  const count = (why: string): void => void out.set(why, (out.get(why) ?? 0) + 1);
  const ways: Way[] = [];
  for (const facts of referrals) {
    const clock = stoodInChart(facts) ? clockOf(facts) : { leftOut: 'not-in-chart' };
    if ('leftOut' in clock) count(clock.leftOut);
    else if (stoodInChart(facts)) ways.push(wayOf(facts, clock, today));
  }
  const how = (name: string): number => ways.filter((way) => way.how === name).length;
  const curve = lifeTable(ways);
  const lastDay = curve.at(-1);
  const isFinal = lastDay?.censored === 0;
  const by = (day: number): number | null =>
    lastDay !== undefined && (isFinal || lastDay.day >= day) ? (curve.findLast((each) => each.day <= day)?.incidence.value ?? 0) : null;
  const timed = ways.map(({ facts }) => facts);
  return {
    n: ways.length,
    value: reachesHalf(curve, ({ kaplanMeier }) => kaplanMeier.value),
    low: reachesHalf(curve, ({ kaplanMeier }) => kaplanMeier.high),
    high: reachesHalf(curve, ({ kaplanMeier }) => kaplanMeier.low),
    numerator: idsOf(ways.filter(({ outcome }) => outcome === 'arrived').map(({ facts }) => facts)),
    denominator: idsOf(timed),
    parts: {
      [arrived]: how('arrived'),
      ...Object.fromEntries(Object.entries(lost).map(([name, each]) => [name, how(each)])),
      censored: how('censored'),
      [`${verb}_after_end`]: ways.filter(({ outcome, arrivedAtAll }) => outcome !== 'arrived' && arrivedAtAll).length,
      ...Object.fromEntries(days.map((day) => [`${verb}_by_${day}`, by(day)])),
      median_of_all: reachesHalf(curve, ({ incidence }) => incidence.value),
      followed_days: lastDay?.day ?? null,
      ...Object.fromEntries([...out].map(([why, many]) => [named(why), many])),
      ...more?.(timed, today),
    },
    curve,
  };
}

export const TIME_ORACLES: Readonly<Record<string, Oracle>> = Object.fromEntries(
  Object.entries(TIMES).map(([id, time]) => [id, (referrals: readonly ReferralFacts[], today: number) => timeRow(time, referrals, today)]),
);
