/** Carrying an approved plan out: one holder at a time by lease, each outcome recorded as it becomes known. */

import type { AuditAction } from '@refloop/domain/audit/entry';
import { parseReference, referenceText } from '@refloop/domain/fhir/reference';
import type { Plan, ReportStep, StepName, TakeLease, WithdrawApproval } from '../client/approval.ts';
import type { Packet } from '../packet/packet.ts';
import { packetPdf } from '../packet/packet-pdf.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, type PatientSession } from '../sessions/session.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { Store, Unit } from '../store/store.ts';
import { settleWriteBack } from './exceptions.ts';
import { toJson } from './kept.ts';
import { hasLapsed, type PlanContent, planContentOf, planOf, unfinishedSteps } from './plan-content.ts';
import { applyCommand, withRetry } from './referral-log.ts';
import { refusalOf } from './referral-refusal.ts';

/** Architecture: a lease lasts 60 seconds and is renewed with each step. */
export const LEASE_SECONDS = 60;

export type PlanService = {
  get: (session: PatientSession, id: string, now: Date) => Promise<Plan | Refusal>;
  takeLease: (session: PatientSession, id: string, input: TakeLease, now: Date) => Promise<Plan | Refusal>;
  /** Takes the approval back; nothing of the order is in the chart. */
  withdraw: (session: PatientSession, id: string, input: WithdrawApproval, now: Date) => Promise<Plan | Refusal>;
  /** The referral packet of the approval, as PDF bytes. */
  packet: (session: PatientSession, id: string, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
  report: (session: PatientSession, id: string, step: StepName, input: ReportStep, now: Date) => Promise<Plan | Refusal>;
};

const missing = (): Refusal =>
  problem('not-found', 'There is no write-back with this id for this patient. Open the referral again from the chart.');
const lost = (): Refusal =>
  problem(
    'lease-lost',
    'Another window took this write-back over, or this one was silent for more than a minute. Look at the chart before you go on; nothing was recorded from here.',
  );

/** What a step is said to have written must be of its type in this EHR, and for an update the very order that was approved. */
function misreported(step: PlanContent['steps'][number], outcome: ReportStep['outcome']): Refusal | undefined {
  if (outcome.status !== 'done') return undefined;
  const written = parseReference(outcome.reference);
  if (written?.type === step.name && (step.target === null || step.target.reference === referenceText(written))) return undefined;
  const message = `Expected ${step.target?.reference ?? `${step.name}/…`}`;
  return problem('invalid-request', 'This is not what the step was to write. Nothing was recorded.', [
    { field: 'outcome.reference', message, fix: 'Report the resource that the EHR said it wrote.' },
  ]);
}

const withOutcome = (content: PlanContent, name: StepName, outcome: ReportStep['outcome'], at: string): PlanContent => ({
  ...content,
  steps: content.steps.map((step) => (step.name === name ? { ...step, outcome: { ...outcome, at } } : step)),
});

const isOpen = ({ outcome }: PlanContent['steps'][number]): boolean => outcome.status !== 'done' && outcome.status !== 'stale';

/** Whether the holder, who goes through the steps in order, has one left that it can write after this one. */
function goesOn({ steps }: PlanContent, reported: StepName): boolean {
  const at = steps.findIndex(({ name }) => name === reported);
  // The order is what the others hang on: without it nothing further is written.
  if (reported === 'ServiceRequest' && steps[at]?.outcome.status !== 'done') return false;
  const waitsForAnother = (step: (typeof steps)[number]): boolean => {
    const resource = JSON.stringify(step.resource);
    return steps.some(({ name, outcome }) => outcome.status !== 'done' && new RegExp(`\\{\\{${name}(:versioned)?\\}\\}`).test(resource));
  };
  return steps.slice(at + 1).some((step) => isOpen(step) && !waitsForAnother(step));
}

const record = (unit: Unit, session: PatientSession, plan: StoredPlan, action: AuditAction, now: Date): Promise<string> =>
  unit.audit.append({
    at: now.toISOString(),
    actor: actorOf(session),
    action,
    purpose: 'TREAT',
    patientId: session.patientId,
    recommendationId: plan.recommendationId,
    referralId: plan.referralId,
    payload: { planId: plan.id },
  });

export function createPlanService(deps: { store: Store }): PlanService {
  /** The plan if it is for this patient and this clinician approved it: their authority, their token. */
  const own = async (unit: Unit, session: PatientSession, id: string): Promise<StoredPlan | undefined> => {
    const plan = await unit.plans.get(id);
    return plan && plan.patientId === session.patientId && plan.subject === session.subject ? plan : undefined;
  };

  return {
    get: (session, id, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const plan = await own(unit, session, id);
        if (!plan) return missing();
        await record(unit, session, plan, 'write-back.read', now);
        return planOf(plan, now);
      }),

    packet: async (session, id, now) => {
      const packet = await deps.store.transaction(session.scope, async (unit): Promise<Packet | Refusal> => {
        const plan = await own(unit, session, id);
        if (!plan) return missing();
        const approval = await unit.approvals.byRecommendation(plan.recommendationId);
        const content = approval?.content as { packet?: Packet } | undefined;
        if (!content?.packet) {
          return problem(
            'not-found',
            'This approval was made before Refloop kept packets. Copy the note from the chart or the record instead.',
          );
        }
        await unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'packet.exported',
          purpose: 'TREAT',
          patientId: session.patientId,
          recommendationId: plan.recommendationId,
          referralId: plan.referralId,
          payload: { planId: id, form: 'application/pdf' },
        });
        return content.packet;
      });
      // Made outside of the transaction: it takes time and needs nothing of the store.
      return 'refused' in packet ? packet : packetPdf(packet);
    },

    takeLease: (session, id, { holder }, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const before = await own(unit, session, id);
        if (!before) return missing();
        if (hasLapsed(planContentOf(before))) return refusalOf({ kind: 'no-such-plan' });
        const answer = await unit.plans.takeLease(id, holder, now.toISOString(), LEASE_SECONDS);
        if (answer.status === 'held') {
          return problem(
            'lease-held',
            `Another window is writing this referral to the chart until ${answer.until.slice(11, 19)} UTC. Wait for it, or look again after that.`,
          );
        }
        await record(unit, session, before, 'write-back.taken', now);
        const plan = await own(unit, session, id);
        return plan ? planOf(plan, now) : missing();
      }),

    withdraw: (session, id, { reason }, now) =>
      withRetry(() =>
        deps.store.transaction(session.scope, async (unit) => {
          const plan = await own(unit, session, id);
          if (!plan) return missing();
          const at = now.toISOString();
          const holder = `withdrawal-${id}`;
          // Whoever holds the lease may be writing this very moment.
          const lease = await unit.plans.takeLease(id, holder, at, LEASE_SECONDS);
          if (lease.status === 'held') {
            return problem(
              'lease-held',
              `Another window is writing this referral until ${lease.until.slice(11, 19)} UTC. Wait for it, then look again.`,
            );
          }
          const actor = { kind: 'person' as const, subject: session.subject, fhirUser: session.fhirUser, sessionId: session.sessionId };
          const applied = await applyCommand(unit, plan.referralId, actor, at, { type: 'withdraw', planId: id, reason });
          if (!applied.ok) throw new Refused(refusalOf(applied.refusal));
          const content: PlanContent = { ...planContentOf(plan), withdrawn: { at, reason } };
          const saved = await unit.plans.saveStep(id, { holder, now: at }, plan.revision, { content: toJson(content), finished: true });
          if (saved.status !== 'saved')
            throw new Refused(problem('conflict', 'This write-back was reported from another window just now. Reload it.'));
          await unit.plans.releaseLease(id, holder);
          await settleWriteBack(unit, id, now);
          await unit.audit.append({
            at,
            actor: actorOf(session),
            action: 'approval.withdrawn',
            purpose: 'TREAT',
            patientId: session.patientId,
            recommendationId: plan.recommendationId,
            referralId: plan.referralId,
            payload: { planId: id, reason },
          });
          const stored = await own(unit, session, id);
          return stored ? planOf(stored, now) : missing();
        }),
      ),

    report: (session, id, step, { holder, outcome }, now) =>
      withRetry(() =>
        deps.store.transaction(session.scope, async (unit) => {
          const plan = await own(unit, session, id);
          if (!plan) return missing();
          const at = now.toISOString();
          const content = planContentOf(plan);
          const planned = content.steps.find((each) => each.name === step);
          if (!planned) return missing();
          const wrong = misreported(planned, outcome);
          if (wrong) return wrong;
          const renewed = await unit.plans.takeLease(id, holder, at, LEASE_SECONDS);
          if (renewed.status !== 'taken' || plan.lease?.holder !== holder) throw new Refused(lost());
          const actor = { kind: 'person' as const, subject: session.subject, fhirUser: session.fhirUser, sessionId: session.sessionId };
          const applied = await applyCommand(unit, plan.referralId, actor, at, { type: 'settle-step', planId: id, step, outcome });
          if (!applied.ok) throw new Refused(refusalOf(applied.refusal));
          const after = withOutcome(content, step, outcome, at);
          const complete = unfinishedSteps(after).length === 0;
          // A stale order ends the plan: the approval was for a version that is no more.
          const finished = complete || (step === 'ServiceRequest' && outcome.status === 'stale');
          const saved = await unit.plans.saveStep(id, { holder, now: at }, plan.revision, { content: toJson(after), finished });
          if (saved.status === 'lease-lost') throw new Refused(lost());
          if (saved.status !== 'saved')
            throw new Refused(problem('conflict', 'This write-back was reported from another window just now. Reload it.'));
          // On rung 3 the order is still to be placed by hand, so the note being filed settles nothing yet.
          if (finished && content.rung < 3) await settleWriteBack(unit, id, now);
          await unit.audit.append({
            at,
            actor: actorOf(session),
            action: `write-back.${outcome.status}`,
            purpose: 'TREAT',
            patientId: session.patientId,
            recommendationId: plan.recommendationId,
            referralId: plan.referralId,
            payload: toJson({ planId: id, step, outcome }),
          });
          // What is left needs a person: "Finish writing" must not wait for a lease that nobody uses.
          if (finished || !goesOn(after, step)) await unit.plans.releaseLease(id, holder);
          const stored = await own(unit, session, id);
          return stored ? planOf(stored, now) : missing();
        }),
      ),
  };
}
