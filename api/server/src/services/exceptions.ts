/** Things a person must look at: nobody in network (R6), write-backs that did not finish by themselves, an emergency from an unknown number. */
import { specialtyInSentence } from '@refloop/domain/clinical/specialty';
import type { Urgency } from '@refloop/domain/matching/request';
import { referenceNumber } from '@refloop/domain/write-back/reference-number';
import type { ExceptionRow, SettleException } from '../client/admin.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { Store, Unit } from '../store/store.ts';
import { dueBy, minutesLater } from './due.ts';
import { UNKNOWN_NUMBER } from './patient/unknown-number.ts';
import { hasLapsed, planContentOf } from './plan-content.ts';
import { TO_SIGN, toSignContentOf } from './to-sign.ts';
import { unfinishedText } from './unfinished-text.ts';

export const UNFINISHED = 'unfinished-write-back';

/** Of the obligation that a plan raises with its approval. */
export const unfinishedId = (planId: string): string => `write-back-${planId}`;

type Content = {
  specialtyName: string;
  patientName: string;
  detail: string;
  /** Of an unfinished write-back: what has become of it is told from the plan as it stands. */
  planId?: string;
  note?: string;
};

/** Of an unfinished write-back, which is raised with each approval: the rows that follow carry on what stands in it. */
export type UnfinishedContent = Content & { redFlag: boolean };

/** A write-back the clinician's own window finishes within seconds; after this long it is somebody's to look at. */
export const UNFINISHED_AFTER_MINUTES = 15;

/** The first coordinator of the site, else who raised it: never a shared inbox with nobody (R126). */
async function ownerFor(unit: Unit, raisedBy: string): Promise<string> {
  const grants = await unit.grants.list();
  return grants.find((grant) => grant.roles.includes('coordinator'))?.subject ?? raisedBy;
}

/** A newer question about the same referral replaces the older one: answered, or raised again with its own deadline. */
export async function settleNoneInNetwork(unit: Unit, referralId: string, now: Date): Promise<void> {
  for (const open of await unit.obligations.list({ status: 'open', kind: 'none-in-network', referralId })) {
    await unit.obligations.settle(open.id, { what: 'done', at: now.toISOString() });
  }
}

export async function raiseNoneInNetwork(
  unit: Unit,
  about: {
    id: string;
    referralId: string;
    specialtyName: string;
    urgency: Urgency;
    withinMiles: number;
    patientName: string;
    raisedBy: string;
    now: Date;
  },
): Promise<void> {
  const content: Content = {
    specialtyName: about.specialtyName,
    patientName: about.patientName,
    detail: `No ${specialtyInSentence({ name: about.specialtyName })} practice in the patient’s network within ${about.withinMiles} miles takes new patients.`,
  };
  await unit.obligations.insert({
    id: about.id,
    referralId: about.referralId,
    kind: 'none-in-network',
    raisedAt: about.now.toISOString(),
    dueAt: dueBy(about.urgency, about.now),
    owner: await ownerFor(unit, about.raisedBy),
    raisedBy: about.raisedBy,
    content,
  });
}

/** Raised with the approval and settled when the last step is written, so that no approval can be forgotten. */
export async function raiseUnfinishedWriteBack(
  unit: Unit,
  about: {
    planId: string;
    referralId: string;
    specialtyName: string;
    patientName: string;
    performerName: string;
    /** Whether the reason carries one. */
    redFlag: boolean;
    subject: string;
    now: Date;
  },
): Promise<void> {
  const content: UnfinishedContent = {
    specialtyName: about.specialtyName,
    patientName: about.patientName,
    detail: `Approved for ${about.performerName}.`,
    planId: about.planId,
    redFlag: about.redFlag,
  };
  await unit.obligations.insert({
    id: unfinishedId(about.planId),
    referralId: about.referralId,
    kind: UNFINISHED,
    raisedAt: about.now.toISOString(),
    dueAt: minutesLater(about.now, UNFINISHED_AFTER_MINUTES),
    owner: about.subject,
    raisedBy: about.subject,
    content,
  });
}

/** All that Refloop was to write is written, or the approval was taken back. */
export const settleWriteBack = (unit: Unit, planId: string, now: Date): Promise<boolean> =>
  unit.obligations.settle(unfinishedId(planId), { what: 'done', at: now.toISOString() });

/** The referral was decided anew: what is left over from approvals of its order at an earlier version is nobody's to look at any more. */
export async function settleLapsed(unit: Unit, referralId: string, now: Date): Promise<void> {
  for (const open of await unit.obligations.list({ status: 'open', kind: UNFINISHED, referralId })) {
    const plan = await planOf(unit, open);
    if (plan && hasLapsed(planContentOf(plan))) await settleWriteBack(unit, plan.id, now);
  }
}

const KINDS = ['none-in-network', UNFINISHED, TO_SIGN, UNKNOWN_NUMBER] as const;
/** Nobody else has these in hand meanwhile. */
const AT_ONCE: readonly string[] = ['none-in-network', UNKNOWN_NUMBER];
const isKind = (kind: string): kind is ExceptionRow['kind'] => KINDS.some((each) => each === kind);

/** A clinician needs no grant, so that the name of who approved stands with the approval alone. */
function ownerName({ owner }: StoredObligation, nameOf: (subject: string) => string, plan: StoredPlan | undefined): string | null {
  if (owner === null) return null;
  return plan?.subject === owner ? planContentOf(plan).decision.by : nameOf(owner);
}

function rowOf(stored: StoredObligation, nameOfOwner: (subject: string) => string, plan: StoredPlan | undefined): ExceptionRow | undefined {
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
    detail: plan ? unfinishedText(plan) : content.detail,
    reference: plan ? referenceNumber(plan.id) : null,
    status: stored.status,
  };
}

/** What is read of any of them. */
function contentOf(stored: StoredObligation): Content & { ownerName?: string } {
  if (stored.kind !== TO_SIGN) return stored.content as Content;
  const { specialtyName, patientName, preparedBy, forName, urgency } = toSignContentOf(stored);
  const since = stored.raisedAt.slice(0, 16).replace('T', ' ');
  const detail = `Prepared by ${preparedBy} for ${forName} to sign (${urgency}), waiting since ${since} UTC. Only ${forName}, or who covers for them, can sign it; ${preparedBy} can take it back.`;
  return { specialtyName, patientName, detail, ownerName: forName };
}

async function planOf(unit: Unit, stored: StoredObligation): Promise<StoredPlan | undefined> {
  const { planId } = stored.content as Content;
  return planId === undefined ? undefined : unit.plans.get(planId);
}

/** An unfinished write-back as a person reads about it, with its plan as it stands. */
export async function unfinishedOf(unit: Unit, stored: StoredObligation) {
  const { patientName, specialtyName } = stored.content as Content;
  return { plan: await planOf(unit, stored), patientName, specialtyName };
}

export type ExceptionService = {
  list: (session: Session, now: Date) => Promise<ExceptionRow[]>;
  settle: (session: Session, id: string, input: SettleException, now: Date) => Promise<ExceptionRow | Refusal>;
};

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
        const visible = open.filter((each) => AT_ONCE.includes(each.kind) || each.dueAt <= now.toISOString());
        await unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'exceptions.listed',
          purpose: 'HOPERAT',
          payload: { exceptions: visible.map(({ id: each }) => each) },
        });
        const rows: ExceptionRow[] = [];
        for (const stored of visible) rows.push(...[rowOf(stored, nameOfOwner, await planOf(unit, stored))].flatMap((row) => row ?? []));
        return rows;
      }),
    settle: (session, id, input, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const stored = await unit.obligations.get(id);
        if (!stored || !isKind(stored.kind)) return problem('not-found', 'There is no such exception at this site. Reload the list.');
        if (stored.kind === TO_SIGN) {
          const { forName, preparedBy } = toSignContentOf(stored);
          return problem(
            'conflict',
            `This settles itself when ${forName}, or who covers for them, signs or closes it, or ${preparedBy} takes it back. Speak to them.`,
          );
        }
        const at = now.toISOString();
        const content = stored.content as Content;
        const change =
          input.what === 'take'
            ? { what: 'take' as const, owner: session.subject }
            : { what: 'done' as const, at, content: { ...content, note: input.note } };
        if (!(await unit.obligations.settle(id, change))) return problem('conflict', 'Somebody has settled this already. Reload the list.');
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: input.what === 'take' ? 'exception.taken' : 'exception.settled',
          purpose: 'HOPERAT',
          referralId: stored.referralId,
          payload: { id, note: input.note },
        });
        const after = await unit.obligations.get(id);
        const row = after && rowOf(after, await names(unit), await planOf(unit, after));
        return row ?? problem('not-found', 'There is no such exception at this site. Reload the list.');
      }),
  };
}
