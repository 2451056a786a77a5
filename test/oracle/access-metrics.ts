/** Who is seen how soon, and who is ordered, once more by their definitions in English. */
import { type Oracle, shareRow, stoodInChart } from './oracle-row.ts';
import { seenOnOf } from './referral-facts.ts';

/** @param days how many days after the order the look is taken */
const seenWithin =
  (days: number): Oracle =>
  (referrals, today) => {
    const inChart = referrals.filter(stoodInChart);
    const forVisit = inChart.filter(({ service }) => service === 'visit');
    const followed = forVisit.filter(({ order }) => order.on + days <= today);
    const timed = followed.filter(({ order }) => order.visits.length === 0 || seenOnOf(order) !== null);
    const seen = timed.filter(({ order }) => {
      const seenOn = seenOnOf(order);
      return seenOn !== null && seenOn - order.on <= days && (order.end === null || seenOn <= order.end.on);
    });
    const lost = timed.filter((each) => !seen.includes(each) && each.order.end !== null && each.order.end.on - each.order.on <= days);
    return shareRow(seen, timed, {
      seen: seen.length,
      lost: lost.length,
      waiting: timed.length - seen.length - lost.length,
      left_out_young: forVisit.length - followed.length,
      left_out_undated: followed.length - timed.length,
      left_out_not_in_chart: referrals.length - inChart.length,
      left_out_no_visit_asked: inChart.length - forVisit.length,
    });
  };

const override: Oracle = (referrals) => {
  const inChart = referrals.filter(stoodInChart);
  const ranked = inChart.filter(({ recommended }) => recommended);
  const ofRank = (is: (rank: number | null) => boolean): number => ranked.filter(({ order }) => is(order.rank)).length;
  return shareRow(
    ranked.filter(({ order }) => order.rank !== 1),
    ranked,
    {
      first: ofRank((rank) => rank === 1),
      second: ofRank((rank) => rank === 2),
      third: ofRank((rank) => rank === 3),
      later: ofRank((rank) => rank !== null && rank > 3),
      by_name: ofRank((rank) => rank === null),
      left_out_not_recommended: inChart.length - ranked.length,
      left_out_not_in_chart: referrals.length - inChart.length,
    },
  );
};

export const ACCESS_ORACLES: Record<string, Oracle> = { override, seen_within_30: seenWithin(30), seen_within_60: seenWithin(60) };
