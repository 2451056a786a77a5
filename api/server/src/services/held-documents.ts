/**
 * What came in and is held until it is known whose it is: seen by those who work this queue and by nobody else. They place it with a referral, or
 * say that it is nobody's here.
 */
import { takesNotes } from '@refloop/domain/patient-match/find-referral';
import { heldNoteDueAt, heldNoteDuty } from '@refloop/domain/sla/held-note';
import type { SlaPolicy } from '@refloop/domain/sla/policy';
import type { Reached, StaffPerson } from '@refloop/domain/sla/staff';
import type { FindPatients, FoundPatients, HeldDocument, HeldList, PlaceDocument } from '../client/inbound.ts';
import { type InboundContent, inboundContentOf, readingOf } from '../inbound/inbound-content.ts';
import { placeDocument } from '../inbound/place-document.ts';
import { chartsLike } from '../inbound/route-document.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { StoredInbound } from '../store/inbound-documents.ts';
import type { Store, Unit } from '../store/store.ts';
import { policyIn } from './engine/policy-in-force.ts';
import { staffIn } from './engine/staff.ts';
import { saidOf } from './held-comparison.ts';
import { doubtsOf } from './held-doubts.ts';
import { patientsBy, patientsFor, type Shown } from './held-patients.ts';
import { readReferral, withRetry } from './referral-log.ts';
import { namesOf } from './staff-names.ts';

export type HeldDocumentService = {
  list: (session: Session, now: Date) => Promise<HeldList>;
  file: (session: Session, id: string, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
  /** Patients with a referral here, for somebody who knows better than what was read of the document. Each that is shown is put on record. */
  find: (session: Session, id: string, asked: FindPatients, now: Date) => Promise<FoundPatients | Refusal>;
  place: (session: Session, id: string, asked: PlaceDocument, now: Date) => Promise<{ placed: true } | Refusal>;
  setAside: (session: Session, id: string, reason: string, now: Date) => Promise<{ setAside: true } | Refusal>;
};

const MOST = 50;

const notHeld = (): Refusal =>
  problem('not-found', 'This document is not held any more: somebody placed it or set it aside. Reload the list.');

const takesReason = (): Refusal =>
  problem('unprocessable', 'It is not certain that this note is of this patient. Nothing was placed.', [
    { field: 'reason', message: 'Say in a few words how you know that it is of this patient', fix: 'For example: married name' },
  ]);

type Duties = { policy: SlaPolicy; staff: readonly StaffPerson[]; names: ReadonlyMap<string, string>; now: string };

async function heldOf(
  unit: Unit,
  document: StoredInbound,
  { policy, staff, names, now }: Duties,
): Promise<{ held: HeldDocument; shown: Shown[] }> {
  const content = inboundContentOf(document.content);
  const { owner, dueAt, isOverdue, escalatedTo } = heldNoteDuty({ id: document.id, receivedAt: heldSince(document) }, policy, staff, now);
  const named = (reached: Reached | null): string | null => reached && (names.get(reached.subject) ?? reached.subject);
  const shown = await patientsFor(unit, content);
  const held: HeldDocument = {
    id: document.id,
    receivedAt: document.receivedAt,
    source: document.source,
    why: content.why ?? 'patient-uncertain',
    mail: content.mail && { from: content.mail.from, subject: content.mail.subject, text: content.mail.text },
    owner: named(owner),
    dueAt,
    isOverdue,
    escalatedTo: named(escalatedTo),
    ...readingOf(content, content.type),
    patients: shown.map(({ choice }) => choice),
  };
  return { held, shown };
}

const isHeldAgain = ({ content }: StoredInbound): boolean => inboundContentOf(content).heldAgainAt !== null;

/** Nothing of before is held against anybody. */
const heldSince = ({ content, receivedAt }: StoredInbound): string => inboundContentOf(content).heldAgainAt ?? receivedAt;

/** How many are held, and whether the one that came first is overdue. */
export async function countHeld(unit: Unit, policy: SlaPolicy, now: string): Promise<{ count: number; isOverdue: boolean }> {
  const count = await unit.inboundDocuments.count('held');
  const first = count === 0 ? [] : await unit.inboundDocuments.open({ status: 'held', limit: 1 });
  // By when they came: one that was taken off a referral stands before others that wait longer.
  const oldest = first.some(isHeldAgain) ? await unit.inboundDocuments.open({ status: 'held', limit: MOST }) : first;
  return { count, isOverdue: oldest.some((each) => now > heldNoteDueAt(heldSince(each), policy)) };
}

export function createHeldDocumentService({ store }: { store: Store }): HeldDocumentService {
  const record = async (
    unit: Unit,
    session: Session,
    now: Date,
    action: `inbound.${string}`,
    about: { payload: object; referralId?: string; patientId?: string },
  ): Promise<void> => {
    await unit.audit.append({ at: now.toISOString(), actor: actorOf(session), action, purpose: 'TREAT', ...about });
  };

  /** Under the patient and each referral that stands beside them, so that who asks who saw a patient finds it. */
  const recordShown = async (
    unit: Unit,
    session: Session,
    now: Date,
    action: `inbound.${string}`,
    { patientId, choice }: Shown,
    payload: object,
  ): Promise<void> => {
    const referrals = choice.referrals.map(({ referralId }) => ({ referralId }));
    for (const of of referrals.length === 0 ? [{}] : referrals) await record(unit, session, now, action, { patientId, ...of, payload });
  };

  const whileHeld = <Value>(
    session: Session,
    id: string,
    work: (unit: Unit, document: StoredInbound, content: InboundContent) => Promise<Value>,
  ) =>
    withRetry(() =>
      store.transaction(session.scope, async (unit): Promise<Value | Refusal> => {
        const document = await unit.inboundDocuments.take(id);
        if (document?.standing.status !== 'held') return notHeld();
        return work(unit, document, inboundContentOf(document.content));
      }),
    );

  return {
    list: (session, now) =>
      store.transaction(session.scope, async (unit) => {
        const stored = await unit.inboundDocuments.open({ status: 'held', limit: MOST });
        const at = now.toISOString();
        const duties: Duties = {
          policy: await policyIn(unit),
          staff: await staffIn(unit, at),
          names: namesOf(await unit.grants.list()),
          now: at,
        };
        const documents: HeldDocument[] = [];
        const shownBeside = new Map<string, Shown & { ids: string[] }>();
        for (const document of stored) {
          const { held, shown } = await heldOf(unit, document, duties);
          documents.push(held);
          for (const each of shown) {
            const { ids } = shownBeside.get(each.patientId) ?? { ids: [] };
            shownBeside.set(each.patientId, { ...each, ids: [...ids, document.id] });
          }
        }
        await record(unit, session, now, 'inbound.listed', { payload: { documents: stored.map(({ id }) => id) } });
        for (const { ids, ...each } of shownBeside.values())
          await recordShown(unit, session, now, 'inbound.shown', each, { documents: ids });
        return { documents, more: Math.max(0, (await unit.inboundDocuments.count('held')) - stored.length) };
      }),

    file: (session, id, now) =>
      whileHeld(session, id, async (unit, document): Promise<Uint8Array<ArrayBuffer> | Refusal> => {
        const bytes = await unit.inboundDocuments.file(id);
        if (!bytes) return notHeld();
        await record(unit, session, now, 'inbound.read', { payload: { id, sha256: document.sha256 } });
        return bytes;
      }),

    find: (session, id, asked, now) =>
      whileHeld(session, id, async (unit, _document, content): Promise<FoundPatients | Refusal> => {
        const { shown, more } = await patientsBy(unit, content, asked);
        for (const each of shown) await recordShown(unit, session, now, 'inbound.searched', each, { id });
        return { patients: shown.map(({ choice }) => choice), more };
      }),

    place: (session, id, asked, now) =>
      whileHeld(session, id, async (unit, document, content): Promise<{ placed: true } | Refusal> => {
        const at = now.toISOString();
        const referral = await readReferral(unit, asked.referralId);
        if (!referral || !takesNotes(referral)) {
          return problem(
            'not-found',
            'There is no order in force with this number, nor one that was. Nothing was placed. Reload the list.',
          );
        }
        const { referralId, attempt, form, reason } = asked;
        const doubts = await doubtsOf(unit, content, referral.patientId, await chartsLike(unit, saidOf(content)));
        if (doubts.length > 0 && reason === '') return takesReason();
        const although = reason === '' ? null : { doubts, reason, by: session.name };
        if (!(await placeDocument(unit, document, content, { referralId, attempt, form, although }, personOf(session), at))) {
          throw new Refused(problem('not-found', 'Nobody was asked under this number. Nothing was placed. Reload the list.'));
        }
        await record(unit, session, now, 'inbound.placed', {
          referralId,
          patientId: referral.patientId,
          payload: { id, attempt, form, sha256: document.sha256, doubts },
        });
        return { placed: true as const };
      }),

    setAside: (session, id, reason, now) =>
      whileHeld(session, id, async (unit, _document, content): Promise<{ setAside: true } | Refusal> => {
        const at = now.toISOString();
        await unit.inboundDocuments.settle(id, { status: 'set-aside', at }, { ...content, note: reason });
        await record(unit, session, now, 'inbound.set-aside', { payload: { id, reason } });
        return { setAside: true as const };
      }),
  };
}
