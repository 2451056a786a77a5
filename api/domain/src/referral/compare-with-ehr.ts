/**
 * What Refloop holds of a referral against what its EHR holds, field by field, with whose truth holds by the registry (source-of-truth.ts).
 * It only tells: nothing is changed on either side. Sources: FHIR R4 request-status, task-status, document-reference-status and event-status.
 */
import type { Resource } from '../fhir/ehr-port.ts';
import { list, object, text } from '../fhir/read.ts';
import { NPI_SYSTEM } from '../write-back/identifiers.ts';
import type { Attempt } from './attempt.ts';
import { closedBy } from './closure.ts';
import type { Referral } from './referral.ts';
import { type Field, type Master, SOURCE_OF_TRUTH } from './source-of-truth.ts';
import { isOver } from './still-booked.ts';
import { compareStanding, workOf } from './task-standing.ts';

/** One resource as the EHR answered; `unread` says nothing of it. */
export type InEhr = { kind: 'found'; resource: Resource } | { kind: 'absent' } | { kind: 'unread' };

/** Undefined where Refloop holds that there is none. */
export type EhrSide = { order: InEhr | undefined; task: InEhr | undefined; note: InEhr | undefined; message: InEhr | undefined };

export type EhrDifference = {
  field: Extract<Field, 'order-status' | 'work' | 'performer' | 'note' | 'message'>;
  /** Codes and numbers, never a name. */
  ours: string;
  theirs: string;
  truth: Master;
};

const difference = (field: EhrDifference['field'], ours: string, theirs: string): EhrDifference => ({
  field,
  ours,
  theirs,
  truth: SOURCE_OF_TRUTH[field].master,
});

const NOT_THERE = 'not there';

/** Which statuses say the same as ours. A loop that is closed may read completed; an order that ended here is not to stay active. */
function statusesFor(referral: Referral): { ours: string; same: readonly string[] } | undefined {
  const { order } = referral;
  switch (order.status) {
    case 'draft':
    case 'approved':
      return undefined;
    case 'awaiting-signature':
      return { ours: 'awaiting signature', same: ['draft', 'on-hold', 'unknown'] };
    case 'on-hold':
      return { ours: 'on hold', same: ['draft', 'on-hold', 'unknown'] };
    case 'active':
      return closedBy(referral) ? { ours: 'closed', same: ['active', 'completed'] } : { ours: 'active', same: ['active'] };
    case 'revoked':
      return { ours: 'revoked', same: ['revoked', 'entered-in-error'] };
    case 'ended':
      return { ours: `ended, ${order.how}`, same: ['completed', 'revoked', 'entered-in-error', 'on-hold'] };
  }
}

function ofOrder(referral: Referral, side: InEhr | undefined): EhrDifference[] {
  const expected = statusesFor(referral);
  if (!expected || !side || side.kind === 'unread') return [];
  const theirs = side.kind === 'absent' ? NOT_THERE : text(side.resource['status']) || 'none given';
  return expected.same.includes(theirs) ? [] : [difference('order-status', expected.ours, theirs)];
}

const npiIn = (reference: unknown): string => {
  const identifier = object(object(reference)['identifier']);
  return text(identifier['system']) === NPI_SYSTEM ? text(identifier['value']) : '';
};

function ofTask({ work, performer }: Attempt, side: InEhr | undefined): EhrDifference[] {
  if (!side || side.kind === 'unread') return [];
  if (side.kind === 'absent') return [difference('work', work.status, NOT_THERE)];
  const { resource } = side;
  const stands = workOf(resource);
  const owner = npiIn(resource['owner']);
  return [
    ...(stands !== undefined && compareStanding(stands, work.status) === 'same'
      ? []
      : [difference('work', work.status, stands ?? (text(resource['status']) || 'none given'))]),
    // An owner by reference alone does not say who it is.
    ...(owner === '' || owner === performer.npi ? [] : [difference('performer', `NPI ${performer.npi}`, `NPI ${owner}`)]),
  ];
}

function ofNote(side: InEhr | undefined): EhrDifference[] {
  if (!side || side.kind === 'unread') return [];
  const theirs = side.kind === 'absent' ? NOT_THERE : text(side.resource['status']);
  const filed = side.kind === 'found' && list(side.resource['content']).length > 0;
  if (theirs === 'current' && filed) return [];
  return [difference('note', 'on file', theirs === 'current' ? 'without content' : theirs || 'none given')];
}

/**
 * Of a message on rung 4. R4's event-status: it is written as `preparation`, since nothing has gone to its recipient; from there an event goes
 * on (`in-progress`, `on-hold`, `completed`), or ends unsent (`not-done`) or half sent (`stopped`), which says the same as ours once the order is over.
 */
function ofMessage(referral: Referral, side: InEhr | undefined): EhrDifference[] {
  if (!side || side.kind === 'unread') return [];
  if (side.kind === 'absent') return [difference('message', 'on file', NOT_THERE)];
  const theirs = text(side.resource['status']) || 'none given';
  const same = ['preparation', 'in-progress', 'on-hold', 'completed', 'unknown', ...(isOver(referral) ? ['not-done', 'stopped'] : [])];
  if (!same.includes(theirs)) return [difference('message', 'on file', theirs)];
  return list(side.resource['payload']).length > 0 ? [] : [difference('message', 'on file', 'without content')];
}

/** The attempt whose Task in the chart is looked at: the last that has one. */
export const attemptInChart = ({ attempts }: Referral): Attempt | undefined => attempts.findLast(({ task }) => task !== null);

export function compareWithEhr(referral: Referral, { order, task, note, message }: EhrSide): EhrDifference[] {
  const attempt = attemptInChart(referral);
  return [...ofOrder(referral, order), ...(attempt ? ofTask(attempt, task) : []), ...ofNote(note), ...ofMessage(referral, message)];
}
