/** What becomes of those ordered, by age and by stage, once more by the definitions in English. */
import { MATURE, type Oracle, type Ordered, shareRow, stoodInChart } from './oracle-row.ts';
import { closedOn, firstNote, firstVisit } from './referral-facts.ts';

const AGES = [30, 60, 90, 120, 150, 180];

/** Each age judges for itself who is old enough for it. */
export const cohortCompletion: Oracle = (referrals, today) => {
  const inChart = referrals.filter(stoodInChart);
  const forVisit = inChart.filter(({ service }) => service === 'visit');
  return AGES.map((age) => {
    const oldEnough = forVisit.filter(({ order }) => today - order.on >= age);
    const attended = oldEnough.filter(({ order }) => {
      const knownOn = firstVisit(order.visits)?.knownOn;
      return knownOn !== undefined && knownOn - order.on <= age;
    });
    return {
      category: `day-${age}`,
      ...shareRow(attended, oldEnough, {
        attended: attended.length,
        left_out_young: forVisit.length - oldEnough.length,
        left_out_not_in_chart: referrals.length - inChart.length,
        left_out_no_visit_asked: inChart.length - forVisit.length,
      }),
    };
  });
};

/** The stages after the order, each with the day by which it had happened. */
const STAGES: readonly [string, (facts: Ordered) => number | null | undefined][] = [
  ['sent', ({ order }) => order.first.sent?.knownOn],
  ['accepted', ({ order }) => order.first.accepted?.knownOn],
  ['scheduled', ({ order }) => order.bookedBy],
  ['seen', ({ order }) => order.first.seen?.knownOn],
  ['noted', ({ order }) => firstNote(order)?.received.knownOn],
  ['reviewed', closedOn],
];

export const loopFunnel: Oracle = (referrals, today) => {
  const inChart = referrals.filter(stoodInChart);
  const forVisit = inChart.filter(({ service }) => service === 'visit');
  const mature = forVisit.filter(({ order }) => order.on + MATURE <= today);
  const within = (facts: Ordered, day: number | null | undefined): boolean => typeof day === 'number' && day - facts.order.on <= MATURE;
  /** How many stages after the order, by the last one that is known of. */
  const came = new Map(mature.map((facts) => [facts, STAGES.findLastIndex(([, dayOf]) => within(facts, dayOf(facts))) + 1]));
  return ['ordered', ...STAGES.map(([name]) => name)].map((category, position) => {
    const reached = mature.filter((facts) => (came.get(facts) ?? 0) >= position);
    const stopped = mature.filter((facts) => came.get(facts) === position - 1);
    const beforeNote = position <= 4;
    return {
      category,
      ...shareRow(reached, mature, {
        reached: reached.length,
        stopped_before: stopped.length,
        seen_elsewhere: beforeNote ? stopped.filter((facts) => within(facts, firstVisit(facts.order.visits)?.knownOn)).length : 0,
        still_open: stopped.filter(({ order }) => order.end === null).length,
        left_out_young: forVisit.length - mature.length,
        left_out_not_in_chart: referrals.length - inChart.length,
        left_out_no_visit_asked: inChart.length - forVisit.length,
      }),
    };
  });
};
