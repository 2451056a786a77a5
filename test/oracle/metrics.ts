/** Metrics once more, by their definitions in English, from the facts of each referral. */
import { ACCESS_ORACLES } from './access-metrics.ts';
import { CMS50_ORACLES } from './cms50-metrics.ts';
import { cohortCompletion, loopFunnel } from './cohort-metrics.ts';
import { LOOP_ORACLES } from './loop-metrics.ts';
import { LOSS_ORACLES } from './losses.ts';
import { NETWORK_ORACLES } from './network-metrics.ts';
import { MATURE, type Oracle, type Ordered, ratio, shareRow, stoodInChart, type WholeOracle } from './oracle-row.ts';
import { firstVisit, isLawfulChoice, seenOnOf } from './referral-facts.ts';
import { TIME_ORACLES } from './time-metrics.ts';
import { WHOLE_WORK_ORACLES, WORK_ORACLES } from './work-metrics.ts';

export const completion: Oracle = (referrals, today) => {
  const inChart = referrals.filter(stoodInChart);
  const forVisit = inChart.filter(({ service }) => service === 'visit');
  const mature = forVisit.filter(({ order }) => order.on + MATURE <= today);
  const within = (day: number | undefined | null, { order }: Ordered): boolean =>
    day !== undefined && day !== null && day - order.on <= MATURE;
  const seen = (each: Ordered): number | undefined => firstVisit(each.order.visits)?.knownOn;
  const attended = mature.filter((each) => within(seen(each), each));
  const scheduled = mature.filter((each) => within(each.order.bookedBy, each) || within(seen(each), each));
  const unseen = mature.filter((each) => each.order.visits.length === 0);
  const endedBy = (...how: string[]): number => unseen.filter(({ order }) => order.end !== null && how.includes(order.end.how)).length;
  return shareRow(attended, mature, {
    scheduled_rate: ratio(scheduled.length, mature.length),
    kept_rate: ratio(attended.length, scheduled.length),
    scheduled: scheduled.length,
    attended: attended.length,
    attended_later: mature.length - attended.length - unseen.length,
    undated: attended.filter(({ order }) => seenOnOf(order) === null).length,
    declined_by_patient: endedBy('patient-declined'),
    cancelled: endedBy('cancelled', 'revoked'),
    expired: endedBy('expired'),
    died: endedBy('died'),
    still_open: unseen.filter(({ order }) => order.end === null).length,
    left_out_young: forVisit.length - mature.length,
    left_out_not_in_chart: referrals.length - inChart.length,
    left_out_no_visit_asked: inChart.length - forVisit.length,
  });
};

export const networkLeakage: Oracle = (referrals, today) => {
  const inChart = referrals.filter(stoodInChart);
  const mature = inChart.filter(({ order }) => order.on + MATURE <= today);
  const known: { facts: Ordered; network: string; asked: string; lawful: boolean }[] = [];
  let [notSeen, unknown] = [0, 0];
  for (const facts of mature) {
    const visit = firstVisit(facts.order.visits);
    if (!visit) notSeen += 1;
    else if (visit.network === 'unknown') unknown += 1;
    else {
      known.push({ facts, network: visit.network, asked: visit.askedNetwork, lawful: isLawfulChoice(facts, visit) });
    }
  }
  const out = known.filter(({ network }) => network === 'out');
  const leaked = out.filter(({ lawful }) => !lawful);
  const asked = (network: string): number => leaked.filter((each) => each.asked === network).length;
  return shareRow(
    leaked.map(({ facts }) => facts),
    known.map(({ facts }) => facts),
    {
      leaked: leaked.length,
      ordered_out: asked('out'),
      ordered_in_went_out: asked('in'),
      ordered_unknown_went_out: asked('unknown'),
      lawful_choice_out: out.length - leaked.length,
      kept: known.length - out.length,
      network_unknown: unknown,
      not_seen: notSeen,
      observed_share: ratio(known.length, mature.length),
      left_out_young: inChart.length - mature.length,
      left_out_not_in_chart: referrals.length - inChart.length,
    },
  );
};

/** By the metric's folder: of those that ask nothing but the referrals that are looked at. */
export const ORACLES: Readonly<Record<string, Oracle>> = {
  cohort_completion: cohortCompletion,
  completion,
  loop_funnel: loopFunnel,
  network_leakage: networkLeakage,
  ...ACCESS_ORACLES,
  ...LOOP_ORACLES,
  ...LOSS_ORACLES,
  ...TIME_ORACLES,
  ...WORK_ORACLES,
};

/** Of every metric there is. */
export const ALL_ORACLES: Readonly<Record<string, WholeOracle>> = {
  ...ORACLES,
  ...CMS50_ORACLES,
  ...NETWORK_ORACLES,
  ...WHOLE_WORK_ORACLES,
};
