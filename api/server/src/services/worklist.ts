/** The coordinator's worklist: everything that is open, one referral as a thread, and what is put on record of it. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { actsOf, attemptsFor, type ByHandAct, byHand, heardBy, isUnlinked, mayBeLinked } from '@refloop/domain/referral/by-hand';
import { decideCare, mayReroute } from '@refloop/domain/referral/care-command';
import type { ReferralEvent } from '@refloop/domain/referral/event';
import { stagesOfNotes } from '@refloop/domain/referral/inference';
import { openQuestions } from '@refloop/domain/referral/open-questions';
import { openProposal } from '@refloop/domain/referral/proposal';
import type { Referral } from '@refloop/domain/referral/referral';
import { isLinked } from '@refloop/domain/referral/report';
import { statusOf } from '@refloop/domain/referral/status';
import { ok } from '@refloop/domain/result';
import { calendarFor } from '@refloop/domain/sla/policy';
import { ACTS, type ActRequest } from '../client/acts.ts';
import type { Thread } from '../client/thread.ts';
import type { AssignAnswer, AssignRequest, WorklistAnswer, WorklistQuery } from '../client/worklist.ts';
import { coveredBy } from '../grants/in-force.ts';
import { toDecide } from '../outbox/effect-obligation.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { Store, Unit } from '../store/store.ts';
import { wordsToOffice } from './asking-office.ts';
import { careRefusal } from './care-refusal.ts';
import { answersInPlace, settlesInPlace } from './clinicians-own.ts';
import { namesBeside } from './engine/obligation-rows.ts';
import { policyIn } from './engine/policy-in-force.ts';
import { isEngaged } from './engine/reactions.ts';
import { howToReach } from './how-to-reach.ts';
import { isLocked } from './link-tries.ts';
import { isToWorkOn, noSuchReferral, requesterOf, requireOwn, seesAll } from './own-referral.ts';
import { dateNotTold } from './patient/date-told.ts';
import type { PracticeOf } from './patient/patient-view.ts';
import { isClinician } from './prepared.ts';
import { applyDecision, readHistory, readReferral, withPress, withRetry } from './referral-log.ts';
import { accountByHand, wordOnSending } from './sent-by-hand.ts';
import { namesOf } from './staff-names.ts';
import { byOf, handedToMail, threadOf } from './thread-words.ts';
import { isTold } from './told.ts';
import { isAssignable, listPart, listWorklist } from './worklist-list.ts';
import { worklistRow } from './worklist-rows.ts';

/** The same, also for whoever covers for a clinician, of what is that clinician's own. */
async function requireActs(unit: Unit, session: Session, referralId: string, now: Date): Promise<void> {
  if (!(await settlesInPlace(unit, session, await unit.obligations.openOf(referralId), now))) await requireOwn(unit, session, referralId);
}

/**
 * Whoever ordered it, and whoever an escalation told of it, or told of it in the place of somebody they cover for, reads it and does nothing.
 * @returns whether this person works on it; throws the refusal where it is not theirs to see
 */
async function worksOrReads(unit: Unit, session: Session, referralId: string, now: Date): Promise<boolean> {
  if (seesAll(session)) return true;
  const open = await unit.obligations.openOf(referralId);
  if (open.some((row) => isToWorkOn(row, session)) || (await settlesInPlace(unit, session, open, now))) return true;
  if (await answersInPlace(unit, session, open, now)) return false;
  const people = [session.subject, ...(await coveredBy(unit, session.subject, now)).map(({ subject }) => subject)];
  if (open.some((row) => isTold(row, people))) return false;
  const referral = await readReferral(unit, referralId);
  if (!referral || requesterOf(referral) !== session.subject) throw new Refused(noSuchReferral());
  return false;
}

/** As it is for whoever only reads it: what it is, and nothing to press. */
const toRead = (thread: Thread): Thread => ({ ...thread, mayWork: false, acts: [], offices: [], effects: [], mayAskNext: false });

export type WorklistService = {
  /**
   * @param asked `since`: mark of the answer before; what has changed since is answered, where that is less than all. `after`: end of a part;
   *   the next one is answered
   */
  list: (session: Session, asked: WorklistQuery, now: Date) => Promise<WorklistAnswer>;
  thread: (session: Session, referralId: string, now: Date) => Promise<Thread | Refusal>;
  act: (session: Session, referralId: string, asked: ActRequest, now: Date) => Promise<Thread | Refusal>;
  /** Answers the office. */
  reply: (
    session: Session,
    referralId: string,
    asked: { key: string; sequence: number; text: string },
    now: Date,
  ) => Promise<Thread | Refusal>;
  assign: (session: Session, asked: AssignRequest, now: Date) => Promise<AssignAnswer | Refusal>;
};

/** Open, and no order is in it: nobody in network, a signature, a number of nobody's. */
const worksElsewhere = (): Refusal =>
  problem('not-found', 'There is no approved order here yet. This is settled under Exceptions; a signature is given under My work.');

/** Whoever approved needs no grant to be named: their name stands with the approval. */
export async function readThread(
  unit: Unit,
  session: Session,
  referralId: string,
  now: string,
  practiceOf: PracticeOf = () => undefined,
): Promise<Thread | undefined> {
  const { events, referral } = await readHistory(unit, referralId);
  if (!referral || referral.order.status === 'draft') return undefined;
  const policy = await policyIn(unit);
  const open = await unit.obligations.openOf(referralId);
  const { patientName, requesterName } = await namesBeside(unit, referral, open);
  const names = namesOf(await unit.grants.list());
  const { requester } = referral.order.approval;
  if (requesterName !== '' && !names.has(requester)) names.set(requester, requesterName);
  const rowsFor = { reader: session.subject, names, calendar: calendarFor(policy, referral), now };
  const obligations = open.map((stored) => worklistRow(stored, rowsFor));
  const attempt = referral.attempts.at(-1);
  const links = await unit.officeLinks.list(referralId);
  const effects = await unit.outbox.ofReferral(referralId);
  const opening = links.filter((link) => link.closedAt === null && link.expiresAt > now && !isLocked(link));
  const linked = new Set(opening.map(({ attempt: number }) => number));
  const toOffice = wordsToOffice(referral, events, effects, { linked, now });
  return {
    referralId,
    mayWork: true,
    reach: await howToReach(unit, referral, practiceOf, links),
    sequence: referral.decidedSequence,
    patientName,
    specialtyName: specialtyById(referral.specialty)?.name ?? referral.specialty,
    urgency: referral.urgency,
    status: statusOf(referral),
    performer: attempt ? { name: attempt.performer.display, npi: attempt.performer.npi, network: attempt.performer.network } : null,
    coordinator:
      referral.coordinator === null
        ? null
        : { subject: referral.coordinator, name: names.get(referral.coordinator) ?? referral.coordinator },
    appointment: appointmentOf(referral),
    obligations,
    effects: toDecide(open),
    acts: actsOf(referral, ACTS, heardBy(isClinician(session))),
    toLink: toLinkOf(referral),
    offices: officesOf(referral),
    linked: opening.some((link) => link.attempt === attempt?.number),
    mayAskNext: mayReroute(referral),
    proposal: proposalOf(referral, events, names, {
      practiceOf,
      mayAnswer: isClinician(session) && (requester === session.subject || (await answersInPlace(unit, session, open, new Date(now)))),
    }),
    asker: referral.attempts.find(({ number }) => number === openQuestions(referral)[0]?.attempt)?.performer.display ?? null,
    entries: threadOf(events, names, {
      handed: handedToMail(effects),
      notTold: dateNotTold(events, effects, now),
      toOffice,
      stages: stagesOfNotes(referral),
    }),
  };
}

function proposalOf(
  referral: Referral,
  events: readonly ReferralEvent[],
  names: ReadonlyMap<string, string>,
  { practiceOf, mayAnswer }: { practiceOf: PracticeOf; mayAnswer: boolean },
): Thread['proposal'] {
  const open = openProposal(referral);
  const proposed = events.find(({ sequence }) => sequence === open?.sequence);
  if (!open || !proposed) return null;
  const organization = practiceOf(open.performer.entryId)?.organization ?? null;
  return { name: open.performer.display, organization, proposedBy: byOf(proposed.actor, names), at: proposed.recordedAt, mayAnswer };
}

function toLinkOf({ reports, attempts }: Referral): Thread['toLink'] {
  const linkable = [...reports.filter(isUnlinked), ...reports.filter((each) => mayBeLinked(each) && !isUnlinked(each))];
  return {
    reports: linkable.map((report) => {
      const { id, form, fromNpi, receivedAt } = report;
      return { reportId: id, form, fromNpi, at: receivedAt, refused: !isUnlinked(report) };
    }),
    attempts: attempts.map(({ number, performer }) => ({ attempt: number, name: performer.display })).toReversed(),
    linked: reports
      .filter(isLinked)
      .map(({ id, form, receivedAt, status, attempt }) => ({
        reportId: id,
        form,
        from: attempts.find(({ number }) => number === attempt)?.performer.display ?? '',
        at: receivedAt,
        reviewed: status === 'reviewed',
      }))
      .toReversed(),
  };
}

function officesOf(referral: Referral): Thread['offices'] {
  const last = referral.attempts.at(-1)?.number;
  return ACTS.flatMap((act) => {
    const numbers = attemptsFor(referral, act);
    if (numbers.every((number) => number === last)) return [];
    const name = (number: number): string => referral.attempts.find((each) => each.number === number)?.performer.display ?? '';
    return [{ act, attempts: numbers.map((attempt) => ({ attempt, name: name(attempt) })) }];
  });
}

function appointmentOf({ attempts }: Referral): Thread['appointment'] {
  const booked = attempts.at(-1)?.appointments.find(({ status }) => status === 'booked');
  return booked ? { startsAt: booked.startsAt } : null;
}

/** @param practiceOf what the directory in force says of a specialist's office; without it, what was known at approval */
export function createWorklistService({ store, practiceOf }: { store: Store; practiceOf?: PracticeOf }): WorklistService {
  /** With the patient it is about, so that a patient can be told who read and did what. */
  const recorded = async (
    unit: Unit,
    session: Session,
    now: Date,
    action: `worklist.${string}`,
    { referralId, payload }: { referralId?: string; payload: object },
  ): Promise<void> => {
    const row = referralId === undefined ? undefined : await unit.referrals.get(referralId);
    const about = row ? { referralId: row.referralId, patientId: row.patientId } : {};
    await unit.audit.append({ at: now.toISOString(), actor: actorOf(session), action, purpose: 'TREAT', ...about, payload });
  };

  return {
    list: (session, { since, after }, now) =>
      store.transaction(session.scope, async (unit) => {
        const read =
          after === undefined ? await listWorklist(unit, session, since, now.toISOString()) : await listPart(unit, session, after);
        if (read.answer.kind !== 'unchanged') {
          const { kind } = read.answer;
          await recorded(unit, session, now, 'worklist.listed', {
            payload: { kind, rows: read.rows.length, referrals: referralsOf(read.rows) },
          });
        }
        return read.answer;
      }),

    thread: (session, referralId, now) =>
      store.transaction(session.scope, async (unit) => {
        const works = await worksOrReads(unit, session, referralId, now);
        const thread = await readThread(unit, session, referralId, now.toISOString(), practiceOf);
        if (!thread) return (await unit.obligations.openOf(referralId)).length > 0 ? worksElsewhere() : noSuchReferral();
        await recorded(unit, session, now, 'worklist.thread-read', {
          referralId,
          payload: { sequence: Math.max(thread.sequence, ...thread.entries.map(({ sequence }) => sequence)) },
        });
        return works ? thread : toRead(thread);
      }),

    act: (session, referralId, { key, sequence, what }, now) =>
      withPress(() =>
        store.transaction(session.scope, async (unit) => {
          const at = now.toISOString();
          // Before anything is read, as where a packet is prepared or sent: two that take referral and packet in turn would wait for each other.
          if (what.act === 'sent') await unit.events.hold(referralId);
          await requireActs(unit, session, referralId, now);
          const factKey = `by-hand/${key}`;
          const said = what.act === 'sent' ? { answer: what.authorization, factKey, sequence, now } : undefined;
          const on = said ? await wordOnSending(unit, session, referralId, said) : sequence;
          const applied = await applyDecision(unit, referralId, personOf(session), at, (referral) => {
            const done = referral.factKeys.includes(factKey);
            // Another act came between: what was on screen is not what would be acted on.
            if (!done && referral.decidedSequence !== on) throw new Refused(problem('conflict', CHANGED));
            return byHand(referral, inUtc(what, session), key, at);
          });
          if (!applied) throw new Refused(noSuchReferral());
          if (!applied.ok) throw new Refused(careRefusal(applied.refusal));
          if (what.act === 'sent')
            await accountByHand(unit, session, applied.value, { key: factKey, channel: what.channel, at: utc(what.at) });
          await recorded(unit, session, now, 'worklist.act', { referralId, payload: { key, ...forAudit(what) } });
          const thread = await readThread(unit, session, referralId, at, practiceOf);
          if (!thread) throw new Refused(noSuchReferral());
          return thread;
        }),
      ),

    reply: (session, referralId, { key, sequence, text }, now) =>
      withPress(() =>
        store.transaction(session.scope, async (unit) => {
          const at = now.toISOString();
          await requireOwn(unit, session, referralId);
          const factKey = `message/${key}`;
          const applied = await applyDecision(unit, referralId, personOf(session), at, (referral) => {
            if (referral.factKeys.includes(factKey)) return ok([]);
            if (referral.decidedSequence !== sequence) throw new Refused(problem('conflict', CHANGED));
            const decided = decideCare(referral, { type: 'post-message', attempt: answeredAttempt(referral), from: 'practice', text }, at);
            return decided.ok ? ok(decided.value.map((each) => ({ ...each, factKey }))) : decided;
          });
          if (!applied) throw new Refused(noSuchReferral());
          if (!applied.ok) throw new Refused(careRefusal(applied.refusal));
          await recorded(unit, session, now, 'worklist.replied', { referralId, payload: { key } });
          const thread = await readThread(unit, session, referralId, at, practiceOf);
          if (!thread) throw new Refused(noSuchReferral());
          return thread;
        }),
      ),

    assign: (session, { referralIds, to }, now) =>
      withRetry(() =>
        store.transaction(session.scope, async (unit) => {
          const at = now.toISOString();
          const grant = (await unit.grants.list()).find(({ subject }) => subject === to);
          if (!grant || !isAssignable(grant)) throw new Refused(notAssignable());
          const because = to === session.subject ? ('claimed' as const) : ('handed-over' as const);
          const answer: AssignAnswer = { assigned: [], left: [] };
          for (const referralId of new Set(referralIds)) {
            const before = await readReferral(unit, referralId);
            const why = whyNotAssigned(before, to);
            if (why !== undefined) {
              answer.left.push({ referralId, why });
              continue;
            }
            const applied = await applyDecision(unit, referralId, personOf(session), at, (referral) =>
              decideCare(referral, { type: 'assign', coordinator: to, because }, at),
            );
            if (applied?.ok === false) throw new Refused(careRefusal(applied.refusal));
            const open = await unit.obligations.openOf(referralId);
            const requester = before && before.order.status !== 'draft' ? before.order.approval.requester : undefined;
            const withClinician = open.length > 0 && requester !== to && open.every(({ owner }) => owner === requester);
            answer.assigned.push({ referralId, before: before?.coordinator ?? null, withClinician });
          }
          if (
            answer.left.length > 0 &&
            answer.left.length === new Set(referralIds).size &&
            answer.left.every(({ why }) => why === 'not-here')
          )
            throw new Refused(noSuchReferral());
          await recorded(unit, session, now, 'worklist.assigned', { payload: { to, because, ...answer } });
          return answer;
        }),
      ),
  };
}

/** How one knows whose a note is may name another patient: it stands with the event, and not in the audit of this one. */
function forAudit(what: ActRequest['what']): object {
  if (what.act !== 'unlink-report') return what;
  const { act, reportId, because } = what;
  return { act, reportId, because };
}

/** Until an order is in force it is its clinician's, and an exception is taken among the exceptions; a number of nobody's is no referral. */
function whyNotAssigned(referral: Referral | undefined, to: string): AssignAnswer['left'][number]['why'] | undefined {
  if (!referral) return 'not-here';
  if (!isEngaged(referral)) return 'no-order-in-force';
  return referral.coordinator === to ? 'theirs-already' : undefined;
}

/** Whoever has waited longest is answered, also where somebody else has been asked to see the patient since. */
const answeredAttempt = (referral: Referral): number => openQuestions(referral)[0]?.attempt ?? referral.attempts.at(-1)?.number ?? 0;

const referralsOf = (rows: readonly StoredObligation[]): string[] => [...new Set(rows.map(({ referralId }) => referralId))];

const CHANGED = 'Something happened to this referral since it was shown. Nothing was put on record. Look at it again.';

const notAssignable = (): Refusal =>
  problem('invalid-request', 'Nobody of that name can take a referral.', [
    {
      field: 'to',
      message: 'A referral is given to a coordinator or a lead',
      fix: 'Choose one of the list, or ask an administrator to give the role.',
    },
  ]);

type What = ActRequest['what'];
const utc = (at: string): string => new Date(at).toISOString();

/** Moments come with any offset; the domain compares them as text. */
function inUtc(what: What, session: Session): ByHandAct {
  if (what.act === 'patient-heard') return { ...what, meanings: heardBy(isClinician(session)) };
  const at = 'at' in what ? { at: utc(what.at) } : {};
  const startsAt = 'startsAt' in what ? { startsAt: utc(what.startsAt) } : {};
  return { ...what, ...at, ...startsAt } as ByHandAct;
}
