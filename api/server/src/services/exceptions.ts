/** Things a person must look at: nobody in network (R6), write-backs that did not finish by themselves, an emergency from an unknown number. */
import { specialtyInSentence } from '@refloop/domain/clinical/specialty';
import type { Urgency } from '@refloop/domain/matching/request';
import { personFor } from '@refloop/domain/sla/staff';
import type { StoredObligation } from '../store/obligations.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { Unit } from '../store/store.ts';
import { dueBefore } from './before-in-force.ts';
import { minutesLater } from './due.ts';
import { staffIn } from './engine/staff.ts';
import { hasLapsed, planContentOf } from './plan-content.ts';

export const UNFINISHED = 'unfinished-write-back';

/** Of the obligation that a plan raises with its approval. */
export const unfinishedId = (planId: string): string => `write-back-${planId}`;

/** What is read of any of them. */
export type ExceptionContent = {
  specialtyName: string;
  patientName: string;
  detail: string;
  /** Of an unfinished write-back: what has become of it is told from the plan as it stands. */
  planId?: string;
  note?: string;
};

/** Of an unfinished write-back, which is raised with each approval: the rows that follow carry on what stands in it. */
export type UnfinishedContent = ExceptionContent & { redFlag: boolean };

/** A write-back the clinician's own window finishes within seconds; after this long it stands on the list, whatever its deadline. */
const UNFINISHED_AFTER_MINUTES = 15;

/** Whether the clinician's own window has had its time. */
export const isLeftOver = ({ raisedAt }: Pick<StoredObligation, 'raisedAt'>, now: Date): boolean =>
  minutesLater(new Date(raisedAt), UNFINISHED_AFTER_MINUTES) <= now.toISOString();

/** A coordinator in turn, or who stands in for them; else who raised it: never a shared inbox with nobody (R126). */
const ownerFor = async (unit: Unit, referralId: string, raisedBy: string, now: Date): Promise<string> =>
  personFor('coordinator', { referralId, requester: raisedBy, coordinator: null }, await staffIn(unit, now.toISOString())).subject;

/** A newer question about the same referral replaces the older one: answered, or raised again with its own deadline. */
export async function settleNoneInNetwork(unit: Unit, referralId: string, now: Date): Promise<void> {
  for (const open of await unit.obligations.list({ status: 'open', kind: 'none-in-network', referralId })) {
    await unit.obligations.settle(open.id, { what: 'done', at: now.toISOString() });
  }
}

export async function raiseNoneInNetwork(
  unit: Unit,
  about: {
    id: string;
    referralId: string;
    specialtyName: string;
    urgency: Urgency;
    withinMiles: number;
    patientName: string;
    raisedBy: string;
    now: Date;
  },
): Promise<void> {
  const content: ExceptionContent = {
    specialtyName: about.specialtyName,
    patientName: about.patientName,
    detail: `No ${specialtyInSentence({ name: about.specialtyName })} practice in the patient’s network within ${about.withinMiles} miles takes new patients.`,
  };
  await unit.obligations.insert({
    id: about.id,
    referralId: about.referralId,
    kind: 'none-in-network',
    raisedAt: about.now.toISOString(),
    dueAt: await dueBefore(unit, { ...about, stage: 'decide', from: about.now.toISOString() }),
    owner: await ownerFor(unit, about.referralId, about.raisedBy, about.now),
    raisedBy: about.raisedBy,
    content,
  });
}

/** Raised with the approval and settled when the last step is written, so that no approval can be forgotten. */
export async function raiseUnfinishedWriteBack(
  unit: Unit,
  about: {
    planId: string;
    referralId: string;
    specialtyName: string;
    patientName: string;
    performerName: string;
    /** Whether the reason carries one. */
    redFlag: boolean;
    subject: string;
    now: Date;
  },
): Promise<void> {
  const content: UnfinishedContent = {
    specialtyName: about.specialtyName,
    patientName: about.patientName,
    detail: `Approved for ${about.performerName}.`,
    planId: about.planId,
    redFlag: about.redFlag,
  };
  await unit.obligations.insert({
    id: unfinishedId(about.planId),
    referralId: about.referralId,
    kind: UNFINISHED,
    raisedAt: about.now.toISOString(),
    dueAt: await dueBefore(unit, { ...about, stage: 'finish-writing', urgency: 'routine', from: about.now.toISOString() }),
    owner: about.subject,
    raisedBy: about.subject,
    content,
  });
}

/** All that Refloop was to write is written, or the approval was taken back. */
export const settleWriteBack = (unit: Unit, planId: string, now: Date): Promise<boolean> =>
  unit.obligations.settle(unfinishedId(planId), { what: 'done', at: now.toISOString() });

/** The referral was decided anew: what is left over from approvals of its order at an earlier version is nobody's to look at any more. */
export async function settleLapsed(unit: Unit, referralId: string, now: Date): Promise<void> {
  for (const open of await unit.obligations.list({ status: 'open', kind: UNFINISHED, referralId })) {
    const plan = await planOfException(unit, open);
    if (plan && hasLapsed(planContentOf(plan))) await settleWriteBack(unit, plan.id, now);
  }
}

export async function planOfException(unit: Unit, stored: StoredObligation): Promise<StoredPlan | undefined> {
  const { planId } = stored.content as ExceptionContent;
  return planId === undefined ? undefined : unit.plans.get(planId);
}

/** An unfinished write-back as a person reads about it, with its plan as it stands. */
export async function unfinishedOf(unit: Unit, stored: StoredObligation) {
  const { patientName, specialtyName, note } = stored.content as ExceptionContent;
  return { plan: await planOfException(unit, stored), patientName, specialtyName, note };
}
