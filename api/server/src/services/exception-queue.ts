/** The exceptions as a coordinator sees them, who takes or settles them. */
import { plainUtc } from '@refloop/domain/matching/plain-words';
import { referenceNumber } from '@refloop/domain/write-back/reference-number';
import type { ExceptionRow, SettleException } from '../client/admin.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { Store, Unit } from '../store/store.ts';
import { type ExceptionContent, isLeftOver, planOfException, UNFINISHED } from './exceptions.ts';
import { seesAll } from './own-referral.ts';
import { UNKNOWN_NUMBER } from './patient/unknown-number.ts';
import { notWithAWord, orderToCome, placeByHand } from './placed-by-hand.ts';
import { planContentOf } from './plan-content.ts';
import { withRetry } from './referral-log.ts';
import { TO_SIGN, toSignContentOf } from './to-sign.ts';
import { unfinishedText } from './unfinished-text.ts';

const KINDS = ['none-in-network', UNFINISHED, TO_SIGN, UNKNOWN_NUMBER] as const;
/** Nobody else has these in hand meanwhile. */
const AT_ONCE: readonly string[] = ['none-in-network', UNKNOWN_NUMBER];
const isKind = (kind: string): kind is ExceptionRow['kind'] => KINDS.some((each) => each === kind);

/** A clinician needs no grant, so that the name of who approved stands with the approval alone. */
function ownerName({ owner }: StoredObligation, nameOf: (subject: string) => string, plan: StoredPlan | undefined): string | null {
  if (owner === null) return null;
  return plan?.subject === owner ? planContentOf(plan).decision.by : nameOf(owner);
}

async function rowOf(
  unit: Unit,
  stored: StoredObligation,
  nameOfOwner: (subject: string) => string,
  plan: StoredPlan | undefined,
): Promise<ExceptionRow | undefined> {
  if (!isKind(stored.kind)) return undefined;
  const content = contentOf(stored);
  return {
    id: stored.id,
    kind: stored.kind,
    raisedAt: stored.raisedAt,
    dueAt: stored.dueAt,
    owner: content.ownerName ?? ownerName(stored, nameOfOwner, plan),
    specialtyName: content.specialtyName,
    patientName: content.patientName,
    detail: plan ? unfinishedText(plan, stored.status === 'open' ? content.note : undefined) : content.detail,
    reference: plan ? referenceNumber(plan.id) : null,
    status: stored.status,
    settlesBy: await settlesBy(unit, stored, plan),
  };
}

/** What is read of any of them. */
function contentOf(stored: StoredObligation): ExceptionContent & { ownerName?: string } {
  if (stored.kind !== TO_SIGN) return stored.content as ExceptionContent;
  const { specialtyName, patientName, preparedBy, forName, urgency } = toSignContentOf(stored);
  const detail = `Prepared by ${preparedBy} for ${forName} to sign (${urgency}), waiting since ${plainUtc(stored.raisedAt)}. Only ${forName}, or who covers for them, can sign it; ${preparedBy} can take it back.`;
  return { specialtyName, patientName, detail, ownerName: forName };
}

const isDue = (each: StoredObligation, now: Date): boolean =>
  AT_ONCE.includes(each.kind) || (each.kind === UNFINISHED ? isLeftOver(each, now) : each.dueAt <= now.toISOString());

/** An administrator sees what is theirs because nobody here coordinates, and nothing else of it; the first of the site entry are known by fhirUser. */
const maySee = (session: Session, { owner, kind }: StoredObligation): boolean =>
  seesAll(session) || (kind === UNKNOWN_NUMBER && (owner === session.subject || owner === session.fhirUser));

export type ExceptionService = {
  list: (session: Session, now: Date) => Promise<ExceptionRow[]>;
  settle: (session: Session, id: string, input: SettleException, now: Date) => Promise<ExceptionRow | Refusal>;
};

/** An order that is approved and not in the chart comes into force by this, or stays on the list. */
async function orderFirst(unit: Unit, session: Session, plan: StoredPlan, note: string, now: Date): Promise<Refusal | undefined> {
  switch (await orderToCome(unit, plan)) {
    case 'by-hand':
      // It puts an order in force: whoever looks at it later reads by what.
      if (note.trim().length < 3)
        return problem('invalid-request', 'Say who placed the order.', [
          { field: 'note', message: 'It is empty or too short', fix: 'Say in a few words who placed it, and its number if it has one.' },
        ]);
      return placeByHand(unit, session, plan, { sameOrder: false, note, coveringFor: null }, now);
    case 'by-refloop':
      return notWithAWord(plan);
    case undefined:
      return undefined;
  }
}

async function settlesBy(unit: Unit, { kind }: StoredObligation, plan: StoredPlan | undefined): Promise<ExceptionRow['settlesBy']> {
  if (kind === TO_SIGN) return 'clinician';
  const toCome = plan && (await orderToCome(unit, plan));
  return toCome === undefined ? 'word' : toCome === 'by-hand' ? 'order-placed' : 'clinician';
}

export function createExceptionService(deps: { store: Store }): ExceptionService {
  const names = async (unit: Unit) => {
    const grants = new Map((await unit.grants.list()).map((grant) => [grant.subject, grant.name ?? grant.fhirUser]));
    return (subject: string) => grants.get(subject) ?? subject;
  };
  return {
    list: (session, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const nameOfOwner = await names(unit);
        // Kind by kind: what else is owed, of which there may be thousands, must not crowd these out.
        const open: StoredObligation[] = [];
        for (const kind of KINDS) open.push(...(await unit.obligations.list({ status: 'open', kind })));
        open.sort((left, right) => left.dueAt.localeCompare(right.dueAt));
        // Until then a write-back is the clinician's own window at work, and a signature is on the clinician's own list.
        const visible = open.filter((each) => maySee(session, each) && isDue(each, now));
        await unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'exceptions.listed',
          purpose: 'HOPERAT',
          payload: { exceptions: visible.map(({ id: each }) => each) },
        });
        const rows: ExceptionRow[] = [];
        for (const stored of visible) {
          const row = await rowOf(unit, stored, nameOfOwner, await planOfException(unit, stored));
          if (row) rows.push(row);
        }
        return rows;
      }),
    settle: (session, id, input, now) =>
      withRetry(() =>
        deps.store.transaction(session.scope, async (unit) => {
          const stored = await unit.obligations.get(id);
          if (!stored || !isKind(stored.kind) || !maySee(session, stored))
            return problem('not-found', 'There is no such exception at this site. Reload the list.');
          if (stored.kind === TO_SIGN) {
            const { forName, preparedBy } = toSignContentOf(stored);
            return problem(
              'conflict',
              `This settles itself when ${forName}, or who covers for them, signs or closes it, or ${preparedBy} takes it back. Speak to them.`,
            );
          }
          const at = now.toISOString();
          const content = stored.content as ExceptionContent;
          const plan = await planOfException(unit, stored);
          if (plan && input.what === 'done' && stored.status === 'open') {
            const refused = await orderFirst(unit, session, plan, input.note, now);
            if (refused) return refused;
          }
          const change =
            input.what === 'take'
              ? { what: 'take' as const, owner: session.subject }
              : { what: 'done' as const, at, content: { ...content, note: input.note } };
          if (!(await unit.obligations.settle(id, change)))
            return problem('conflict', 'Somebody has settled this already. Reload the list.');
          await unit.audit.append({
            at,
            actor: actorOf(session),
            action: input.what === 'take' ? 'exception.taken' : 'exception.settled',
            purpose: 'HOPERAT',
            referralId: stored.referralId,
            payload: { id, note: input.note },
          });
          const after = await unit.obligations.get(id);
          const row = after && (await rowOf(unit, after, await names(unit), plan));
          return row ?? problem('not-found', 'There is no such exception at this site. Reload the list.');
        }),
      ),
  };
}
