/**
 * Another specialist after a decline: the order stands, and the next attempt is with one whom the clinician approved. Anybody else in network
 * whom the clinician's request finds now is proposed to them and not asked (R57). Who is out of network, or of unknown network, is for the
 * clinician to choose, with a new approval.
 */
import { decideCare } from '@refloop/domain/referral/care-command';
import type { Performer } from '@refloop/domain/referral/event';
import { askedNpis, isApproved, openOptions } from '@refloop/domain/referral/options';
import { wasRefused } from '@refloop/domain/referral/proposal';
import type { Referral } from '@refloop/domain/referral/referral';
import type { Card, MatchInput } from '../client/match.ts';
import type { Thread } from '../client/thread.ts';
import type { AskNext, NextPerformers } from '../client/worklist.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { Store } from '../store/store.ts';
import { optionsListed, requestOf } from './approved-options.ts';
import { careRefusal } from './care-refusal.ts';
import { asCard, performerOf } from './chosen-performer.ts';
import type { MatchingService } from './matching.ts';
import { noSuchReferral, requireOwn } from './own-referral.ts';
import type { PracticeOf } from './patient/patient-view.ts';
import { applyDecision, readReferral, withRetry } from './referral-log.ts';
import { readThread } from './worklist.ts';

export type NextPerformerService = {
  list: (session: Session, referralId: string, now: Date) => Promise<NextPerformers | Refusal>;
  /** Opens the attempt with one who is approved; puts anybody else to the clinician. */
  ask: (session: Session, referralId: string, asked: AskNext, now: Date) => Promise<Thread | Refusal>;
};

/** A coordinator chooses from a few, as the clinician did. */
const MOST = 10;

const NO_REQUEST = 'What the clinician asked for is not kept with this referral. The clinician refers anew from the chart.';
const ALL_REFUSED =
  'The clinician refused whom was proposed, and the directory lists nobody else in the patient’s network who takes new patients near them. The clinician decides what is to be done.';
const NOBODY = 'Nobody else in the patient’s network takes new patients near them. The clinician decides what is to be done.';

/** `approved`: by the clinician, with the referral or since. */
type Askable = { card: Card; rank: number | null; approved: boolean; refused: string | null };

type Deps = { store: Store; matching: MatchingService; practiceOf?: PracticeOf };

export function createNextPerformerService({ store, matching, practiceOf }: Deps): NextPerformerService {
  /** The ranked of the request as the directory has them now, without those who were asked; whom the clinician refused last. */
  function rankedNow(request: MatchInput, referral: Referral, now: Date): Card[] | Refusal {
    const answer = matching.match({ ...request, limit: MOST + referral.attempts.length + referral.refusedPerformers.length }, now);
    if ('refused' in answer) return answer;
    const asked = askedNpis(referral);
    const left = answer.ranked.filter((card) => !asked.has(card.npi));
    const refused = left.filter((card) => wasRefused(referral, card));
    return [...left.filter((card) => !wasRefused(referral, card)).slice(0, MOST), ...refused];
  }

  /** Whom the clinician approved already first, as they approved them; then the next of the ranking. */
  function askable(request: MatchInput, referral: Referral, now: Date): Askable[] | Refusal {
    const cards = rankedNow(request, referral, now);
    if ('refused' in cards) return cards;
    const ranked = cards.map((card, at): Askable => ({ card, rank: at + 1, approved: false, refused: refusalOf(referral, card) }));
    const approved = optionsListed(matching, request, referral, now).map((card): Askable => {
      const option = openOptions(referral).find(({ entryId }) => entryId === card.entryId);
      return {
        card: cards.find(({ entryId }) => entryId === card.entryId) ?? card,
        rank: option?.rank ?? null,
        approved: true,
        refused: null,
      };
    });
    const npis = new Set(approved.map(({ card }) => card.npi));
    const others = ranked.filter(({ card }) => !npis.has(card.npi));
    const fresh = [...approved, ...others.filter(({ refused }) => refused === null)].slice(0, MOST);
    return [...fresh, ...others.filter(({ refused }) => refused !== null)];
  }

  return {
    list: (session, referralId, now) =>
      store.transaction(session.scope, async (unit): Promise<NextPerformers | Refusal> => {
        await requireOwn(unit, session, referralId);
        const referral = await readReferral(unit, referralId);
        if (!referral || referral.order.status === 'draft') return noSuchReferral();
        const request = await requestOf(unit, referral);
        if (!request) return { why: NO_REQUEST, performers: [] };
        const listed = askable(request, referral, now);
        if ('refused' in listed) return listed;
        await unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'worklist.next-performers-read',
          purpose: 'TREAT',
          referralId,
          patientId: referral.patientId,
          payload: { performers: listed.map(({ card }) => card.entryId) },
        });
        return {
          why: listed.length > 0 ? null : referral.refusedPerformers.length > 0 ? ALL_REFUSED : NOBODY,
          performers: listed.map(({ card, approved, refused }) => ({
            entryId: card.entryId,
            name: asCard(card),
            organization: card.organization,
            miles: card.miles,
            waitDays: card.wait?.days ?? null,
            phone: card.phone,
            why: card.why,
            approved,
            refused,
          })),
        };
      }),

    ask: (session, referralId, { sequence, entryId, because }, now) =>
      withRetry(() =>
        store.transaction(session.scope, async (unit) => {
          const at = now.toISOString();
          await requireOwn(unit, session, referralId);
          const referral = await readReferral(unit, referralId);
          const request = referral && (await requestOf(unit, referral));
          if (!referral) throw new Refused(noSuchReferral());
          if (!request) throw new Refused(problem('conflict', NO_REQUEST));
          const among = askable(request, referral, now);
          if ('refused' in among) throw new Refused(among);
          const found = among.find(({ card }) => card.entryId === entryId);
          if (!found) throw new Refused(problem('conflict', NOT_LISTED));
          const { card, rank } = found;
          const performer = performerIn(card, rank);
          const approved = isApproved(referral, performer);
          const applied = await applyDecision(unit, referralId, personOf(session), at, (current) => {
            if (current.decidedSequence !== sequence) throw new Refused(problem('conflict', CHANGED));
            return decideCare(current, { type: approved ? 'reroute' : 'propose-performer', performer, because }, at);
          });
          if (!applied) throw new Refused(noSuchReferral());
          if (!applied.ok) throw new Refused(careRefusal(applied.refusal));
          await unit.audit.append({
            at,
            actor: actorOf(session),
            action: approved ? 'worklist.next-performer-asked' : 'worklist.performer-proposed',
            purpose: 'TREAT',
            referralId,
            patientId: referral.patientId,
            payload: { entryId, npi: card.npi, because, rank, approved, among: among.map(({ card: each }) => each.entryId) },
          });
          const thread = await readThread(unit, session, referralId, at, practiceOf);
          if (!thread) throw new Refused(noSuchReferral());
          return thread;
        }),
      ),
  };

  function performerIn(card: Card, rank: number | null): Performer {
    const matcher = matching.matcher();
    if ('refused' in matcher) throw new Refused(matcher);
    const performer = performerOf(matcher, card, rank);
    if (!performer) throw new Refused(problem('conflict', NOT_LISTED));
    return performer;
  }
}

/** The last of their refusals. */
const refusalOf = ({ refusedPerformers }: Referral, { npi }: Card): string | null =>
  refusedPerformers.findLast((each) => each.npi === npi)?.reason ?? null;

const NOT_LISTED = 'This specialist is no longer among those who can be asked: the directory was updated meanwhile. Choose again.';
const CHANGED = 'Something happened to this referral since it was shown. Nobody was asked. Look at it again.';
