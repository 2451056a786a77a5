/** Carrying an approved plan out from a clinician's window: one holder at a time by lease, each outcome recorded as it becomes known. */
import type { AuditAction } from '@refloop/domain/audit/entry';
import { mayStillArrive } from '@refloop/domain/write-back/settled';
import type { AttemptStep, JudgeCandidates, Plan, ReportStep, StepName, TakeLease, WithdrawApproval } from '../client/approval.ts';
import { type MachineClock, machineTimeAt } from '../clock/machine-time.ts';
import { coveredBy } from '../grants/in-force.ts';
import type { Packet } from '../packet/packet.ts';
import { packetPdf } from '../packet/packet-pdf.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, type PatientSession, personOf } from '../sessions/session.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { Store, Unit } from '../store/store.ts';
import { settleWriteBack } from './exceptions.ts';
import { toJson } from './kept.ts';
import { hasLapsed, type PlanContent, planContentOf, planOf } from './plan-content.ts';
import { isClinician } from './prepared.ts';
import { applyCommand, withRetry } from './referral-log.ts';
import { refusalOf } from './referral-refusal.ts';
import { type Holder, LEASE_SECONDS, leaseTime, misreported, recordAttempt, recordJudgement, recordOutcome } from './step-record.ts';

/** `coveringFor`: subject of who approved it, where the session only covers for them. */
type Held = { plan: StoredPlan; coveringFor: string | null };
type Of<Input> = (session: PatientSession, id: string, input: Input, now: Date) => Promise<Plan | Refusal>;
type OfStep<Input> = (session: PatientSession, id: string, step: StepName, input: Input, now: Date) => Promise<Plan | Refusal>;

export type PlanService = {
  get: (session: PatientSession, id: string, now: Date) => Promise<Plan | Refusal>;
  takeLease: Of<TakeLease>;
  /** The window stops before its lease ends; whoever comes next need not wait. */
  giveBack: Of<TakeLease>;
  /** Takes the approval back; nothing of the order is in the chart. */
  withdraw: Of<WithdrawApproval>;
  /** The referral packet of the approval, as PDF bytes. */
  packet: (session: PatientSession, id: string, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
  /** A write of the step is about to leave the window. */
  attempt: OfStep<AttemptStep>;
  report: OfStep<ReportStep>;
  /** The clinician looked at what may be ours. */
  judge: OfStep<JudgeCandidates>;
};

const missing = (): Refusal =>
  problem('not-found', 'There is no write-back with this id for this patient. Open the referral again from the chart.');
const stillOnItsWay = (): Refusal =>
  problem('conflict', 'It was sent less than a minute ago and may still arrive. Look in the chart again in a minute, then decide.');
const heldUntil = (until: string, then: string): Refusal =>
  problem('lease-held', `Another window is writing this referral to the chart until ${until.slice(11, 19)} UTC. Wait for it, ${then}.`);

const record = (
  unit: Unit,
  session: PatientSession,
  plan: StoredPlan,
  action: AuditAction,
  now: Date,
  coveringFor: string | null,
  more: object = {},
): Promise<string> =>
  unit.audit.append({
    at: now.toISOString(),
    actor: actorOf(session),
    action,
    purpose: 'TREAT',
    patientId: session.patientId,
    recommendationId: plan.recommendationId,
    referralId: plan.referralId,
    payload: { planId: plan.id, coveringFor, ...more },
  });

/** It was sent, and what became of it is not known. */
const isUnheard = (step: Plan['steps'][number] | undefined): boolean =>
  step !== undefined && step.attemptedAt !== null && step.outcome.status === 'waiting';

export function createPlanService(deps: { store: Store } & MachineClock): PlanService {
  const leaseAt = (now: Date): string => leaseTime(deps, now);

  /** The plan if it is for this patient and this clinician, or one they cover for, approved it; written with their own token. */
  const own = async (unit: Unit, session: PatientSession, id: string, now: Date): Promise<Held | undefined> => {
    const plan = await unit.plans.get(id);
    if (!plan || plan.patientId !== session.patientId || !isClinician(session)) return undefined;
    if (plan.subject === session.subject) return { plan, coveringFor: null };
    const covered = await coveredBy(unit, session.subject, now);
    return covered.some(({ subject }) => subject === plan.subject) ? { plan, coveringFor: plan.subject } : undefined;
  };

  const holderOf = (session: PatientSession, holder: string, coveringFor: string | null): Holder => ({
    holder,
    actor: personOf(session, coveringFor),
    auditActor: actorOf(session),
    ...(deps.machineTime ? { machineTime: deps.machineTime } : {}),
  });

  /** Runs the work on the session's own plan and answers with the plan as it is then. */
  const onOwn = (
    session: PatientSession,
    id: string,
    now: Date,
    work: (unit: Unit, plan: StoredPlan, coveringFor: string | null) => Promise<Refusal | undefined>,
  ): Promise<Plan | Refusal> =>
    withRetry(() =>
      deps.store.transaction(session.scope, async (unit) => {
        const held = await own(unit, session, id, now);
        if (!held) return missing();
        const refusal = await work(unit, held.plan, held.coveringFor);
        if (refusal) return refusal;
        const stored = await unit.plans.get(id);
        return stored ? planOf(stored, machineTimeAt(deps, now)) : missing();
      }),
    );

  const planned = (plan: StoredPlan, step: StepName) => planContentOf(plan).steps.find(({ name }) => name === step);

  return {
    get: (session, id, now) =>
      onOwn(session, id, now, async (unit, plan, coveringFor) => {
        await record(unit, session, plan, 'write-back.read', now, coveringFor);
        return undefined;
      }),

    packet: async (session, id, now) => {
      const packet = await deps.store.transaction(session.scope, async (unit): Promise<Packet | Refusal> => {
        const held = await own(unit, session, id, now);
        if (!held) return missing();
        const { plan, coveringFor } = held;
        const approval = await unit.approvals.byRecommendation(plan.recommendationId);
        const content = approval?.content as { packet?: Packet } | undefined;
        if (!content?.packet) {
          return problem(
            'not-found',
            'This approval was made before Refloop kept packets. Copy the note from the chart or the record instead.',
          );
        }
        await record(unit, session, plan, 'packet.exported', now, coveringFor, { form: 'application/pdf' });
        return content.packet;
      });
      // Made outside of the transaction: it takes time and needs nothing of the store.
      return 'refused' in packet ? packet : packetPdf(packet);
    },

    takeLease: (session, id, { holder }, now) =>
      onOwn(session, id, now, async (unit, plan, coveringFor) => {
        if (hasLapsed(planContentOf(plan))) return refusalOf({ kind: 'no-such-plan' });
        const answer = await unit.plans.takeLease(id, holder, leaseAt(now), LEASE_SECONDS);
        if (answer.status === 'held') return heldUntil(answer.until, 'or look again after that');
        await record(unit, session, plan, 'write-back.taken', now, coveringFor);
        return undefined;
      }),

    giveBack: (session, id, { holder }, now) =>
      onOwn(session, id, now, async (unit, plan, coveringFor) => {
        await unit.plans.releaseLease(id, holder);
        await record(unit, session, plan, 'write-back.given-back', now, coveringFor);
        return undefined;
      }),

    withdraw: (session, id, { reason }, now) =>
      onOwn(session, id, now, async (unit, plan, coveringFor) => {
        const at = now.toISOString();
        const holder = `withdrawal-${id}`;
        // Whoever holds the lease may be writing this very moment.
        const lease = await unit.plans.takeLease(id, holder, leaseAt(now), LEASE_SECONDS);
        if (lease.status === 'held') return heldUntil(lease.until, 'then look again');
        // The log tells the first try of a step alone: one that was refused, and then sent again, is known here.
        if (isUnheard(planned(plan, 'ServiceRequest'))) throw new Refused(refusalOf({ kind: 'order-may-be-written' }));
        const applied = await applyCommand(unit, plan.referralId, personOf(session, coveringFor), at, {
          type: 'withdraw',
          planId: id,
          reason,
        });
        if (!applied.ok) throw new Refused(refusalOf(applied.refusal));
        const content: PlanContent = { ...planContentOf(plan), withdrawn: { at, reason } };
        const saved = await unit.plans.saveStep(id, { holder, now: leaseAt(now) }, plan.revision, {
          content: toJson(content),
          finished: true,
        });
        if (saved.status !== 'saved')
          throw new Refused(problem('conflict', 'This write-back was reported from another window just now. Reload it.'));
        await unit.plans.releaseLease(id, holder);
        await settleWriteBack(unit, id, now);
        await record(unit, session, plan, 'approval.withdrawn', now, coveringFor, { reason });
        return undefined;
      }),

    attempt: (session, id, step, { holder }, now) =>
      onOwn(session, id, now, async (unit, plan, coveringFor) => {
        if (!planned(plan, step)) return missing();
        await recordAttempt(unit, plan, holderOf(session, holder, coveringFor), step, now);
        return undefined;
      }),

    report: (session, id, step, { holder, outcome }, now) =>
      onOwn(session, id, now, async (unit, plan, coveringFor) => {
        const found = planned(plan, step);
        if (!found) return missing();
        const wrong = misreported(found, outcome);
        if (wrong) return wrong;
        await recordOutcome(unit, plan, holderOf(session, holder, coveringFor), step, outcome, now);
        return undefined;
      }),

    judge: (session, id, step, { ours }, now) =>
      onOwn(session, id, now, async (unit, plan, coveringFor) => {
        const found = planned(plan, step);
        if (!found) return missing();
        // Said of what is there now; the one that was sent could still follow, and a second one be written beside it.
        if (ours === null && mayStillArrive(found, machineTimeAt(deps, now))) return stillOnItsWay();
        const holder = `judgement-${id}`;
        const lease = await unit.plans.takeLease(id, holder, leaseAt(now), LEASE_SECONDS);
        if (lease.status === 'held') return heldUntil(lease.until, 'then look again');
        // The row as it was read names no lease yet; the one just taken is this judgement's own.
        const held: StoredPlan = { ...plan, lease: { holder, until: leaseAt(now) } };
        await recordJudgement(unit, held, holderOf(session, holder, coveringFor), step, ours && { status: 'done', ...ours }, now);
        return undefined;
      }),
  };
}
