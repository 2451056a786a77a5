/** The metrics of loss once more: out-of-network orders, denials, reasons for being seen outside, lost referrals and their causes. */
import { type LossReason, lossBucketOf } from '@refloop/domain/referral/loss-reason';
import { idsOf, MATURE, type Oracle, type OracleRow, type Ordered, ratio, shareRow, stoodInChart } from './oracle-row.ts';
import { firstVisit, type ReferralFacts } from './referral-facts.ts';
import { goodman } from './statistics.ts';

/** The definition's words: which override is which reason, and what a decline tells. */
const OVERRIDES: Record<string, string> = {
  'patient-prefers': 'patient-preference',
  'insurer-determines': 'insurer-determined',
  'medical-interest': 'physician-judgement',
  continuity: 'default-choice',
  capacity: 'specialist-full',
  language: 'no-language-or-access',
};
const DECLINES: Record<string, string> = {
  'wrong-specialty': 'wrong-specialty',
  'not-in-plan': 'plan-mismatch',
  'packet-incomplete': 'packet-incomplete',
  'authorization-missing': 'authorization-delay',
  'out-of-area': 'too-far',
};
const REASONS: Record<string, string[]> = {
  access: ['wait-too-long', 'too-far', 'no-language-or-access'],
  'network-gap': ['no-subspecialty-in-network', 'specialist-full'],
  data: ['directory-wrong', 'plan-mismatch', 'wrong-specialty'],
  process: ['authorization-delay', 'packet-incomplete', 'no-outreach'],
  habit: ['default-choice'],
  'lawful-choice': ['patient-preference', 'insurer-determined', 'physician-judgement'],
  unknown: ['unknown'],
};
const STOPS: Record<string, string[]> = {
  ...REASONS,
  process: [...(REASONS['process'] ?? []), 'not-sent', 'no-answer', 'not-booked', 'appointment-lost'],
  denial: ['denied'],
  ended: ['patient-declined', 'withdrawn', 'died'],
};
const AVOIDABLE = ['access', 'network-gap', 'data', 'process', 'habit'];
const kindOf = (group: string): string => {
  if (AVOIDABLE.includes(group)) return 'avoidable';
  if (group === 'denial') return 'denied';
  return group === 'unknown' ? 'unknown' : 'not-avoidable';
};
export const groupOf = (cause: string): string => Object.entries(STOPS).find(([, causes]) => causes.includes(cause))?.[0] ?? 'unknown';

const outOfNetworkOrders: Oracle = (referrals) => {
  const inChart = referrals.filter(stoodInChart);
  const known = inChart.filter(({ order }) => order.network !== 'unknown');
  const out = known.filter(({ order }) => order.network === 'out');
  const why = (facts: Ordered): string | null => facts.obstacles?.overrideReason ?? null;
  const lawful = out.filter((each) => groupOf(OVERRIDES[why(each) ?? ''] ?? '') === 'lawful-choice');
  const silent = out.filter((each) => why(each) === null);
  return shareRow(out, known, {
    ordered_out: out.length,
    by_lawful_choice: lawful.length,
    by_other_reason: out.length - lawful.length - silent.length,
    without_reason: silent.length,
    network_unknown: inChart.length - known.length,
    left_out_not_in_chart: referrals.length - inChart.length,
  });
};

const everDenied = ({ obstacles }: ReferralFacts): boolean => obstacles?.authorization?.said.some(({ denied }) => denied) ?? false;
const lastSaid = ({ obstacles }: ReferralFacts) => obstacles?.authorization?.last;

/** A later "not needed" takes a denial away as an approval does. */
const isOverturned = (each: ReferralFacts): boolean =>
  everDenied(each) && (lastSaid(each) === 'approved' || lastSaid(each) === 'not-needed');

const denial: Oracle = (referrals) => {
  const inChart = referrals.filter(stoodInChart);
  const judged = inChart.filter((each) => everDenied(each) || lastSaid(each) === 'approved' || lastSaid(each) === 'denied');
  const denied = judged.filter((each) => lastSaid(each) === 'denied' || lastSaid(each) === 'pending');
  const ever = judged.filter(everDenied);
  const overturned = ever.filter(isOverturned);
  return shareRow(denied, judged, {
    denied: denied.length,
    ever_denied: ever.length,
    first_denial_rate: ratio(ever.length, judged.length),
    overturned: overturned.length,
    overturned_share: ratio(overturned.length, ever.length),
    asked_again: judged.filter((each) => lastSaid(each) === 'pending').length,
    pending: inChart.filter((each) => lastSaid(each) === 'pending' && !everDenied(each)).length,
    left_out_not_asked: inChart.filter((each) => lastSaid(each) === undefined).length,
    left_out_not_needed: inChart.filter((each) => lastSaid(each) === 'not-needed' && !everDenied(each)).length,
    left_out_not_in_chart: referrals.length - inChart.length,
  });
};

type Part = { category: string; members: Ordered[]; parts: OracleRow['parts'] };

const divided = (denominator: readonly Ordered[], categories: number, parts: readonly Part[]): OracleRow[] =>
  parts.map(({ category, members, parts: numbers }) => ({
    category,
    n: denominator.length,
    ...(goodman(members.length, denominator.length, categories) ?? { value: null, low: null, high: null }),
    parts: numbers,
    numerator: idsOf(members),
    denominator: idsOf(denominator),
  }));

const denialReasons: Oracle = (referrals) => {
  const denied = referrals.filter(stoodInChart).filter(everDenied);
  const first = ({ obstacles }: Ordered): string =>
    obstacles?.authorization?.said.flatMap((each) => (each.denied ? [each.reason] : []))[0] ?? 'other';
  const reasons = ['not-medically-necessary', 'information-missing', 'not-covered', 'out-of-network', 'other'];
  return divided(
    denied,
    reasons.length,
    reasons.map((category) => {
      const members = denied.filter((each) => first(each) === category);
      const overturned = members.filter(isOverturned).length;
      return { category, members, parts: { denied: members.length, overturned, stands: members.length - overturned } };
    }),
  );
};

const recordedReason = ({ lossReason }: ReferralFacts): string | null => (lossReason === 'unknown' ? null : lossReason);
const isLawful = (reason: string | null): boolean => reason !== null && lossBucketOf(reason as LossReason) === 'lawful-choice';

type Cause = { cause: string; recorded: boolean };

/** What a referral whose patient was seen outside is lost by. */
export function leakOf(facts: Ordered): Cause {
  const recorded = recordedReason(facts);
  const given = firstVisit(facts.order.visits)?.approvedPerformer === true ? OVERRIDES[facts.obstacles?.overrideReason ?? ''] : undefined;
  const lawfulOverride = given !== undefined && groupOf(given) === 'lawful-choice';
  const cause = lawfulOverride && !isLawful(recorded) ? given : (recorded ?? given ?? 'unknown');
  return { cause, recorded: recorded !== null && recorded === cause };
}

function stopOf({ order, obstacles }: Ordered): string {
  if (order.end?.how === 'died') return 'died';
  if (obstacles?.authorization?.last === 'denied') return 'denied';
  if (order.end?.how === 'cancelled' || order.end?.how === 'revoked') return 'withdrawn';
  if (order.end?.how === 'patient-declined') return 'patient-declined';
  if (order.visits.length > 0) return 'wait-too-long';
  if (obstacles?.authorization?.last === 'pending') return 'authorization-delay';
  if (!obstacles) return 'not-sent';
  const { declined, lastOfAppointment, booked, accepted, lastContact, sent } = obstacles;
  if (declined !== null) return DECLINES[declined] ?? 'specialist-full';
  if (lastOfAppointment === 'missed' || lastOfAppointment === 'cancelled') return 'appointment-lost';
  if (booked) return 'unknown';
  if (accepted) return lastContact === 'reached' ? 'not-booked' : 'no-outreach';
  return sent ? 'no-answer' : 'not-sent';
}

function unseenOf(facts: Ordered): Cause {
  const [recorded, stop] = [recordedReason(facts), stopOf(facts)];
  const cause = stop === 'died' || stop === 'denied' ? stop : (recorded ?? stop);
  return { cause, recorded: recorded !== null && recorded === cause };
}

const seenOutside = (referrals: readonly ReferralFacts[], today: number): Ordered[] =>
  referrals.filter(stoodInChart).filter(({ order }) => order.on + MATURE <= today && firstVisit(order.visits)?.network === 'out');

const leakageReasons: Oracle = (referrals, today) => {
  const out = seenOutside(referrals, today).map((facts) => ({ facts, ...leakOf(facts) }));
  const known = out.filter(({ cause }) => cause !== 'unknown').length;
  const groups = Object.entries(REASONS);
  return divided(
    out.map(({ facts }) => facts),
    groups.flatMap(([, causes]) => causes).length,
    groups.flatMap(([group, causes]) => {
      const inGroup = out.filter(({ cause }) => causes.includes(cause)).length;
      const ofGroup = goodman(inGroup, out.length, groups.length);
      return causes.map((cause) => {
        const members = out.filter((each) => each.cause === cause);
        const ofKnown = cause === 'unknown' ? null : goodman(members.length, known, 15);
        return {
          category: `${group}/${cause}`,
          members: members.map(({ facts }) => facts),
          parts: {
            went_out: members.length,
            recorded: members.filter(({ recorded }) => recorded).length,
            known,
            of_known_share: ofKnown?.value ?? null,
            of_known_low: ofKnown?.low ?? null,
            of_known_high: ofKnown?.high ?? null,
            group_out: inGroup,
            group_share: ofGroup?.value ?? null,
            group_low: ofGroup?.low ?? null,
            group_high: ofGroup?.high ?? null,
          },
        };
      });
    }),
  );
};

type Lost = Cause & { facts: Ordered; way: 'leaked' | 'unseen'; group: string };

function lostOf(facts: Ordered): Lost[] {
  const visit = firstVisit(facts.order.visits);
  const inTime = visit !== undefined && visit.knownOn - facts.order.on <= MATURE;
  if (!inTime) {
    const unseen = unseenOf(facts);
    return [{ facts, way: 'unseen', group: groupOf(unseen.cause), ...unseen }];
  }
  const leak = leakOf(facts);
  if (visit.network !== 'out' || groupOf(leak.cause) === 'lawful-choice') return [];
  return [{ facts, way: 'leaked', group: groupOf(leak.cause), ...leak }];
}

function lost(referrals: readonly ReferralFacts[], today: number) {
  const inChart = referrals.filter(stoodInChart);
  const forVisit = inChart.filter(({ service }) => service === 'visit');
  const mature = forVisit.filter(({ order }) => order.on + MATURE <= today);
  const all = mature.flatMap(lostOf);
  const sameWay = (way: string): number => all.filter((each) => each.way === way).length;
  return { inChart, forVisit, mature, all, sameWay };
}

const lostReferrals: Oracle = (referrals, today) => {
  const { inChart, forVisit, mature, all, sameWay } = lost(referrals, today);
  const kinds = ['leaked/avoidable', 'leaked/unknown', 'unseen/avoidable', 'unseen/not-avoidable', 'unseen/denied', 'unseen/unknown'];
  return divided(
    mature,
    kinds.length + 1,
    kinds.map((category) => {
      const members = all.filter(({ way, group }) => `${way}/${kindOf(group)}` === category);
      const same = sameWay(category.split('/')[0] ?? '');
      return {
        category,
        members: members.map(({ facts }) => facts),
        parts: {
          lost: members.length,
          same_way: same,
          of_way_share: ratio(members.length, same),
          left_out_young: forVisit.length - mature.length,
          left_out_not_in_chart: referrals.length - inChart.length,
          left_out_no_visit_asked: inChart.length - forVisit.length,
        },
      };
    }),
  );
};

const lostCauses: Oracle = (referrals, today) => {
  const { mature, all, sameWay } = lost(referrals, today);
  const leaks = Object.entries(REASONS).filter(([group]) => group !== 'lawful-choice');
  const rows = [
    ...leaks.flatMap(([group, causes]) => causes.map((cause) => ({ way: 'leaked', group, cause }))),
    ...Object.entries(STOPS).flatMap(([group, causes]) => causes.map((cause) => ({ way: 'unseen', group, cause }))),
  ];
  return divided(
    mature,
    rows.length + 1,
    rows.map(({ way, group, cause }) => {
      const members = all.filter((each) => each.way === way && each.cause === cause);
      const recorded = members.filter((each) => each.recorded).length;
      return {
        category: `${way}/${group}/${cause}`,
        members: members.map(({ facts }) => facts),
        parts: {
          lost: members.length,
          recorded,
          observed: members.length - recorded,
          same_way: sameWay(way),
          of_way_share: ratio(members.length, sameWay(way)),
        },
      };
    }),
  );
};

export const LOSS_ORACLES: Record<string, Oracle> = {
  denial,
  denial_reasons: denialReasons,
  leakage_reasons: leakageReasons,
  lost_causes: lostCauses,
  lost_referrals: lostReferrals,
  out_of_network_orders: outOfNetworkOrders,
};
