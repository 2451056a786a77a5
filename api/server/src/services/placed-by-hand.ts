/**
 * An order that the EHR does not take from Refloop, placed there by a person. Said so it is in force, and the referral is followed as any other;
 * nothing else may take it off the lists while it is approved, or nobody would ever hear of it again (R89, R126).
 */
import type { Referral } from '@refloop/domain/referral/referral';
import { problem, type Refusal } from '../problem.ts';
import { personOf, type Session } from '../sessions/session.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { Unit } from '../store/store.ts';
import { planContentOf } from './plan-content.ts';
import { applyCommand, readReferral } from './referral-log.ts';
import { refusalOf } from './referral-refusal.ts';
import { isByHand } from './unfinished-text.ts';

/** Whose doing it is that the order comes into the chart; undefined where it is there, or the approval does not stand any more. */
export async function orderToCome(unit: Unit, plan: StoredPlan): Promise<'by-hand' | 'by-refloop' | undefined> {
  const referral = await readReferral(unit, plan.referralId);
  if (referral?.order.status !== 'approved' || referral.order.writeBack?.planId !== plan.id) return undefined;
  return isByHand(plan) ? 'by-hand' : 'by-refloop';
}

/** The order that Refloop was opened from is there to be signed; without one another has to be entered. */
export const orderAtHand = ({ order }: Pick<Referral, 'order'>): boolean => order.status === 'approved' && order.reference !== null;

export type Placed = {
  /** Whether it is the one that Refloop was opened from: from then on the EHR is asked how it stands. */
  sameOrder: boolean;
  note: string;
  /** Subject of the clinician in whose place it is said; null where nobody covers. */
  coveringFor: string | null;
};

/** @returns the refusal; undefined where the order is in force from now on. Throws AppendConflict when somebody was faster. */
export async function placeByHand(
  unit: Unit,
  session: Session,
  plan: StoredPlan,
  { sameOrder, note, coveringFor }: Placed,
  now: Date,
): Promise<Refusal | undefined> {
  const referral = await readReferral(unit, plan.referralId);
  if (sameOrder && !(referral && orderAtHand(referral)))
    return problem('invalid-request', 'Refloop was not opened from an order here.', [
      { field: 'sameOrder', message: 'There is no order that it could be', fix: 'Send false.' },
    ]);
  const applied = await applyCommand(unit, plan.referralId, personOf(session, coveringFor), now.toISOString(), {
    type: 'place-by-hand',
    planId: plan.id,
    reference: sameOrder ? (referral?.order.reference ?? null) : null,
    note,
  });
  return applied.ok ? undefined : refusalOf(applied.refusal);
}

/** Why what is left of this write-back cannot be settled with a word. */
export const notWithAWord = (plan: StoredPlan): Refusal =>
  problem(
    'conflict',
    `The order is not in the chart, so that this stays open. ${planContentOf(plan).decision.by}, or who covers for them, opens Refloop from the chart and finishes it there, or takes the approval back. Speak to them.`,
  );
