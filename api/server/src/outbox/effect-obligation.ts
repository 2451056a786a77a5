/** What a person has to find out about an effect: on the worklist, until they say what became of it. */

import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { Instant } from '@refloop/domain/instant';
import { exceptionOf } from '@refloop/domain/referral/exception';
import type { Referral } from '@refloop/domain/referral/referral';
import { statusOf } from '@refloop/domain/referral/status';
import { unreachable } from '@refloop/domain/result';
import { risksOf } from '@refloop/domain/sla/risk';
import { personFor, type StaffPerson } from '@refloop/domain/sla/staff';
import type { Thread } from '../client/thread.ts';
import { dueBy } from '../services/due.ts';
import type { ObligationContent } from '../services/engine/obligation-content.ts';
import { namesBeside } from '../services/engine/obligation-rows.ts';
import { staffIn } from '../services/engine/staff.ts';
import { toJson } from '../services/kept.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { StoredEffect } from '../store/outbox.ts';
import type { Unit } from '../store/store.ts';
import { EFFECT_OBLIGATIONS, type EffectObligation, NOT_SENT, PERHAPS_SENT } from './effect-trouble.ts';

/** Of which effect it tells; among the content of the obligation. */
export type EffectObligationContent = ObligationContent & { effectId: string /** To send it again is of no use. */; byPersonOnly?: true };

/** Raised once for each time it came to this; a person may have it sent again, and it may come to nothing again before it was tried. */
const obligationId = ({ id, tries }: Pick<StoredEffect, 'id' | 'tries'>, now: Instant): string => `effect-${id}-${tries}-${now}`;

/** What it came to; what was handed over and came back is seen to as what was not sent. */
type Trouble = EffectObligation | 'came-back';

function sentence(trouble: Trouble, what: string): string {
  switch (trouble) {
    case PERHAPS_SENT:
      return `${what} was perhaps sent: no answer came. Find out, and say whether it was.`;
    case NOT_SENT:
      return `${what} was not sent, and is not tried again by itself.`;
    case 'came-back':
      return `${what} was handed to the mail server and did not arrive.`;
    default:
      return unreachable(trouble);
  }
}

/** The coordinator's, or whoever stands in for them; of an order that nobody coordinates it is the clinician's. */
export function ownerOf(referral: Referral, staff: readonly StaffPerson[]): { owner: string; requester: string } | undefined {
  const { id: referralId, coordinator, order } = referral;
  if (order.status === 'draft') return undefined;
  const { requester } = order.approval;
  return { owner: personFor('coordinator', { referralId, requester, coordinator }, staff).subject, requester };
}

export async function raiseEffectObligation(
  unit: Unit,
  referral: Referral,
  effect: StoredEffect,
  about: { kind: Trouble; what: string; detail: string; now: Instant; byPersonOnly?: boolean },
): Promise<void> {
  const { what, detail, now } = about;
  const kind = about.kind === 'came-back' ? NOT_SENT : about.kind;
  const people = ownerOf(referral, await staffIn(unit, now));
  if (!people) return;
  const attempt = referral.attempts.at(-1);
  const { redFlag, ...names } = await namesBeside(unit, referral);
  const content: EffectObligationContent = {
    ...names,
    effectId: effect.id,
    ...(about.byPersonOnly ? { byPersonOnly: true as const } : {}),
    specialtyName: specialtyById(referral.specialty)?.name ?? referral.specialty,
    performerName: attempt?.performer.display ?? '',
    detail: `${sentence(about.kind, what)} ${detail}`,
    about: `effect ${effect.id}`,
    stage: `${kind}/${effect.id}`,
    waitingOn: 'coordinator',
    urgency: referral.urgency,
    status: statusOf(referral),
    authorization: referral.authorization.status,
    exception: exceptionOf(referral),
    risks: risksOf(referral, redFlag),
    attempts: referral.attempts.length,
    channel: attempt?.transmissions.at(-1)?.channel ?? null,
    lastEvent: { type: kind, at: now },
    steps: [],
  };
  await unit.obligations.insert({
    id: obligationId(effect, now),
    referralId: referral.id,
    kind,
    raisedAt: now,
    dueAt: dueBy(referral.urgency, new Date(now)),
    owner: people.owner,
    raisedBy: people.requester,
    content: toJson(content),
  });
}

/**
 * What a person has to find out stays with whoever coordinates the referral: it goes along when the referral is given to somebody else, or they
 * are stood in for.
 * @param open all that is open of the referral, kept from others
 * @returns how many there are
 */
export async function followOwner(
  unit: Unit,
  referral: Referral,
  staff: readonly StaffPerson[],
  open: readonly StoredObligation[],
): Promise<number> {
  const doubts = open.filter(({ kind }) => EFFECT_OBLIGATIONS.includes(kind));
  const owner = doubts.length > 0 ? ownerOf(referral, staff)?.owner : undefined;
  for (const { id, owner: before, dueAt, escalatedTo, content } of doubts) {
    if (owner !== undefined && owner !== before) await unit.obligations.settle(id, { what: 'revise', owner, dueAt, escalatedTo, content });
  }
  return doubts.length;
}

/** What is open of an effect is over. */
export async function settleEffectObligations(unit: Unit, effect: StoredEffect, now: Instant): Promise<void> {
  for (const open of await unit.obligations.openOf(effect.referralId)) {
    const ours = EFFECT_OBLIGATIONS.includes(open.kind) && (open.content as Partial<EffectObligationContent>).effectId === effect.id;
    if (ours) await unit.obligations.settle(open.id, { what: 'done', at: now });
  }
}

/** Whether this is what is open of the effect now: pressed twice, or heard late, it is of a doubt that is over. */
export async function isInDoubt(unit: Unit, { id, referralId }: StoredEffect, doubt: string): Promise<boolean> {
  return toDecide(await unit.obligations.openOf(referralId)).some((each) => each.effectId === id && each.doubt === doubt);
}

/** What of a referral waits for somebody to say what became of it, and what can be said. */
export const toDecide = (open: readonly StoredObligation[]): Thread['effects'] =>
  open.flatMap(({ id, kind, content }): Thread['effects'] => {
    const { effectId, byPersonOnly } = content as Partial<EffectObligationContent>;
    if (!EFFECT_OBLIGATIONS.includes(kind) || effectId === undefined) return [];
    if (byPersonOnly) return [{ effectId, doubt: id, decisions: ['let-go'] }];
    return [{ effectId, doubt: id, decisions: kind === PERHAPS_SENT ? ['was-sent', 'send-again'] : ['send-again', 'let-go'] }];
  });
