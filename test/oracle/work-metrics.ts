/** What the work of the practice and the patients' own part come to, once more, by the definitions in English. */
import { idsOf, type Oracle, type OracleRow, ratio, shareRow, stoodInChart, type WholeOracle } from './oracle-row.ts';
import { closedOn, type ReferralFacts } from './referral-facts.ts';
import { meanInterval, wilson } from './statistics.ts';

const SIDES = ['patient', 'staff', 'office', 'software', 'unknown'] as const;
const sideOf = (by: string | null): (typeof SIDES)[number] => {
  if (by === 'person' || by === 'covering') return 'staff';
  return by === 'patient' || by === 'office' || by === 'software' ? by : 'unknown';
};

const selfScheduling: Oracle = (referrals) => {
  const inChart = referrals.filter(stoodInChart);
  const booked = inChart.filter(({ order }) => order.bookings.length > 0);
  const firstBy = (side: string) => booked.filter(({ order }) => sideOf(order.bookings[0]?.by ?? null) === side);
  const ever = ({ order }: (typeof booked)[number]): boolean => order.bookings.some(({ by }) => by === 'patient');
  const invited = inChart.filter(({ order }) => order.writtenAbout.has('book') || order.writtenAbout.has('remind'));
  const came = invited.filter(ever);
  return shareRow(firstBy('patient'), booked, {
    by_patient: firstBy('patient').length,
    by_staff: firstBy('staff').length,
    by_office: firstBy('office').length,
    heard_of: firstBy('software').length,
    not_told: 0,
    patient_later: booked.filter((each) => ever(each) && !firstBy('patient').includes(each)).length,
    invited: invited.length,
    invited_booked: came.length,
    conversion_share: ratio(came.length, invited.length),
    left_out_not_booked: inChart.length - booked.length,
    left_out_not_in_chart: referrals.length - inChart.length,
  });
};

/** Each appointment counts, so that a referral stands here as often as its patient was expected. */
const noShowByBooker: Oracle = (referrals) => {
  const counted = referrals
    .filter(stoodInChart)
    .flatMap((facts) =>
      facts.order.bookings
        .filter(({ kept, lost }) => kept || lost === 'missed')
        .map((booking) => ({ facts, side: sideOf(booking.by), booking })),
    );
  return SIDES.map((category): OracleRow => {
    const own = counted.filter(({ side }) => side === category);
    const missed = own.filter(({ booking }) => !booking.kept);
    const share = wilson(missed.length, own.length) ?? { value: null, low: null, high: null };
    return {
      category,
      n: own.length,
      ...share,
      parts: { missed: missed.length, kept: own.length - missed.length },
      numerator: idsOf(missed.map(({ facts }) => facts)),
      denominator: idsOf(own.map(({ facts }) => facts)),
    };
  });
};

const patientSatisfaction: Oracle = (referrals) => {
  const inChart = referrals.filter(stoodInChart);
  const scoreOf = ({ order }: (typeof inChart)[number]): number => order.score ?? 0;
  const answered = inChart.filter(({ order }) => order.score !== null);
  const asked = inChart.filter(({ order }) => order.writtenAbout.has('rate'));
  const both = asked.filter(({ order }) => order.score !== null);
  const said = (score: number): number => answered.filter((each) => scoreOf(each) === score).length;
  return shareRow(
    answered.filter((each) => scoreOf(each) > 3),
    answered,
    {
      said_5: said(5),
      said_4: said(4),
      said_3: said(3),
      said_2: said(2),
      said_1: said(1),
      asked: asked.length,
      asked_answered: both.length,
      answered_share: ratio(both.length, asked.length),
      left_out_no_answer: asked.length - both.length,
      left_out_not_asked: inChart.length - answered.length - (asked.length - both.length),
      left_out_not_in_chart: referrals.length - inChart.length,
    },
  );
};

const KINDS = ['order', 'sending', 'answer', 'visit', 'patient', 'message', 'payer', 'note', 'other'] as const;

function closedOf(referrals: readonly ReferralFacts[]) {
  const inChart = referrals.filter(stoodInChart);
  const closed = inChart.filter((each) => closedOn(each) !== null);
  return {
    closed,
    left: { left_out_not_closed: inChart.length - closed.length, left_out_not_in_chart: referrals.length - inChart.length },
  };
}

const staffTouches: Oracle = (referrals) => {
  const { closed, left } = closedOf(referrals);
  const deeds = closed.flatMap(({ work }) => work);
  return {
    n: closed.length,
    ...meanInterval(closed.map(({ work }) => work.length)),
    parts: {
      touches: deeds.length,
      people: closed.reduce((sum, { work }) => sum + new Set(work.map(({ person }) => person)).size, 0),
      ...Object.fromEntries(KINDS.map((kind) => [`${kind}_touches`, deeds.filter((each) => each.kind === kind).length])),
      ...left,
    },
    numerator: idsOf(closed.filter(({ work }) => work.length > 0)),
    denominator: idsOf(closed),
  };
};

const staffMinutes: Oracle = (referrals) => {
  const { closed, left } = closedOf(referrals);
  const timed = closed.filter(({ work }) => work.some(({ minutes }) => minutes !== null));
  const deeds = timed.flatMap(({ work }) => work);
  const stretches = deeds.filter(({ minutes }) => minutes !== null).length;
  return {
    n: timed.length,
    ...meanInterval(timed.map(({ work }) => work.reduce((sum, { minutes }) => sum + (minutes ?? 0), 0))),
    parts: {
      timed_touches: stretches,
      touches: deeds.length,
      timed_share: ratio(stretches, deeds.length),
      left_out_not_timed: closed.length - timed.length,
      ...left,
    },
    numerator: idsOf(timed),
    denominator: idsOf(timed),
  };
};

/** Each person once, with the referral they worked on last; of one day the one whose pseudonym comes first. */
const adoption: WholeOracle = (referrals, today, { pseudonymOf }) => {
  const deeds = referrals.flatMap((facts) => facts.work.map((deed) => ({ ...deed, facts })));
  const people = [...Map.groupBy(deeds, ({ person }) => person).values()].map((own) => {
    const [last] = own.toSorted((one, other) => other.on - one.on || (pseudonymOf(one.facts.id) < pseudonymOf(other.facts.id) ? -1 : 1));
    return {
      facts: last?.facts,
      late: own.filter(({ on }) => today - on < 28).length,
      signs: own.some(({ facts, person }) => facts.order?.requester === person),
    };
  });
  const active = people.filter(({ late }) => late > 0);
  const share = wilson(active.length, people.length) ?? { value: null, low: null, high: null };
  const rowsOf = (of: typeof people): string[] => of.flatMap(({ facts }) => facts?.id ?? []).sort();
  return {
    n: people.length,
    ...share,
    parts: {
      active: active.length,
      stopped: people.length - active.length,
      signers: people.filter(({ signs }) => signs).length,
      active_signers: active.filter(({ signs }) => signs).length,
      touches_each: ratio(
        active.reduce((sum, { late }) => sum + late, 0),
        active.length,
      ),
    },
    numerator: rowsOf(active),
    denominator: rowsOf(people),
  };
};

/** Of each clinician the last word, where it is no older than 89 days; of one day the first pseudonym's, of one referral the later. */
function lastWords(looked: readonly ReferralFacts[], today: number, pseudonymOf: (id: string) => string) {
  const said = looked.flatMap((facts) => facts.pulses.map((pulse, place) => ({ ...pulse, place, facts })));
  return [...Map.groupBy(said, ({ person }) => person).values()].flatMap((own) => {
    const [last] = own.toSorted((one, other) => {
      if (one.on !== other.on) return other.on - one.on;
      if (one.facts === other.facts) return other.place - one.place;
      return pseudonymOf(one.facts.id) < pseudonymOf(other.facts.id) ? -1 : 1;
    });
    return last && today - last.on < 90 ? [last] : [];
  });
}

const FEWEST = 10;

/** What fewer than ten said is kept back with how many they are, and all of it where what is kept back together is of fewer than ten. */
const providerPulse: WholeOracle = (referrals, today, { looked, groups, pseudonymOf }) => {
  const words = lastWords(looked, today, pseudonymOf);
  const ofGroup = (group: readonly ReferralFacts[]) => words.filter(({ facts }) => group.includes(facts));
  const keptBack = groups.map((group) => ofGroup(group).length).filter((n) => n < FEWEST);
  const together = keptBack.reduce((sum, n) => sum + n, 0);
  const own = ofGroup(referrals);
  const isTold = own.length >= FEWEST && (keptBack.length === 0 || together >= FEWEST);
  const said = (score: number): number | null => (isTold ? own.filter((each) => each.score === score).length : null);
  const content = own.filter(({ score }) => score > 3);
  const share = (isTold ? wilson(content.length, own.length) : undefined) ?? { value: null, low: null, high: null };
  const ordering = new Set(referrals.flatMap(({ order }) => (order && today - order.on < 90 ? [order.requester] : [])));
  const rowsOf = (of: typeof own): string[] => of.map(({ facts }) => facts.id).sort();
  return {
    n: isTold ? own.length : null,
    ...share,
    parts: { said_5: said(5), said_4: said(4), said_3: said(3), said_2: said(2), said_1: said(1), ordering: ordering.size },
    numerator: rowsOf(content),
    denominator: rowsOf(own),
  };
};

export const WHOLE_WORK_ORACLES: Record<string, WholeOracle> = { adoption, provider_pulse: providerPulse };

export const WORK_ORACLES: Record<string, Oracle> = {
  self_scheduling: selfScheduling,
  no_show_by_booker: noShowByBooker,
  patient_satisfaction: patientSatisfaction,
  staff_touches: staffTouches,
  staff_minutes: staffMinutes,
};
