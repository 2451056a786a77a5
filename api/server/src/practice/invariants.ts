/** What must hold of every simulated referral, looked at with the domain alone. */
import { isDeepStrictEqual } from 'node:util';
import { closedBy } from '@refloop/domain/referral/closure';
import { fold, type Referral } from '@refloop/domain/referral/referral';
import { statusOf } from '@refloop/domain/referral/status';
import { due, type Obligation } from '@refloop/domain/sla/due';
import type { PracticeEngine } from './engine.ts';
import { LAST_MINUTE, type SimulatedReferral } from './simulate.ts';

/** What people see as over; everything else waits for somebody. */
const OVER = ['closed', 'cancelled', 'expired', 'patient-declined', 'revoked'];

/** Whether somebody owes something: not where it is over, nor where the last recommendation was let go of without an order. */
export function isOpen(referral: Referral): boolean {
  const { order, recommendations } = referral;
  if (order.status === 'draft') return recommendations.some(({ status }) => status === 'pending-review' || status === 'pended');
  return !OVER.includes(statusOf(referral));
}

/** @param until the end of the history, in milliseconds since 1970 @returns what does not hold, in words without patient data */
export function violationsOf(simulated: SimulatedReferral, engine: PracticeEngine, until: number): string[] {
  const { referralId: id, events, referral } = simulated;
  const found: string[] = [];
  const hold = (holds: boolean, what: string): void => {
    if (!holds) found.push(`${id}: ${what}`);
  };
  hold(isDeepStrictEqual(fold(id, events), referral), 'its events fold to something else');
  let before = '';
  events.forEach((event, at) => {
    hold(event.sequence === at + 1, `event ${at + 1} has the number ${event.sequence}`);
    hold(event.recordedAt >= before, `event ${event.sequence} was recorded before the one it follows`);
    hold(Date.parse(event.recordedAt) <= until, `event ${event.sequence} was recorded after the end`);
    hold(event.effectiveAt === null || event.effectiveAt <= event.recordedAt, `event ${event.sequence} was recorded before it happened`);
    before = event.recordedAt;
  });
  const end = new Date(until).toISOString();
  const obligations = due(referral, engine.policy, end);
  hold(!isOpen(referral) || obligations.length > 0, `it is ${statusOf(referral)}, and nobody owes anything`);
  hold(obligations.every(isWhole), 'an obligation has no owner or no deadline');
  hold(writeBackIsOver(referral), 'its write-back is unfinished');
  hold(referral.order.status !== 'active' || referral.coordinator !== null, 'its order is in force, and no coordinator has it');
  const left = engine
    .look(referral, new Date(until - LAST_MINUTE).toISOString())
    .reactions.map(({ fact }) => ('rule' in fact ? fact.rule : fact.type));
  hold(left.length === 0, `the engine has left something undone: ${left.join(', ')}`);
  const steps = referral.escalations.map(({ rule, stage }) => `${rule} ${stage}`);
  hold(new Set(steps).size === steps.length, 'a step was taken twice');
  if (statusOf(referral) === 'closed') hold(hasEvidence(referral), 'it is closed without evidence');
  return found;
}

const isWhole = ({ owner, dueAt }: Obligation): boolean => owner.length > 0 && !Number.isNaN(Date.parse(dueAt));

function writeBackIsOver({ order }: Referral): boolean {
  if (order.status === 'draft') return true;
  return order.status !== 'approved' && order.writeBack.steps.every(({ outcome }) => outcome?.status === 'done');
}

/** A final report that somebody read, of a performer who saw the patient where a visit was asked for. */
function hasEvidence(referral: Referral): boolean {
  const report = closedBy(referral);
  if (!report) return false;
  const attempt = referral.attempts.find(({ number }) => number === report.attempt);
  return attempt !== undefined && report.reviewedBy.length > 0 && (referral.service !== 'visit' || attempt.visits.length > 0);
}
