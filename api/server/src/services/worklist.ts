/** The coordinator's worklist: everything that is open, one referral as a thread, and what is put on record of it. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { actsOf, byHand } from '@refloop/domain/referral/by-hand';
import { decideCare, mayReroute } from '@refloop/domain/referral/care-command';
import { fold, type Referral } from '@refloop/domain/referral/referral';
import { statusOf } from '@refloop/domain/referral/status';
import { ok } from '@refloop/domain/result';
import { calendarFor } from '@refloop/domain/sla/policy';
import { ACTS, type ActRequest, type AssignAnswer, type AssignRequest, type Thread, type WorklistAnswer } from '../client/worklist.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { StoredGrant } from '../store/grants.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { Store, Unit } from '../store/store.ts';
import { careRefusal } from './care-refusal.ts';
import { namesBeside } from './engine/obligation-rows.ts';
import { policyIn } from './engine/policy-in-force.ts';
import { applyDecision, eventOf, withRetry } from './referral-log.ts';
import { threadOf } from './thread-words.ts';
import { worklistRow } from './worklist-rows.ts';

/**
 * Coordinators and leads see all of it and work on any; everybody else what they own or were told of, and work on what they own: where nobody
 * coordinates that is the clinician who ordered.
 */
const seesAll = ({ roles }: Session): boolean => roles.includes('coordinator') || roles.includes('lead');

/** Refused as what is not there: whose a referral is, is nobody else's business. */
export async function requireOwn(unit: Unit, session: Session, referralId: string): Promise<void> {
  if (seesAll(session)) return;
  const open = await unit.obligations.openOf(referralId);
  if (!open.some(({ owner }) => owner === session.subject)) throw new Refused(noSuchReferral());
}

async function listFor(unit: Unit, session: Session): Promise<StoredObligation[]> {
  if (seesAll(session)) return unit.obligations.list({ status: 'open', limit: MOST_ROWS });
  const own = await unit.obligations.list({ status: 'open', owner: session.subject, limit: MOST_ROWS });
  const told = await unit.obligations.list({ status: 'open', escalatedTo: session.subject, limit: MOST_ROWS });
  const both = [...own, ...told.filter(({ id }) => !own.some((each) => each.id === id))];
  return both.sort((left, right) => (left.dueAt < right.dueAt ? -1 : left.dueAt > right.dueAt ? 1 : 0));
}

export type WorklistService = {
  list: (session: Session, now: Date) => Promise<WorklistAnswer>;
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

/** More than that nobody works through; what is beyond is counted. */
const MOST_ROWS = 10_000;

const namesOf = (grants: readonly StoredGrant[]): Map<string, string> =>
  new Map(grants.flatMap(({ subject, name }) => (name === null ? [] : [[subject, name] as const])));

const isAssignable = ({ roles }: StoredGrant): boolean => roles.includes('coordinator') || roles.includes('lead');

export const noSuchReferral = (): Refusal => problem('not-found', 'There is no referral with this number here. Reload the list.');

const countAll = async (unit: Unit, at: string): Promise<number> =>
  (await unit.obligations.countOpen({ now: at, soon: at, bounds: [] })).counts.reduce((sum, each) => sum + each.open, 0);

/** Whoever approved needs no grant to be named: their name stands with the approval. */
export async function readThread(unit: Unit, session: Session, referralId: string, now: string): Promise<Thread | undefined> {
  const events = (await unit.events.read(referralId)).map(eventOf);
  const referral = fold(referralId, events);
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
  return {
    referralId,
    sequence: referral.lastSequence,
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
    acts: actsOf(referral, ACTS),
    linked: links.some((link) => link.attempt === attempt?.number && link.closedAt === null && link.expiresAt > now),
    mayAskNext: mayReroute(referral),
    entries: threadOf(events, names),
  };
}

function appointmentOf({ attempts }: Referral): Thread['appointment'] {
  const booked = attempts.at(-1)?.appointments.find(({ status }) => status === 'booked');
  return booked ? { startsAt: booked.startsAt } : null;
}

export function createWorklistService({ store }: { store: Store }): WorklistService {
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
    list: (session, now) =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        const grants = await unit.grants.list();
        const { calendar } = await policyIn(unit);
        const rowsFor = { reader: session.subject, names: namesOf(grants), calendar, now: at };
        const stored = await listFor(unit, session);
        const open = seesAll(session) ? await countAll(unit, at) : stored.length;
        await recorded(unit, session, now, 'worklist.listed', { payload: { rows: stored.length } });
        return {
          at,
          rows: stored.map((each) => worklistRow(each, rowsFor)),
          more: Math.max(0, open - stored.length),
          people: grants.filter(isAssignable).map(({ subject, name }) => ({ subject, name: name ?? subject })),
        };
      }),

    thread: (session, referralId, now) =>
      store.transaction(session.scope, async (unit) => {
        await requireOwn(unit, session, referralId);
        const thread = await readThread(unit, session, referralId, now.toISOString());
        if (!thread) return noSuchReferral();
        await recorded(unit, session, now, 'worklist.thread-read', { referralId, payload: { sequence: thread.sequence } });
        return thread;
      }),

    act: (session, referralId, { key, sequence, what }, now) =>
      withRetry(() =>
        store.transaction(session.scope, async (unit) => {
          const at = now.toISOString();
          await requireOwn(unit, session, referralId);
          const applied = await applyDecision(unit, referralId, personOf(session), at, (referral) => {
            const done = referral.factKeys.includes(`by-hand/${key}`);
            // Another act came between: what was on screen is not what would be acted on.
            if (!done && referral.lastSequence !== sequence) throw new Refused(problem('conflict', CHANGED));
            return byHand(referral, inUtc(what), key, at);
          });
          if (!applied) throw new Refused(noSuchReferral());
          if (!applied.ok) throw new Refused(careRefusal(applied.refusal));
          await recorded(unit, session, now, 'worklist.act', { referralId, payload: { key, ...what } });
          const thread = await readThread(unit, session, referralId, at);
          if (!thread) throw new Refused(noSuchReferral());
          return thread;
        }),
      ),

    reply: (session, referralId, { key, sequence, text }, now) =>
      withRetry(() =>
        store.transaction(session.scope, async (unit) => {
          const at = now.toISOString();
          await requireOwn(unit, session, referralId);
          const factKey = `message/${key}`;
          const applied = await applyDecision(unit, referralId, personOf(session), at, (referral) => {
            if (referral.factKeys.includes(factKey)) return ok([]);
            if (referral.lastSequence !== sequence) throw new Refused(problem('conflict', CHANGED));
            const decided = decideCare(referral, { type: 'post-message', attempt: answeredAttempt(referral), from: 'practice', text }, at);
            return decided.ok ? ok(decided.value.map((each) => ({ ...each, factKey }))) : decided;
          });
          if (!applied) throw new Refused(noSuchReferral());
          if (!applied.ok) throw new Refused(careRefusal(applied.refusal));
          await recorded(unit, session, now, 'worklist.replied', { referralId, payload: { key } });
          const thread = await readThread(unit, session, referralId, at);
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
          const assigned: AssignAnswer['assigned'] = [];
          for (const referralId of new Set(referralIds)) {
            let before: string | null = null;
            const applied = await applyDecision(unit, referralId, personOf(session), at, (referral) => {
              before = referral.coordinator;
              return decideCare(referral, { type: 'assign', coordinator: to, because }, at);
            });
            if (!applied) throw new Refused(noSuchReferral());
            if (!applied.ok) throw new Refused(careRefusal(applied.refusal));
            assigned.push({ referralId, before });
          }
          await recorded(unit, session, now, 'worklist.assigned', { payload: { to, because, assigned } });
          return { assigned };
        }),
      ),
  };
}

/** Whoever asked last is answered, also where somebody else has been asked to see the patient since. */
function answeredAttempt({ messages, attempts }: Referral): number {
  const last = messages.at(-1);
  return last?.from === 'office' ? last.attempt : (attempts.at(-1)?.number ?? 0);
}

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
function inUtc(what: What): What {
  const at = 'at' in what ? { at: utc(what.at) } : {};
  const startsAt = 'startsAt' in what ? { startsAt: utc(what.startsAt) } : {};
  return { ...what, ...at, ...startsAt } as What;
}
