/**
 * Random lives of referrals, made by the domain itself: commands that it takes or refuses, and facts that it never refuses. A life is a
 * list of steps, so that what fails shrinks to the shortest one.
 */

import { MESSAGE_TOPICS, type MessageTopic } from '@refloop/domain/patient/messages';
import { DECLINE_REASONS } from '@refloop/domain/referral/attempt';
import { type CareCommand, decideCare } from '@refloop/domain/referral/care-command';
import { CONTACTS, DENIAL_REASONS, ENDINGS, RATINGS } from '@refloop/domain/referral/care-event';
import { SERVICES } from '@refloop/domain/referral/closure';
import { decide, type ReferralCommand } from '@refloop/domain/referral/command';
import type { Actor, Happening, Performer, ReferralEvent, Setting } from '@refloop/domain/referral/event';
import { LOSS_REASONS, type LossReason } from '@refloop/domain/referral/loss-reason';
import { type ObservedFact, observe } from '@refloop/domain/referral/observe';
import { decidePatient, type PatientAct } from '@refloop/domain/referral/patient-act';
import { openProposal } from '@refloop/domain/referral/proposal';
import { evolve, type Referral } from '@refloop/domain/referral/referral';
import fc from 'fast-check';
import { addDays, type Day } from './calendar.ts';

export type Life = { patient: number; startDay: number; specialty: number; setting: number; service: number; steps: Step[] };
/** `act` chooses what is tried, `wait` the days before it, `lag` how many days ago it happened, `pick` whatever else there is to choose. */
type Step = { act: number; wait: number; lag: number; pick: number };

export const FIRST_DAY: Day = '2024-12-01';
export const DAYS = 800;
/** The moment the snapshot is of: nothing is recorded after it. */
export const AS_OF = `${addDays(FIRST_DAY, DAYS)}T12:00:00.000Z`;

const pickOf = <Value>(from: readonly Value[], number: number): Value => {
  if (from.length === 0) throw new Error('Nothing to pick from');
  return from[number % from.length] as Value;
};

const NETWORKS = ['in', 'out', 'in', 'unknown', 'out'] as const;
const SPECIALTIES = ['cardiology', 'dermatology', 'orthopedic-surgery'] as const;
const URGENCIES = ['routine', 'routine', 'urgent', 'emergency'] as const;
const STATUSES = ['active', undefined, 'draft', 'on-hold', 'revoked', 'entered-in-error', 'completed'] as const;
const OVERRIDES = [null, null, 'patient-prefers', 'continuity', 'insurer-determines', 'other'] as const;
const REASONS = Object.keys(LOSS_REASONS) as LossReason[];
const PEOPLE = ['Practitioner/lee', 'Practitioner/moss', 'Practitioner/ortiz'] as const;

const performer = (number: number): Performer => ({
  entryId: `e${number}`,
  npi: `15382716${String(10 + (number % 9))}`,
  display: `Dr. ${number}`,
  nucc: '207RC0000X',
  network: pickOf(NETWORKS, number),
  rank: number % 2 === 0 ? 1 + (number % 5) : null,
});

const setting = (number: number): Setting | null =>
  number % 7 === 0
    ? null
    : {
        clinic: pickOf(['Hill', 'Harbour', null], number),
        payer: pickOf(['Plan A Health', 'Plan B Health', null], number >> 1),
        zip3: pickOf(['946', '036', null, '946', `40${number % 10}`], number >> 2),
        miles: pickOf([number / 10, 4.9, 5, 15, 29.9, 30, 30.1, null], number >> 4),
        language: pickOf(['en', 'es', null], number >> 3),
      };

export const patientOf = ({ patient }: Life): string => `p${patient}`;

type World = { referral: Referral | undefined; events: ReferralEvent[]; day: number; tick: number; step: Step };
const NO_STEP: Step = { act: 0, wait: 0, lag: 0, pick: 0 };

const SOFTWARE: Actor = { kind: 'software', name: 'capture', version: '1' };
const PATIENT: Actor = { kind: 'patient', link: 'l', as: 'patient' };

/** Somebody of the practice in one session or another, whoever covers for them, the office by its link, or the patient. */
function whoeverDoes({ pick, lag }: Step, signer: Actor): Actor {
  const [colleague] = PEOPLE;
  const others: readonly Actor[] = [
    signer,
    { kind: 'person', subject: colleague, fhirUser: colleague, sessionId: `s${lag % 2}` },
    { kind: 'covering', subject: colleague, fhirUser: colleague, sessionId: 's1', coveringFor: 'Practitioner/moss' },
    { kind: 'office', npi: '1538271610', link: 'o' },
    PATIENT,
    signer,
  ];
  return pickOf(others, pick >> 3);
}

/** Some time of that day; never the same twice, and never later on a day than what comes after. */
const at = (day: number, tick: number): string => `${addDays(FIRST_DAY, day)}T${new Date(tick * 317_000).toISOString().slice(11)}`;

export function playLife(id: string, life: Life): ReferralEvent[] {
  const world: World = { referral: undefined, events: [], day: life.startDay, tick: 0, step: NO_STEP };
  const person = pickOf(PEOPLE, life.setting);
  const signer: Actor = { kind: 'person', subject: person, fhirUser: person, sessionId: 'x' };
  const take = (happenings: Happening[], actor: Actor = signer): void => {
    for (const each of happenings) {
      const event: ReferralEvent = { ...each, sequence: world.events.length + 1, recordedAt: at(world.day, world.tick), actor };
      world.events.push(event);
      world.referral = evolve(id, world.referral, event);
    }
  };
  const order = (command: ReferralCommand): void => {
    const decided = decide(world.referral, command);
    if (decided.ok) take(decided.value.map((fact) => ({ effectiveAt: at(world.day, world.tick), factKey: null, fact })));
  };
  const care = (command: CareCommand, actor = whoeverDoes(world.step, signer)): void => {
    if (!world.referral) return;
    const decided = decideCare(world.referral, command, at(world.day, world.tick));
    if (decided.ok) take(decided.value, actor);
  };
  const patient = (what: PatientAct): void => {
    if (!world.referral) return;
    const decided = decidePatient(world.referral, what, `press-${world.events.length}`, at(world.day, world.tick));
    if (decided.ok) take(decided.value, PATIENT);
  };
  const see = (fact: ObservedFact): void => {
    if (world.referral) take(observe(world.referral, fact, at(world.day, world.tick)), SOFTWARE);
  };
  for (const [number, step] of life.steps.entries()) {
    world.day += step.wait;
    world.tick = number + 1;
    world.step = step;
    // What was recorded after the snapshot is not in it.
    if (world.day >= DAYS) break;
    const before = at(Math.max(0, world.day - step.lag), world.tick);
    pickOf(ACTS, step.act)({ life, step, number, world, before, order, care, patient, see });
  }
  return world.events;
}

type Doing = {
  life: Life;
  step: Step;
  number: number;
  world: World;
  /** When it happened: now, or some days ago. */
  before: string;
  order: (command: ReferralCommand) => void;
  care: (command: CareCommand, actor?: Actor) => void;
  patient: (what: PatientAct) => void;
  see: (fact: ObservedFact) => void;
};

const last = ({ world }: Doing): number => world.referral?.attempts.at(-1)?.number ?? 1;
const plan = ({ world }: Doing): string => {
  const standing = world.referral?.order;
  return standing === undefined || standing.status === 'draft' ? 'none' : (standing.writeBack?.planId ?? 'none');
};
const appointment = ({ step }: Doing): string => `a${step.pick % 3}`;
const known = (doing: Doing): string | null => {
  const ids = doing.world.referral?.attempts.at(-1)?.appointments.map(({ id }) => id) ?? [];
  return ids.length === 0 ? null : pickOf(ids, doing.step.pick);
};

const report = ({ world, step }: Doing): string => {
  const ids = world.referral?.reports.map(({ id }) => id) ?? [];
  return ids.length === 0 ? 'none' : pickOf(ids, step.pick);
};

function recommend({ life, step, number, order }: Doing): void {
  order({
    type: 'recommend',
    recommendationId: `r${number}`,
    patientId: patientOf(life),
    order: { type: 'ServiceRequest', id: 'o' },
    orderVersion: '1',
    specialty: pickOf(SPECIALTIES, life.specialty + (step.pick % 5 === 0 ? 1 : 0)),
    urgency: pickOf(URGENCIES, step.pick),
    kind: 'consult',
    service: pickOf([...SERVICES, 'visit', 'visit', 'visit', 'visit', 'visit', 'visit'] as const, life.service),
    replaces: null,
    insteadOf: null,
    asker: { subject: 's', coversFor: [] },
    noneInNetworkWithinMiles: null,
  });
}

function approve({ life, step, number, world, order }: Doing): void {
  const code = pickOf(OVERRIDES, step.pick);
  order({
    type: 'approve',
    asker: { subject: 's', coversFor: [] },
    approvalId: `a${number}`,
    planId: `plan${number}`,
    recommendationId: world.referral?.recommendations.at(-1)?.id ?? 'none',
    orderVersion: '1',
    contentHash: 'c0ffee',
    performer: performer(step.pick),
    alternates: [],
    setting: setting(life.setting),
    overrideReason: code === null ? null : { code, text: '' },
    rung: 1,
    steps: ['ServiceRequest', 'Task'],
    leftOut: [],
  });
}

function settle(doing: Doing, status: string | undefined): void {
  const done = { status: 'done', reference: 'ServiceRequest/o', versionId: '2' } as const;
  doing.order({
    type: 'settle-step',
    planId: plan(doing),
    step: 'ServiceRequest',
    outcome: status === undefined ? done : { ...done, orderStatus: status },
  });
}

/** The whole of what may be tried; what happens more often stands here more often. */
const ACTS: readonly ((doing: Doing) => void)[] = [
  recommend,
  approve,
  (doing) => settle(doing, 'active'),
  (doing) => settle(doing, pickOf(STATUSES, doing.step.pick)),
  (doing) => doing.order({ type: 'settle-step', planId: plan(doing), step: 'ServiceRequest', outcome: { status: 'stale', detail: '' } }),
  (doing) => doing.order({ type: 'withdraw', planId: plan(doing), reason: '' }),
  (doing) => {
    const status = pickOf(STATUSES, doing.step.pick) ?? 'active';
    doing.see({ kind: 'order-read', reference: 'ServiceRequest/o', status, versionId: '3' });
  },
  (doing) => doing.care({ type: 'send', attempt: last(doing), at: doing.before, transmissionId: `t${doing.number}`, channel: 'fax' }),
  (doing) => doing.care({ type: 'accept', attempt: last(doing), at: doing.before }),
  (doing) => doing.care({ type: 'decline', attempt: last(doing), at: doing.before, reason: pickOf(DECLINE_REASONS, doing.step.pick) }),
  (doing) =>
    doing.care({ type: 'schedule', attempt: last(doing), at: doing.before, appointmentId: appointment(doing), startsAt: doing.before }),
  (doing) =>
    doing.care({ type: 'schedule', attempt: last(doing), at: doing.before, appointmentId: appointment(doing), startsAt: doing.before }),
  (doing) => doing.care({ type: 'no-show', attempt: last(doing), at: doing.before, appointmentId: known(doing) ?? 'none' }),
  (doing) => doing.care({ type: 'mark-seen', attempt: last(doing), at: doing.before, appointmentId: known(doing) }),
  (doing) => doing.care({ type: 'mark-seen', attempt: last(doing), at: doing.before, appointmentId: null }),
  (doing) =>
    doing.care({
      type: 'give-outcome',
      attempt: last(doing),
      at: doing.before,
      reportId: `n${doing.number}`,
      document: null,
      fromNpi: null,
    }),
  (doing) => doing.care({ type: 'request-cancellation', attempt: last(doing), at: doing.before, reason: '' }),
  reroute,
  reroute,
  (doing) => doing.care({ type: 'record-loss-reason', primary: pickOf(REASONS, doing.step.pick), secondary: [] }),
  (doing) => doing.care({ type: 'end', how: pickOf(ENDINGS, doing.step.pick), reason: '' }),
  (doing) =>
    doing.see({
      kind: 'appointment',
      at: doing.before,
      key: `k${doing.number}`,
      attempt: null,
      appointmentId: appointment(doing),
      startsAt: doing.before,
      status: pickOf(['booked', 'cancelled', 'noshow', 'fulfilled'] as const, doing.step.pick),
    }),
  visit,
  visit,
  visit,
  rerouteAndVisit,
  (doing) =>
    doing.see({
      kind: 'report',
      at: doing.before,
      key: `k${doing.number}`,
      attempt: null,
      reportId: `n${doing.number}`,
      form: doing.step.pick % 3 === 0 ? 'interim' : 'final',
      document: null,
      fromNpi: null,
      matched: doing.step.pick % 2 === 0,
    }),
  (doing) => doing.care({ type: 'acknowledge', attempt: last(doing), at: doing.before }),
  (doing) =>
    doing.care({
      type: 'cancel-appointment',
      attempt: last(doing),
      at: doing.before,
      appointmentId: known(doing) ?? 'none',
      by: pickOf(['patient', 'specialist', 'unknown'] as const, doing.step.pick),
    }),
  (doing) => doing.care({ type: 'match-report', attempt: last(doing), reportId: report(doing) }),
  (doing) => doing.care({ type: 'review-report', reportId: report(doing) }),
  (doing) => doing.care({ type: 'review-report', reportId: report(doing) }),
  (doing) => doing.care({ type: 'review-report', reportId: report(doing) }),
  wellRun,
  wellRun,
  (doing) => doing.care({ type: 'ask-authorization' }),
  payerDecides,
  payerDecides,
  rated,
  written,
  offered,
  (doing) => doing.care({ type: 'review-report', reportId: report(doing) }),
  talked,
  talked,
  pulse,
  mistaken,
  mistaken,
];

/** What most referrals are meant to come to: one stage after the other, whatever comes first by now. */
function wellRun(doing: Doing): void {
  const { step, number, before } = doing;
  const attempt = last(doing);
  const day = (from: number): string => at(Math.max(0, doing.world.day + from), doing.world.tick);
  // One moment is one act of whoever does it; some do one thing after the other.
  const pause = (): void => {
    if (step.pick % 4 > 1) doing.world.tick += 0.25;
  };
  doing.care({ type: 'send', attempt, at: before, transmissionId: `t${number}`, channel: 'direct' });
  if (step.pick % 5 === 0) doing.care({ type: 'acknowledge', attempt, at: before });
  pause();
  // Told in the wrong order now and then: accepted before it was sent.
  doing.care({ type: 'accept', attempt, at: day(-(step.pick % 4)) });
  const startsAt = day((step.pick % 40) - 20);
  pause();
  if (step.pick % 3 > 0) doing.care({ type: 'schedule', attempt, at: before, appointmentId: appointment(doing), startsAt });
  if (step.pick % 3 > 1) doing.care({ type: 'mark-seen', attempt, at: before, appointmentId: appointment(doing) });
  if (step.pick % 4 > 0) rated(doing);
  pause();
  // Some close at once: what was done for them before is the work of a closed referral.
  if (step.pick % 6 !== 5) return;
  doing.care({ type: 'give-outcome', attempt, at: before, reportId: `n${number}`, document: null, fromNpi: null });
  doing.care({ type: 'review-report', reportId: `n${number}` });
  pulse(doing);
  if (step.pick % 18 === 17) takenOff(doing, `n${number}`);
}

/** It was linked by mistake; some are linked once more. */
function takenOff(doing: Doing, reportId: string): void {
  doing.care({ type: 'unlink-report', reportId, because: 'other-patient', reason: 'A namesake' });
  if (doing.step.pick % 4 === 1) doing.care({ type: 'match-report', attempt: last(doing), reportId });
}

/** Whatever is known of the office: a note comes, then perhaps the right one or an interim one, and the first was of somebody else. */
function mistaken(doing: Doing): void {
  const { step, number, before, see } = doing;
  const comes = (reportId: string, form: 'interim' | 'final', at: string): void =>
    see({ kind: 'report', at, key: reportId, attempt: null, reportId, form, document: null, fromNpi: null, matched: true });
  comes(`n${number}`, pickOf(['final', 'final', 'interim'] as const, step.pick), before);
  doing.world.tick += 0.25;
  doing.world.day += step.pick % 5;
  if (doing.world.day >= DAYS) return;
  if (step.pick % 7 < 4) comes(`n${number}-too`, pickOf(['final', 'interim'] as const, step.pick >> 1), before);
  if (step.pick % 4 === 0) visit(doing);
  // The office is seen to come to a stage of its own meanwhile, before what the note says of it or after.
  const own = pickOf([undefined, 'accepted', 'received', undefined, 'work-begun'] as const, step.pick >> 2);
  if (own) see({ kind: own, at: before, key: `${own}${number}`, attempt: null });
  takenOff(doing, pickOf([`n${number}`, `n${number}`, `n${number}`, `n${number}-too`, report(doing)], step.pick >> 3));
}

/** Of so many that something can be told of them. */
function pulse({ step, world, care }: Doing): void {
  const person = `Practitioner/reader-${(world.day + step.pick) % 30}`;
  care(
    { type: 'rate-work', score: pickOf(RATINGS, step.pick >> 2) },
    { kind: 'person', subject: person, fhirUser: person, sessionId: 'r' },
  );
}

function payerDecides({ step, before, number, see }: Doing): void {
  const reason = pickOf(DENIAL_REASONS, step.pick >> 2);
  const decision = pickOf(
    [{ status: 'approved' }, { status: 'denied', reason }, { status: 'not-needed' }, { status: 'denied', reason }] as const,
    step.pick,
  );
  see({ kind: 'authorization-decided', decision, at: before, key: `k${number}` });
}

function talked(doing: Doing): void {
  const { step, care } = doing;
  if (step.pick % 2 === 0) care({ type: 'record-contact', outcome: pickOf(CONTACTS, step.pick >> 1) });
  else care({ type: 'post-message', attempt: last(doing), from: 'practice', text: '' });
}

/** Asked or not. */
function rated(doing: Doing): void {
  const { step, patient } = doing;
  if (step.pick % 2 === 0) message(doing, 'rate');
  patient({ act: 'rate', score: pickOf(RATINGS, step.pick), words: null });
}

const message = ({ step, number, before, see }: Doing, topic: MessageTopic): void =>
  see({
    kind: 'patient-messaged',
    messageId: `m${number}`,
    topic,
    channel: 'text',
    outcome: pickOf(['sent', 'failed', 'sent', 'unknown'] as const, step.pick >> 3),
    at: before,
    key: `k${number}`,
  });

function written(doing: Doing): void {
  message(doing, pickOf(MESSAGE_TOPICS, doing.step.pick));
}

/** Dates of the office, and now and then the patient takes one. */
function offered(doing: Doing): void {
  const date = at(doing.world.day + 1 + (doing.step.pick % 30), doing.world.tick);
  if (doing.step.pick % 3 > 0) message(doing, 'book');
  doing.care({ type: 'offer-dates', attempt: last(doing), at: doing.before, dates: [date] });
  if (doing.step.pick % 2 === 0) doing.patient({ act: 'book', startsAt: date });
}

/** Most are asked after another said no; whom no clinician approved is proposed first, and some stay unanswered or are refused. */
function reroute(doing: Doing): void {
  doing.care({ type: 'decline', attempt: last(doing), at: doing.before, reason: 'not-taking-patients' });
  const asked = performer(doing.step.pick);
  doing.care({ type: 'propose-performer', performer: asked, because: 'declined' });
  const proposal = (doing.world.referral && openProposal(doing.world.referral)?.sequence) ?? 0;
  if (doing.step.pick % 9 === 0) doing.care({ type: 'refuse-performer', proposal, reason: 'Too far' });
  else if (doing.step.pick % 9 > 1) doing.care({ type: 'approve-performer', proposal });
  doing.care({ type: 'reroute', performer: asked, because: 'declined' });
}

/** Asked anew, and at once seen somewhere. */
function rerouteAndVisit(doing: Doing): void {
  reroute(doing);
  visit(doing);
}

function visit(doing: Doing): void {
  const { step, world, before, number, see } = doing;
  const asked = world.referral?.attempts.at(-1)?.performer.npi ?? null;
  const npi = pickOf([asked, '1999999999', '1999999999', null], step.pick);
  const network = pickOf(NETWORKS, step.pick >> 2);
  see({ kind: 'visit', at: before, key: `k${number}`, attempt: null, seenBy: { npi, nucc: null, network }, evidence: 'claim' });
}

const stepOf = (act: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.record({
    act,
    wait: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(14) }, { weight: 1, arbitrary: fc.nat(220) }),
    lag: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(20) }),
    pick: fc.nat(1000),
  });

const anyAct = fc.nat(ACTS.length - 1);
const RECOMMEND = fc.constant(0);
const APPROVE = fc.constant(1);
const WRITE = fc.constant(2);
const WITHDRAW = fc.constant(5);
/** Most orders come to stand in the chart: what is measured begins there. */
const beginning = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(stepOf(RECOMMEND), stepOf(APPROVE), stepOf(WRITE)) },
  { weight: 1, arbitrary: fc.tuple(stepOf(RECOMMEND), stepOf(APPROVE)) },
  // Whatever is told between an approval and its end belongs to neither of the two.
  {
    weight: 2,
    arbitrary: fc.tuple(...[RECOMMEND, APPROVE, anyAct, anyAct, WITHDRAW, RECOMMEND, APPROVE, WRITE].map(stepOf)),
  },
  { weight: 1, arbitrary: fc.tuple(stepOf(RECOMMEND)) },
);

export const arbitraryLife: fc.Arbitrary<Life> = fc
  .record({
    // Few who come again and again, and many who come once.
    patient: fc.oneof(fc.nat(9), fc.nat(200), fc.nat(5000)),
    // Some years, and the last months once more: what is open or known lately is of them.
    startDay: fc.oneof(
      { weight: 2, arbitrary: fc.nat(DAYS - 1) },
      { weight: 1, arbitrary: fc.integer({ min: DAYS - 200, max: DAYS - 1 }) },
    ),
    specialty: fc.nat(2),
    setting: fc.nat(400),
    service: fc.nat(9),
    beginning,
    rest: fc.array(stepOf(anyAct), { maxLength: 14 }),
  })
  .map(({ beginning: first, rest, ...life }) => ({ ...life, steps: [...first, ...rest] }));
