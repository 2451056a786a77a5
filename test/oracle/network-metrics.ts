/** What the network can take and what it keeps, once more by the definitions in English. */
import type { RevenueAssumptions } from '@refloop/analytics/assumptions';
import { idsOf, type OracleRow, type Ordered, shareRow, stoodInChart, type Whole, type WholeOracle } from './oracle-row.ts';
import { closedOn, firstVisit, type ReferralFacts, seenOnOf } from './referral-facts.ts';
import { wilson } from './statistics.ts';

const LOOKED_BACK = 365;
const VERIFIED = 180;
const NEAR_MILES = 30;
const SEVERAL = 3;

/** The census keeps too few people in 036 for it to be told. */
const TOLD_ZIP3 = (zip3: string | null | undefined): string | null => (zip3 === '036' ? null : (zip3 ?? null));

/** Whose patients a specialist must have taken to be verified for this one; null where the order does not say enough. */
function neighboursOf({ specialty, order }: Ordered): string | null {
  const [payer, zip3] = [order.setting?.payer ?? null, TOLD_ZIP3(order.setting?.zip3)];
  return payer === null || zip3 === null ? null : JSON.stringify([specialty, payer, zip3]);
}

/** The specialists who verifiably take such patients, by whose they are. */
function verified({ all }: Whole, today: number): Map<string, Set<string>> {
  const specialists = new Map<string, Set<string>>();
  for (const facts of all.filter(stoodInChart)) {
    const { service, order } = facts;
    const neighbours = neighboursOf(facts);
    const miles = order.setting?.miles ?? null;
    if (neighbours === null || service !== 'visit' || order.network !== 'in' || miles === null || miles > NEAR_MILES) continue;
    if (order.answer?.how !== 'accepted' || today - order.answer.on >= VERIFIED) continue;
    specialists.set(neighbours, (specialists.get(neighbours) ?? new Set()).add(order.performer));
  }
  return specialists;
}

const isLately = ({ order }: Ordered, today: number): boolean => today - order.on < LOOKED_BACK;

/** Of the orders looked at that can be counted, the latest of each patient and specialty. */
function latest({ looked, pseudonymOf }: Whole, today: number): Set<string> {
  const last = new Map<string, Ordered>();
  for (const facts of looked.filter(stoodInChart)) {
    if (facts.service !== 'visit' || !isLately(facts, today) || neighboursOf(facts) === null) continue;
    const key = JSON.stringify([facts.patient, facts.specialty]);
    const before = last.get(key);
    const isLater =
      before === undefined ||
      facts.order.on > before.order.on ||
      (facts.order.on === before.order.on && pseudonymOf(facts.id) > pseudonymOf(before.id));
    if (isLater) last.set(key, facts);
  }
  return new Set([...last.values()].map(({ id }) => id));
}

const networkAdequacy: WholeOracle = (referrals, today, whole) => {
  const specialists = verified(whole, today);
  const counted = latest(whole, today);
  const inChart = referrals.filter(stoodInChart);
  const forVisit = inChart.filter(({ service }) => service === 'visit');
  const lately = forVisit.filter((each) => isLately(each, today));
  const placed = lately.filter((each) => neighboursOf(each) !== null);
  const patients = placed.filter(({ id }) => counted.has(id));
  const near = (each: Ordered): number => specialists.get(neighboursOf(each) ?? '')?.size ?? 0;
  const withOne = patients.filter((each) => near(each) > 0);
  const withSeveral = patients.filter((each) => near(each) >= SEVERAL);
  const several = wilson(withSeveral.length, patients.length);
  return shareRow(withOne, patients, {
    with_one: withOne.length,
    with_several: withSeveral.length,
    several_share: several?.value ?? null,
    several_low: several?.low ?? null,
    several_high: several?.high ?? null,
    without: patients.length - withOne.length,
    left_out_old: forVisit.length - lately.length,
    left_out_place_unknown: lately.length - placed.length,
    left_out_not_in_chart: referrals.length - inChart.length,
    left_out_no_visit_asked: inChart.length - forVisit.length,
  });
};

/** What a made-up site assumes: nothing of orthopaedics, and so little for a patient that many reach it. */
export const ASSUMPTIONS: RevenueAssumptions = {
  synthetic: true,
  source: 'Made up for the comparison.',
  attribution: { low: 0.3, high: 0.55 },
  capPerPatient: 1700,
  allowedAmounts: { cardiology: { low: 400, high: 1400.5 }, dermatology: { low: 150.25, high: 500 } },
  returnOnInvestment: {
    recapturedShare: { low: 0.02, high: 0.1 },
    minutesSaved: { low: 1.5, high: 15 },
    wagePerHour: { low: 25, high: 35.5 },
    costPerReferral: { low: 4, high: 8.25 },
  },
};

const EPISODE = 90;

const firstSeen = ({ order }: Ordered): number => seenOnOf(order) ?? firstVisit(order.visits)?.knownOn ?? Number.NaN;
const seenIn = (facts: ReferralFacts): facts is Ordered => stoodInChart(facts) && firstVisit(facts.order.visits)?.network === 'in';

/** Of everybody's referrals seen in the network, those that begin no episode: seen at most 90 days after the one before. */
function laterOfEpisode({ all, pseudonymOf }: Whole): Set<string> {
  const later = new Set<string>();
  const ofOne = Map.groupBy(all.filter(seenIn), ({ patient, specialty }) => JSON.stringify([patient, specialty]));
  for (const visits of ofOne.values()) {
    visits.sort((left, right) => firstSeen(left) - firstSeen(right) || (pseudonymOf(left.id) < pseudonymOf(right.id) ? -1 : 1));
    for (const [at, each] of visits.entries()) {
      const before = visits[at - 1];
      if (before !== undefined && firstSeen(each) - firstSeen(before) <= EPISODE) later.add(each.id);
    }
  }
  return later;
}

const revenueCapture: WholeOracle = (referrals, _today, whole) => {
  const later = laterOfEpisode(whole);
  const { attribution, capPerPatient, allowedAmounts } = ASSUMPTIONS;
  const inChart = referrals.filter(stoodInChart);
  const seenBy = (network: string | undefined): Ordered[] => inChart.filter(({ order }) => firstVisit(order.visits)?.network === network);
  const kept = seenBy('in');
  const begun = kept.filter(({ id }) => !later.has(id));
  const counted = begun.filter(({ specialty }) => allowedAmounts[specialty] !== undefined);
  const ofPatient = [...Map.groupBy(counted, ({ patient }) => patient).values()];
  const sums = (end: 'low' | 'high'): number[] =>
    ofPatient.map((orders) => orders.reduce((sum, { specialty }) => sum + (allowedAmounts[specialty]?.[end] ?? 0), 0));
  const total = (end: 'low' | 'high'): number | null =>
    counted.length === 0 ? null : attribution[end] * sums(end).reduce((sum, each) => sum + Math.min(each, capPerPatient), 0);
  const row: OracleRow = {
    n: counted.length,
    value: null,
    low: total('low'),
    high: total('high'),
    parts: {
      patients: ofPatient.length,
      capped_patients: sums('high').filter((sum) => sum > capPerPatient).length,
      attribution_low: attribution.low,
      attribution_high: attribution.high,
      cap_dollars: capPerPatient,
      left_out_no_amount: begun.length - counted.length,
      left_out_same_episode: kept.length - begun.length,
      left_out_seen_outside: seenBy('out').length,
      left_out_network_unknown: seenBy('unknown').length,
      left_out_not_seen: seenBy(undefined).length,
      left_out_not_in_chart: referrals.length - inChart.length,
    },
    numerator: idsOf(counted),
    denominator: idsOf(counted),
  };
  return row;
};

const returnOnInvestment: WholeOracle = (referrals, today, whole) => {
  const { attribution, returnOnInvestment: assumed } = ASSUMPTIONS;
  const [money] = [revenueCapture(referrals, today, whole)].flat();
  if (!assumed || !money) throw new Error('The oracle assumes something of both.');
  const inChart = referrals.filter(stoodInChart);
  const closed = inChart.filter((each) => closedOn(each) !== null).length;
  const recaptured = (end: 'low' | 'high'): number => (money[end] ?? 0) * assumed.recapturedShare[end];
  const staff = (end: 'low' | 'high'): number => ((closed * assumed.minutesSaved[end]) / 60) * assumed.wagePerHour[end];
  const cost = (end: 'low' | 'high'): number => inChart.length * assumed.costPerReferral[end];
  const isEmpty = inChart.length === 0;
  return {
    n: inChart.length,
    value: null,
    low: isEmpty ? null : recaptured('low') + staff('low') - cost('high'),
    high: isEmpty ? null : recaptured('high') + staff('high') - cost('low'),
    parts: {
      kept_referrals: money.n,
      closed_referrals: closed,
      recaptured_low_dollars: recaptured('low'),
      recaptured_high_dollars: recaptured('high'),
      staff_low_dollars: staff('low'),
      staff_high_dollars: staff('high'),
      cost_low_dollars: cost('low'),
      cost_high_dollars: cost('high'),
      attribution_low: attribution.low,
      attribution_high: attribution.high,
      recaptured_share_low: assumed.recapturedShare.low,
      recaptured_share_high: assumed.recapturedShare.high,
      minutes_saved_low: assumed.minutesSaved.low,
      minutes_saved_high: assumed.minutesSaved.high,
      wage_low_dollars: assumed.wagePerHour.low,
      wage_high_dollars: assumed.wagePerHour.high,
      cost_each_low_dollars: assumed.costPerReferral.low,
      cost_each_high_dollars: assumed.costPerReferral.high,
      left_out_not_in_chart: referrals.length - inChart.length,
    },
    numerator: money.numerator,
    denominator: idsOf(inChart),
  };
};

export const NETWORK_ORACLES: Readonly<Record<string, WholeOracle>> = {
  network_adequacy: networkAdequacy,
  return_on_investment: returnOnInvestment,
  revenue_capture: revenueCapture,
};
