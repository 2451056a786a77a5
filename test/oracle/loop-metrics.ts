/** Non-completion, closed loops, notes and missed appointments once more, by their definitions in English. */
import { addBusinessDays } from '@refloop/domain/sla/business-time';
import { clinicHolidaysOf } from '@refloop/domain/sla/clinic-holidays';
import { dayNumber, dayText } from './calendar.ts';
import { idsOf, MATURE, type Oracle, type OracleRow, type Ordered, ratio, shareRow, stoodInChart } from './oracle-row.ts';
import { type Booking, closedOn, firstNote, firstVisit, type ReferralFacts } from './referral-facts.ts';
import { wilson } from './statistics.ts';

const within = (day: number | null | undefined, { order }: Ordered): boolean =>
  day !== null && day !== undefined && day - order.on <= MATURE;

type Judged = { counted: Ordered[]; leftOut: OracleRow['parts'] };

/** Mature, for a visit, and not cancelled by the practice or revoked before anybody saw the patient. */
function judged(referrals: readonly ReferralFacts[], today: number): Judged {
  const inChart = referrals.filter(stoodInChart);
  const forVisit = inChart.filter(({ service }) => service === 'visit');
  const mature = forVisit.filter(({ order }) => order.on + MATURE <= today);
  const counted = mature.filter(
    ({ order: { end, visits } }) => !(visits.length === 0 && end !== null && (end.how === 'cancelled' || end.how === 'revoked')),
  );
  return {
    counted,
    leftOut: {
      left_out_cancelled: mature.length - counted.length,
      left_out_young: forVisit.length - mature.length,
      left_out_not_in_chart: referrals.length - inChart.length,
      left_out_no_visit_asked: inChart.length - forVisit.length,
    },
  };
}

const nonCompletion: Oracle = (referrals, today) => {
  const { counted, leftOut } = judged(referrals, today);
  const missing = counted.filter((each) => !within(firstVisit(each.order.visits)?.knownOn, each));
  const never = missing.filter(({ order }) => order.visits.length === 0);
  const ended = (how: string): number => never.filter(({ order }) => order.end?.how === how).length;
  return shareRow(missing, counted, {
    not_seen: missing.length,
    seen_later: missing.length - never.length,
    booked: missing.filter((each) => within(each.order.bookedBy, each)).length,
    declined_by_patient: ended('patient-declined'),
    expired: ended('expired'),
    died: ended('died'),
    still_open: never.filter(({ order }) => order.end === null).length,
    ...leftOut,
  });
};

const finalNote = ({ order }: Ordered) => order.reports.find(({ form }) => form === 'final');

function standingOf(facts: Ordered): 'closed' | 'not_seen' | 'no_note' | 'note_not_linked' | 'not_reviewed' {
  if (closedOn(facts) !== null) return 'closed';
  if (facts.order.first.seen === undefined) return 'not_seen';
  if (finalNote(facts) === undefined) return 'no_note';
  return firstNote(facts.order) === undefined ? 'note_not_linked' : 'not_reviewed';
}

const closedLoop: Oracle = (referrals, today) => {
  const { counted, leftOut } = judged(referrals, today);
  const closed = counted.filter((each) => within(closedOn(each), each));
  const standing = (which: ReturnType<typeof standingOf>): Ordered[] => counted.filter((each) => standingOf(each) === which);
  return shareRow(closed, counted, {
    closed: closed.length,
    closed_later: standing('closed').length - closed.length,
    not_seen: standing('not_seen').length,
    seen_elsewhere: standing('not_seen').filter(({ order }) => order.visits.length > 0).length,
    no_note: standing('no_note').length,
    note_not_linked: standing('note_not_linked').length,
    not_reviewed: standing('not_reviewed').length,
    ...leftOut,
  });
};

const YEARS = [2024, 2025, 2026, 2027, 2028];
const CALENDAR = { timeZone: 'UTC', opens: 0, closes: 24, holidays: YEARS.flatMap(clinicHolidaysOf) };

/** The day on which a note of that visit is due: the fifth business day after it. */
const dueOn = (visit: number): number => dayNumber(addBusinessDays(`${dayText(visit)}T00:00:00.000Z`, 5, CALENDAR));

const noteReturn: Oracle = (referrals, today) => {
  const out = { young: 0, undated: 0, not_seen: 0, not_in_chart: 0, no_visit_asked: 0 };
  const counted: { facts: Ordered; visit: number }[] = [];
  for (const facts of referrals) {
    const ordered = stoodInChart(facts) ? facts : null;
    const seen = ordered?.order.first.seen;
    if (ordered === null) out.not_in_chart += 1;
    else if (ordered.service !== 'visit') out.no_visit_asked += 1;
    else if (seen === undefined) out.not_seen += 1;
    else if (seen.day === null || (firstNote(ordered.order)?.received.knownOn ?? seen.day) < seen.day) out.undated += 1;
    else if (dueOn(seen.day) >= today) out.young += 1;
    else counted.push({ facts: ordered, visit: seen.day });
  }
  const noteOn = (facts: Ordered): number | null => firstNote(facts.order)?.received.knownOn ?? null;
  const linked = counted.filter(({ facts }) => noteOn(facts) !== null);
  const inTime = linked.filter(({ facts, visit }) => (noteOn(facts) ?? 0) <= dueOn(visit));
  const unlinked = counted.filter(({ facts }) => noteOn(facts) === null);
  const none = unlinked.filter(({ facts }) => finalNote(facts) === undefined);
  const old = counted.filter(({ visit }) => visit + 90 <= today);
  const ever = old.filter(({ facts }) => noteOn(facts) !== null);
  const everShare = wilson(ever.length, old.length);
  return shareRow(
    inTime.map(({ facts }) => facts),
    counted.map(({ facts }) => facts),
    {
      in_time: inTime.length,
      later: linked.length - inTime.length,
      not_linked: unlinked.length - none.length,
      none: none.length,
      interim_only: none.filter(({ facts }) => facts.order.reports.length > 0).length,
      ever_n: old.length,
      ever: ever.length,
      ever_share: everShare?.value ?? null,
      ever_low: everShare?.low ?? null,
      ever_high: everShare?.high ?? null,
      ...Object.fromEntries(Object.entries(out).map(([why, many]) => [`left_out_${why}`, many])),
    },
  );
};

type Outcome = 'kept' | 'missed' | 'cancelled' | 'moved' | 'ahead' | 'unheard';
type Appointment = { facts: Ordered; outcome: Outcome; late: boolean; lead: number | null };

function outcomeOf(booking: Booking, bookings: readonly Booking[], today: number): Outcome {
  if (booking.kept) return 'kept';
  if (booking.lost !== null) return booking.lost;
  const ofAttempt = bookings.filter(({ attempt }) => attempt === booking.attempt);
  if (ofAttempt.at(-1) !== booking) return 'moved';
  return booking.startsOn < today ? 'unheard' : 'ahead';
}

const appointmentsOf = (facts: Ordered, today: number): Appointment[] =>
  facts.order.bookings.map((booking, _at, all) => {
    const outcome = outcomeOf(booking, all, today);
    const late = outcome === 'cancelled' && booking.lostOn !== null && booking.lostOn >= booking.startsOn - 1;
    return { facts, outcome, late, lead: booking.bookedOn === null ? null : booking.startsOn - booking.bookedOn };
  });

const factsOf = (appointments: readonly Appointment[]): Ordered[] => appointments.map(({ facts }) => facts);

const noShow: Oracle = (referrals, today) => {
  const inChart = referrals.filter(stoodInChart);
  const all = inChart.flatMap((facts) => appointmentsOf(facts, today));
  const of = (outcome: Outcome): Appointment[] => all.filter((each) => each.outcome === outcome);
  const [missed, kept, late] = [of('missed'), of('kept'), all.filter((each) => each.late).length];
  const settled = missed.length + kept.length;
  return shareRow(factsOf(missed), factsOf([...missed, ...kept]), {
    missed: missed.length,
    kept: kept.length,
    cancelled: of('cancelled').length,
    cancelled_late: late,
    cancelled_late_share: ratio(late, settled + late),
    moved: of('moved').length,
    ahead: of('ahead').length,
    unheard: of('unheard').length,
    left_out_not_in_chart: referrals.reduce((sum, each) => sum + (stoodInChart(each) ? 0 : (each.order?.bookings.length ?? 0)), 0),
  });
};

/** Name of the band, and the longest lead time in it. */
const BANDS: readonly [string, number][] = [
  ['same-day', 0],
  ['one-week', 7],
  ['two-weeks', 14],
  ['four-weeks', 28],
  ['longer', Number.POSITIVE_INFINITY],
];
const bandOf = (lead: number | null): string => (lead === null ? 'unknown' : (BANDS.find(([, longest]) => lead <= longest)?.[0] ?? ''));

const noShowByLeadTime: Oracle = (referrals, today) => {
  const all = referrals.filter(stoodInChart).flatMap((facts) => appointmentsOf(facts, today));
  return [...BANDS.map(([name]) => name), 'unknown'].map((category): OracleRow => {
    const band = all.filter(({ lead }) => bandOf(lead) === category);
    const missed = band.filter(({ outcome }) => outcome === 'missed');
    const settled = band.filter(({ outcome }) => outcome === 'missed' || outcome === 'kept');
    return {
      category,
      n: settled.length,
      ...(wilson(missed.length, settled.length) ?? { value: null, low: null, high: null }),
      parts: { missed: missed.length, kept: settled.length - missed.length, cancelled_late: band.filter(({ late }) => late).length },
      numerator: idsOf(factsOf(missed)),
      denominator: idsOf(factsOf(settled)),
    };
  });
};

export const LOOP_ORACLES: Readonly<Record<string, Oracle>> = {
  closed_loop: closedLoop,
  no_show: noShow,
  no_show_by_lead_time: noShowByLeadTime,
  non_completion: nonCompletion,
  note_return: noteReturn,
};
