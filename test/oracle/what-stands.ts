/**
 * The events as they would be had no note been linked by mistake, once more and by other means than the fold's: first it is found which
 * notes came to be taken off, then the history is told again without them. What such a note alone had shown is left out; where something
 * later shows it too, a note that stayed or what an office did, it is told with that.
 */
import type { ReferralEvent } from '@refloop/domain/referral/event';

type Shown = 'attempt-sent' | 'attempt-accepted' | 'patient-seen';
const SHOWN: readonly string[] = ['attempt-sent', 'attempt-accepted', 'patient-seen'] satisfies Shown[];

/** How far one office is, as far as it bears on what a note shows of it. `kept`: stages that a note had shown which is gone. */
type Course = { left: boolean; answered: boolean; over: boolean; visits: number; kept: Map<string, ReferralEvent> };
const untold = (): Course => ({ left: false, answered: false, over: false, visits: 0, kept: new Map() });

const ENDS: readonly string[] = ['attempt-declined', 'attempt-withdrawn', 'cancellation-confirmed'];
const ANSWERS: readonly string[] = [
  'attempt-accepted',
  'work-begun',
  'appointment-booked',
  'patient-seen',
  'cancellation-requested',
  ...ENDS,
];
/** Nobody says yes or no to what never left, and no date is made, and nobody seen, where no one said yes. */
const SHOWS_SENT: readonly string[] = ['attempt-received', 'attempt-accepted', 'attempt-declined', 'cancellation-confirmed'];
const SHOWS_ACCEPTED: readonly string[] = [
  'work-begun',
  'appointment-booked',
  'appointment-missed',
  'appointment-cancelled',
  'patient-seen',
];
/** Of a sending, of dates, or between people: nobody stands elsewhere by it. */
const ASIDE: readonly string[] = [
  'transmission-delivered',
  'transmission-failed',
  'dates-offered',
  'attempt-opened',
  'report-matched',
  'message-posted',
  'authorization-for-another',
];

function follow(course: Course, type: string): void {
  if (ASIDE.includes(type)) return;
  course.left = true;
  if (ANSWERS.includes(type)) course.answered = true;
  if (ENDS.includes(type)) course.over = true;
  if (type === 'patient-seen') course.visits += 1;
}

/** Sequences at which a note was linked that was taken off later. */
function mistakes(events: readonly ReferralEvent[]): Set<number> {
  const linked = new Map<string, number>();
  const found = new Set<number>();
  for (const { fact, sequence } of events) {
    if (fact.type === 'report-matched') linked.set(fact.reportId, sequence);
    const at = fact.type === 'report-unlinked' ? linked.get(fact.reportId) : undefined;
    if (at !== undefined) found.add(at);
  }
  return found;
}

export function whatStands(events: readonly ReferralEvent[]): ReferralEvent[] {
  const wrong = mistakes(events);
  if (wrong.size === 0) return [...events];
  const told: ReferralEvent[] = [];
  const forms = new Map<string, string>();
  let service = '';
  let courses = new Map<number, Course>();
  /** Stages without a time, until it is known what shows them: the link of a note, or whatever else was told. */
  let waiting: ReferralEvent[] = [];
  const courseOf = (attempt: number): Course => {
    const course = courses.get(attempt) ?? untold();
    courses.set(attempt, course);
    return course;
  };
  const tell = (event: ReferralEvent): void => {
    told.push(event);
    if ('attempt' in event.fact) follow(courseOf(event.fact.attempt), event.fact.type);
  };
  for (const event of events) {
    const { fact, effectiveAt, recordedAt, sequence } = event;
    if (fact.type === 'referral-started' || fact.type === 'recommendation-made') service = fact.service;
    if (fact.type === 'referral-approved' || fact.type === 'approval-withdrawn' || fact.type === 'order-changed-before-write')
      courses = new Map();
    if (effectiveAt === null && SHOWN.includes(fact.type)) {
      waiting.push(event);
      continue;
    }
    if (fact.type === 'report-received') {
      forms.set(fact.reportId, fact.form);
      tell(event);
      continue;
    }
    if (fact.type === 'report-matched' && wrong.has(sequence)) {
      for (const each of waiting) courseOf(fact.attempt).kept.set(each.fact.type, each);
      waiting = [];
    }
    const isNote = fact.type === 'report-matched' && !wrong.has(sequence);
    const isAct = SHOWS_SENT.includes(fact.type) || SHOWS_ACCEPTED.includes(fact.type);
    if ('attempt' in fact && (isNote || isAct)) {
      const course = courseOf(fact.attempt);
      const isVisit = isNote && service === 'visit' && forms.get(fact.reportId) === 'final' && course.visits === 0;
      const showsYes = isNote || SHOWS_ACCEPTED.includes(fact.type);
      // What it shows in this telling, and showed in the other too where it bears it itself.
      const shows: Shown[] = [
        ...(course.over || course.left ? [] : (['attempt-sent'] as const)),
        ...(course.over || course.answered || !showsYes ? [] : (['attempt-accepted'] as const)),
        ...(isVisit ? (['patient-seen'] as const) : []),
      ];
      const own = waiting.map((each) => each.fact.type);
      for (const stage of shows) {
        const before = own.includes(stage) ? undefined : course.kept.get(stage);
        if (before) tell({ ...before, recordedAt });
      }
    }
    for (const each of waiting) tell(each);
    waiting = [];
    tell(event);
  }
  return told;
}
