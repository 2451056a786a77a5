/**
 * A further specialist whom a coordinator proposed: what the clinician reads of them, and the answer. An approval is the same act as that of
 * the order (R57): by the clinician whose referral it is or who covers for them, of somebody the directory lists in network at that moment.
 */
import { decideCare } from '@refloop/domain/referral/care-command';
import type { RerouteReason } from '@refloop/domain/referral/care-event';
import type { Performer, ReferralEvent } from '@refloop/domain/referral/event';
import { openProposal } from '@refloop/domain/referral/proposal';
import type { Referral } from '@refloop/domain/referral/referral';
import type { Card } from '../client/match.ts';
import type { ProposalAnswer, ProposalRequest, ToApproveRow } from '../client/work.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { Store, Unit } from '../store/store.ts';
import { requestOf } from './approved-options.ts';
import { careRefusal } from './care-refusal.ts';
import type { ObligationContent } from './engine/obligation-content.ts';
import type { MatchingService } from './matching.ts';
import { applyDecision, readHistory, withRetry } from './referral-log.ts';
import { placeOf } from './reviews.ts';
import { byOf } from './thread-words.ts';

export type ProposalService = {
  /** The same answer to the same proposal twice does it once. */
  answer: (session: Session, asked: ProposalRequest, now: Date) => Promise<ProposalAnswer | Refusal>;
};

const NOT_YOURS = 'There is no proposal for a referral of yours with this number. Reload the list.';
const NOT_LISTED = 'Nobody was asked. Refuse the proposal with a reason: the coordinator then looks for somebody else.';
const CANNOT_SAY =
  'Whether the directory lists this specialist in the patient’s network cannot be said now. Nobody was asked. Try again in a few minutes.';

const OTHERWISE = 'They are not listed in the patient’s network';
const EXCLUDED: Readonly<Record<string, string>> = {
  'children-only': 'They see children only',
  'adults-only': 'They see adults only',
  'not-accepting': 'They take no new patients',
  'existing-patients-only': 'They take existing patients only',
  'no-emergencies': 'They take no emergencies',
  'network-unknown': 'Whether they are in the patient’s network is not known',
};

type Standing = ToApproveRow['standing'];

/** As the directory in force has them for the clinician's request: whether it can be said, and where they are not listed, why. */
async function standingNow(
  unit: Unit,
  matching: MatchingService,
  referral: Referral,
  performer: Performer,
  now: Date,
): Promise<{ card: Card | undefined; standing: Standing }> {
  if ('refused' in matching.matcher()) return { card: undefined, standing: { kind: 'not-to-be-said' } };
  const request = await requestOf(unit, referral);
  if (!request) return { card: undefined, standing: { kind: 'not-listed', why: 'What was asked for is not kept with this referral' } };
  const card = matching.assess(request, performer.entryId, now);
  if ('refused' in card)
    return card.refused === 'conflict'
      ? { card: undefined, standing: { kind: 'not-listed', why: 'They are no longer in the directory' } }
      : { card: undefined, standing: { kind: 'not-to-be-said' } };
  if (card.exclusion !== null) return { card, standing: { kind: 'not-listed', why: EXCLUDED[card.exclusion] ?? OTHERWISE } };
  if (card.network.status !== 'in') return { card, standing: { kind: 'not-listed', why: OTHERWISE } };
  return { card, standing: { kind: 'listed' } };
}

const BECAUSE: Record<RerouteReason, string> = {
  declined: 'Declined.',
  cancelled: 'Cancelled there.',
  'no-answer': 'No answer.',
  'patient-asked': 'The patient asked for somebody else.',
};

function beforeOf({ attempts }: Referral, because: RerouteReason): ToApproveRow['before'] {
  const last = attempts.at(-1);
  const why = last?.work.status === 'declined' ? `Declined: ${last.work.reason.replaceAll('-', ' ')}.` : BECAUSE[because];
  return { name: last?.performer.display ?? '', why };
}

type RowFor = { coveringFor: string | null; names: ReadonlyMap<string, string>; now: Date };

/** Of this clinician, or of one they cover for. */
export async function toApproveRow(
  unit: Unit,
  matching: MatchingService,
  stored: StoredObligation,
  { coveringFor, names, now }: RowFor,
): Promise<ToApproveRow[]> {
  const { events, referral } = await readHistory(unit, stored.referralId);
  const open = referral && openProposal(referral);
  const proposed = events.find(({ sequence }) => sequence === open?.sequence);
  if (!open || !proposed) return [];
  const { performer, because, sequence } = open;
  const { card, standing } = await standingNow(unit, matching, referral, performer, now);
  const { coordinator } = referral;
  const { patientName = '', specialtyName = '' } = stored.content as Partial<ObligationContent>;
  return [
    {
      id: stored.id,
      referralId: referral.id,
      patientName,
      specialtyName,
      urgency: referral.urgency,
      sequence,
      proposedBy: byOf(proposed.actor, names),
      proposedAt: proposed.recordedAt,
      coveringFor,
      dueAt: stored.dueAt,
      before: beforeOf(referral, because),
      specialist: {
        entryId: performer.entryId,
        npi: performer.npi,
        name: performer.display,
        organization: card?.organization ?? null,
        miles: card?.miles ?? null,
        approximate: card?.approximate ?? false,
        waitDays: card?.wait?.days ?? null,
        phone: card?.phone ?? null,
        why: card?.why ?? [],
        network: card?.network ?? { status: 'unknown', reason: 'no longer in the directory' },
      },
      standing,
      refusedBefore: referral.refusedPerformers.findLast(({ npi }) => npi === performer.npi)?.reason ?? null,
      coordinator: coordinator === null ? null : (names.get(coordinator) ?? coordinator),
    },
  ];
}

/** How this very proposal was answered; undefined where it was not. */
function answeredAs(events: readonly ReferralEvent[], proposal: number): ProposalRequest['answer']['kind'] | undefined {
  const at = events.findIndex(({ sequence }) => sequence === proposal);
  if (events[at]?.fact.type !== 'performer-proposed') return undefined;
  for (const { fact } of events.slice(at + 1)) {
    if (fact.type === 'performer-approved') return 'approve';
    if (fact.type === 'performer-refused') return 'refuse';
    if (fact.type === 'performer-proposed' || fact.type === 'attempt-opened') return undefined;
  }
  return undefined;
}

export const createProposalService = ({ store, matching }: { store: Store; matching: MatchingService }): ProposalService => ({
  answer: (session, { referralId, sequence, answer }, now) =>
    withRetry(() =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        const { events, referral } = await readHistory(unit, referralId);
        const place =
          referral && referral.order.status !== 'draft' ? await placeOf(unit, session, referral.order.approval.requester, now) : undefined;
        if (!referral || !place) return problem('not-found', NOT_YOURS);
        if (answeredAs(events, sequence) === answer.kind) return { answered: true as const };
        const open = openProposal(referral);
        const performer = open?.sequence === sequence ? open.performer : undefined;
        const found = performer && (await standingNow(unit, matching, referral, performer, now));
        const card = found?.card;
        if (answer.kind === 'approve' && found?.standing.kind === 'not-to-be-said') return problem('conflict', CANNOT_SAY);
        if (answer.kind === 'approve' && found?.standing.kind === 'not-listed')
          return problem('conflict', `${found.standing.why}. ${NOT_LISTED}`);
        const applied = await applyDecision(unit, referralId, personOf(session, place.coveringFor), at, (current) =>
          decideCare(
            current,
            answer.kind === 'approve'
              ? { type: 'approve-performer', proposal: sequence }
              : { type: 'refuse-performer', proposal: sequence, reason: answer.reason },
            at,
          ),
        );
        if (!applied) throw new Refused(problem('not-found', NOT_YOURS));
        if (!applied.ok) throw new Refused(careRefusal(applied.refusal));
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: answer.kind === 'approve' ? 'referral.performer-approved' : 'referral.performer-refused',
          purpose: 'TREAT',
          patientId: referral.patientId,
          referralId,
          payload: {
            proposal: sequence,
            because: open?.because ?? null,
            performer: performer ? { ...performer } : null,
            network: card ? { ...card.network } : null,
            reason: answer.kind === 'refuse' ? answer.reason : null,
            coveringFor: place.coveringFor,
          },
        });
        return { answered: true as const };
      }),
    ),
});
