/** What is to be done now about what stays open, each step once. Pure: the same referral at the same moment gives the same answer. */
import type { Instant } from '../instant.ts';
import type { CareFact } from '../referral/care-event.ts';
import { closedBy } from '../referral/closure.ts';
import type { Happening } from '../referral/event.ts';
import type { Referral } from '../referral/referral.ts';
import { isLinked } from '../referral/report.ts';
import { isHeld, isOver } from '../referral/still-booked.ts';
import { due, type Obligation } from './due.ts';
import type { EscalationStep } from './escalation-steps.ts';
import { calendarFor, type SlaPolicy, stepsFor } from './policy.ts';
import { after } from './span.ts';
import { personFor, type StaffPerson } from './staff.ts';

export type Escalation = Extract<CareFact, { type: 'escalation-raised' }>;

/** What a step is about: the stage that has begun, so that a second missed visit is escalated anew. */
export const stageOf = ({ kind, about, since }: Pick<Obligation, 'kind' | 'about' | 'since'>): string =>
  `${kind} ${about} ${since ?? 'inferred'}`;

/**
 * Whether this is the stage of what is owed, by its name of now or of before: a review was named by when its note came, and is by when that was
 * linked.
 * @param at when it was so named
 */
export function isStageOf({ reports }: Referral, owed: Obligation, stage: string, at: Instant): boolean {
  if (stage === stageOf(owed)) return true;
  if (owed.kind !== 'review') return false;
  const report = reports.filter(isLinked).find(({ id }) => owed.about === `report ${id}`);
  // What is older is of an earlier time that it was linked, and was taken off.
  return report !== undefined && at >= report.linkedAt && stage === stageOf({ ...owed, since: report.receivedAt });
}

type Step = { step: EscalationStep; stage: string; at: Instant };

/** What is about the order as a whole, whichever step of it is open. */
export const ORDER_STAGE = 'order';

/** Nobody there said that they have it: a receipt of a machine is no word of a person. */
const isUnacknowledged = (referral: Referral): boolean => referral.attempts.at(-1)?.work.status === 'sent';

const isToCancel = (referral: Referral): boolean => referral.attempts.at(-1)?.work.status === 'cancellation-requested';

function applies({ only, act }: EscalationStep, referral: Referral): boolean {
  // Whose referral is over, or is to be cancelled, may have wanted that themselves: what became of their visit is asked of the office. On hold nothing is written to them.
  if (act === 'ask-patient' && (isOver(referral) || isHeld(referral) || isToCancel(referral))) return false;
  switch (only) {
    case 'always':
      return true;
    case 'unacknowledged':
      return isUnacknowledged(referral);
    case 'missed':
      return referral.attempts.at(-1)?.work.status === 'missed';
    case 'cancelled':
      return referral.attempts.at(-1)?.work.status === 'appointment-cancelled';
    case 'unreported':
      return !referral.reports.some((report) => report.form === 'final' && isLinked(report));
  }
}

/** The patient's page is of whoever is asked now: of a visit with an office that was asked before the office is asked. */
const asksOfAnother = ({ attempts }: Referral, { act }: EscalationStep, { about }: Obligation): boolean =>
  act === 'ask-patient' && about !== `attempt ${attempts.at(-1)?.number}`;

/** What ends by itself is its owner's alone: a lead could do no more about it. */
const endsUntold = ({ reach }: EscalationStep, { until }: Obligation): boolean => reach === 'lead' && until !== undefined;

/** A lead who hears of it after the visit can do no more about it: where one is booked, no later than it is overdue. */
const inTime = ({ reach }: EscalationStep, { visitAt, dueAt }: Obligation, at: Instant): Instant =>
  reach === 'lead' && visitAt !== undefined && dueAt < at ? dueAt : at;

/** A note was taken off again: nothing of before is held against anybody. */
const reopenedSince = ({ reopenedAt }: Referral, at: Instant): Instant => (reopenedAt !== null && reopenedAt > at ? reopenedAt : at);

type Found = { policy: SlaPolicy; obligations: readonly Obligation[]; ahead: readonly Step[] };
const lastFound = new WeakMap<Referral, Found>();

/**
 * Every step of what is open, with its moment; those raised already are left out. What was found last of a referral that cannot change is
 * remembered: after what is due now somebody asks what comes next.
 */
function stepsAhead(referral: Referral, policy: SlaPolicy, obligations: readonly Obligation[]): readonly Step[] {
  const last = lastFound.get(referral);
  if (last?.policy === policy && last.obligations === obligations) return last.ahead;
  const ahead = findAhead(referral, policy, obligations);
  if (Object.isFrozen(referral)) lastFound.set(referral, { policy, obligations, ahead });
  return ahead;
}

function findAhead(referral: Referral, policy: SlaPolicy, obligations: readonly Obligation[]): Step[] {
  const calendar = calendarFor(policy, referral);
  const steps = stepsFor(policy, referral);
  const ahead: Step[] = [];
  const add = (step: EscalationStep, stage: string, since: Instant, owed?: Obligation): void => {
    if (!applies(step, referral)) return;
    const isOfIt = (named: string, raisedAt: Instant): boolean => (owed ? isStageOf(referral, owed, named, raisedAt) : named === stage);
    if (referral.escalations.some((each) => each.rule === step.rule && isOfIt(each.stage, each.at))) return;
    const at = after(since, step.after[referral.urgency], calendar);
    ahead.push({ step, stage, at: owed ? inTime(step, owed, at) : at });
  };
  for (const owed of obligations) {
    // Of a stage that was only inferred nobody knows when it began: its deadline stands, and no step counts from a guess.
    if (owed.since === null) continue;
    const stage = stageOf(owed);
    const waits = owed.waitsSince ?? owed.since;
    for (const step of steps)
      if (step.of === owed.kind && !asksOfAnother(referral, step, owed) && !endsUntold(step, owed))
        add(step, stage, step.reach === 'lead' ? waits : owed.since, owed);
  }
  if (referral.order.status === 'active' && !closedBy(referral)) {
    const since = reopenedSince(referral, referral.order.approval.at);
    for (const step of steps) if (step.of === 'order') add(step, ORDER_STAGE, since);
  }
  return ahead;
}

/** Earliest first; of one moment in the order of the policy. */
const byTime = (left: Step, right: Step): number => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0);

const dueBy = (ahead: readonly Step[], now: Instant): Step[] => ahead.filter(({ at }) => at <= now).sort(byTime);

/** The steps whose moment has come, as facts; the moment of each is when it was due, and who was told is the caller’s to add. */
export function escalationsDue(
  referral: Referral,
  policy: SlaPolicy,
  now: Instant,
): { step: EscalationStep; stage: string; at: Instant }[] {
  return dueBy(stepsAhead(referral, policy, due(referral, policy, now)), now);
}

/** What is done now, each with the person who is told of it. */
export const raise = (referral: Referral, policy: SlaPolicy, staff: readonly StaffPerson[], now: Instant): Happening[] =>
  raised(referral, policy, staff, now, escalationsDue(referral, policy, now));

function raised(
  referral: Referral,
  policy: SlaPolicy,
  staff: readonly StaffPerson[],
  now: Instant,
  steps: readonly Pick<Step, 'step' | 'stage'>[],
): Happening[] {
  const { order, coordinator, id: referralId } = referral;
  if (order.status === 'draft') return [];
  const about = { referralId, requester: order.approval.requester, coordinator };
  return steps.map(({ step, stage }) => {
    const { rule, act, reach, time } = step;
    const { subject: to, insteadOf } = personFor(reach, about, staff, time);
    const fact: Escalation = {
      type: 'escalation-raised',
      version: 1,
      rule,
      stage,
      act,
      reach,
      to,
      insteadOf,
      policy: `${policy.id}/${policy.version}`,
    };
    return { effectiveAt: now, factKey: null, fact };
  });
}

/**
 * When this referral has to be looked at next, without anything new being heard; undefined where nothing is ahead. What is raised now changes
 * nothing of it.
 * @param owed what `due` says of it now
 */
export function nextLookAt(
  referral: Referral,
  policy: SlaPolicy,
  now: Instant,
  owed: readonly Obligation[] = due(referral, policy, now),
): Instant | undefined {
  return nextOf(stepsAhead(referral, policy, owed), owed, now);
}

/** `raise` and `nextLookAt` in one look, for whoever asks both of many referrals. */
export function lookAt(
  referral: Referral,
  policy: SlaPolicy,
  staff: readonly StaffPerson[],
  now: Instant,
): { raised: Happening[]; next: Instant | undefined } {
  const obligations = due(referral, policy, now);
  const ahead = stepsAhead(referral, policy, obligations);
  return { raised: raised(referral, policy, staff, now, dueBy(ahead, now)), next: nextOf(ahead, obligations, now) };
}

function nextOf(ahead: readonly Step[], obligations: readonly Obligation[], now: Instant): Instant | undefined {
  let next: Instant | undefined;
  const look = (at: Instant): void => {
    if (at > now && (next === undefined || at < next)) next = at;
  };
  for (const { at } of ahead) look(at);
  // A visit that is ahead turns into one of which somebody has to hear.
  for (const { kind, dueAt, visitAt, until } of obligations) {
    if (kind === 'visit') look(dueAt);
    if (visitAt !== undefined) look(visitAt);
    if (until !== undefined) look(until);
  }
  return next;
}
