/**
 * After the lease: what became of write-backs whose window went away, found out by Refloop's own access to the EHR. It looks; only
 * where the site entry says so does it finish what the clinician approved. What is left stands on the requester's list.
 */
import type { EhrPort } from '@refloop/domain/fhir/ehr-port';
import { referenceText } from '@refloop/domain/fhir/reference';
import { observe } from '@refloop/domain/referral/observe';
import { isUnsigned } from '@refloop/domain/referral/referral';
import { ok, type Result, refuse } from '@refloop/domain/result';
import { lookAt, sentAndOpen } from '@refloop/domain/write-back/look-through';
import { isOpen } from '@refloop/domain/write-back/plan-in-hand';
import { runPlan } from '@refloop/domain/write-back/run-plan';
import type { MachineTime } from '@refloop/domain/write-back/settled';
import type { LeaseRefusal } from '@refloop/domain/write-back/write-step';
import type { Plan, ReportStep, StepName } from '../client/approval.ts';
import { type MachineClock, machineTimeAt } from '../clock/machine-time.ts';
import { Refused } from '../problem.ts';
import { type Site, scopeOf } from '../sites.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { Store, Unit } from '../store/store.ts';
import { toJson } from './kept.ts';
import { nextLookAt } from './look-schedule.ts';
import { hasLapsed, type PlanContent, planContentOf, planOf } from './plan-content.ts';
import { applyHappenings, readReferral, withRetry } from './referral-log.ts';
import { type Holder, LEASE_SECONDS, leaseLost, recordAttempt, recordOutcome } from './step-record.ts';

/** The EHR through Refloop's own access (ehr/system-access.ts), or why it cannot be reached just now. */
export type SystemAccess = (
  site: Site,
) => Promise<{ ok: true; ehr: EhrPort; conditionalCreate: (type: string) => boolean } | { ok: false; why: string }>;

/** `machineTime` is `now` unless told. */
export type ReconciliationDeps = MachineClock & {
  store: Store;
  sites: readonly Site[];
  access: SystemAccess;
  newId: () => string;
  now: () => Date;
  pause: (milliseconds: number) => Promise<void>;
  version: string;
  /** Told of a plan or a site that could not be looked into; the next run takes it up again. */
  failed: (error: unknown) => void;
};

export type ReconciliationRun = { looked: number; settled: number; unreachable: number };

/** Plans looked into at one site in one run; the rest waits for the next. */
const MOST_A_RUN = 20;
/** What was approved longer ago is for a person to finish: the patient's state may be another by now. */
const COMPLETES_WITHIN_MS = 24 * 60 * 60 * 1000;

const NAME = 'refloop-reconciliation';

const awaitsSignature = (content: PlanContent): boolean => content.steps.some(isUnsigned);

const isFinished = (plan: StoredPlan): boolean => plan.finished && !awaitsSignature(planContentOf(plan));

export function createReconciliation(deps: ReconciliationDeps): { run: () => Promise<ReconciliationRun> } {
  const at = (): string => deps.now().toISOString();
  const { machineTime = deps.now } = deps;
  const leaseAt = (): string => machineTime().toISOString();
  /** By which it is told how long ago a write was sent. */
  const sentTime = (): MachineTime => machineTimeAt(deps, deps.now());
  const inSite = <Value>(site: Site, work: (unit: Unit) => Promise<Value>): Promise<Value> =>
    withRetry(() => deps.store.transaction(scopeOf(site), work));

  const software = { kind: 'software' as const, name: NAME, version: deps.version };
  const holderFor = (): Holder => ({
    holder: `${NAME}-${deps.newId()}`,
    actor: software,
    auditActor: { subject: NAME, fhirUser: null, sessionId: null },
    machineTime,
  });

  /** The plan as stored, if this look still holds its lease. */
  const held = async (unit: Unit, id: string, by: Holder): Promise<StoredPlan | undefined> => {
    const plan = await unit.plans.get(id);
    return plan?.lease?.holder === by.holder ? plan : undefined;
  };

  const record = (
    site: Site,
    id: string,
    by: Holder,
    work: (unit: Unit, plan: StoredPlan) => Promise<unknown>,
  ): Promise<Result<Plan, LeaseRefusal>> =>
    inSite(site, async (unit): Promise<Result<Plan, LeaseRefusal>> => {
      const plan = await held(unit, id, by);
      if (!plan) return refuse('held-elsewhere');
      await work(unit, plan);
      const after = await unit.plans.get(id);
      return after ? ok(planOf(after, sentTime())) : refuse('held-elsewhere');
    }).catch((error: unknown) => {
      // A person was faster, or the referral moved on: what they recorded holds.
      if (error instanceof Refused) return refuse('held-elsewhere' as const);
      throw error;
    });

  const report = (site: Site, id: string, by: Holder, step: StepName, outcome: ReportStep['outcome']) =>
    record(site, id, by, (unit, plan) => recordOutcome(unit, plan, by, step, outcome, deps.now()));

  /** Looks for what was sent and not heard of, step by step; each may be what the next one names. */
  async function lookThrough(site: Site, start: Plan, patient: string, by: Holder, ehr: EhrPort): Promise<Plan> {
    let plan = start;
    for (const { name } of sentAndOpen(start)) {
      const step = plan.steps.find((each) => each.name === name);
      if (!step) continue;
      const looked = await lookAt(step, plan, { ehr, patient, now: at, machineTime: sentTime });
      if (looked.kind !== 'report') continue;
      // The same question is not put to the person anew at each look.
      if (looked.outcome.status === 'unsure' && step.outcome.status === 'unsure') continue;
      const recorded = await report(site, plan.id, by, name, looked.outcome);
      if (!recorded.ok) return plan;
      plan = recorded.value;
    }
    return plan;
  }

  async function complete(site: Site, plan: Plan, patient: string, by: Holder, ehr: EhrPort, conditionalCreate: (type: string) => boolean) {
    const taken = (): Promise<Result<Plan, LeaseRefusal>> =>
      inSite(site, async (unit) => {
        const lease = await unit.plans.takeLease(plan.id, by.holder, leaseAt(), LEASE_SECONDS);
        const stored = lease.status === 'taken' ? await unit.plans.get(plan.id) : undefined;
        return stored ? ok(planOf(stored, sentTime())) : refuse('held-elsewhere');
      });
    await runPlan<Plan>(plan, {
      ehr,
      patient,
      now: at,
      machineTime: sentTime,
      pause: deps.pause,
      conditionalCreate,
      takeLease: taken,
      // It is given back when this look ends, however it ends.
      giveBack: async () => undefined,
      attempt: (step) => record(site, plan.id, by, (unit, stored) => recordAttempt(unit, stored, by, step, deps.now())),
      report: (step, outcome) => report(site, plan.id, by, step, outcome),
      onProgress: () => undefined,
    });
  }

  /** An order that the EHR kept unsigned: read again, until it is signed or revoked there. */
  async function readOrder(site: Site, plan: StoredPlan, by: Holder, ehr: EhrPort): Promise<void> {
    const referral = await inSite(site, (unit) => readReferral(unit, plan.referralId));
    if (!referral || referral.order.status === 'draft' || referral.order.status === 'approved') return;
    if (referral.order.reference === null) return;
    const reference = referenceText(referral.order.reference);
    const read = await ehr.get(reference);
    const status = read.ok ? read.value['status'] : undefined;
    if (!read.ok || typeof status !== 'string') return;
    const versionId = read.value.meta?.versionId ?? null;
    await record(site, plan.id, by, async (unit, stored) => {
      const now = await readReferral(unit, plan.referralId);
      const happenings = now ? observe(now, { kind: 'order-read', reference, status, versionId }, at()) : [];
      if (!now || happenings.length === 0) return;
      // An EHR that took its time to answer may have outlasted the lease.
      await unit.plans.takeLease(plan.id, by.holder, leaseAt(), LEASE_SECONDS);
      await applyHappenings(unit, now, software, at(), happenings);
      const content = planContentOf(stored);
      const steps = content.steps.map((step) =>
        step.name === 'ServiceRequest' && step.outcome.status === 'done'
          ? { ...step, outcome: { ...step.outcome, orderStatus: status } }
          : step,
      );
      const saved = await unit.plans.saveStep(plan.id, { holder: by.holder, now: leaseAt() }, stored.revision, {
        content: toJson({ ...content, steps }),
        finished: stored.finished,
      });
      if (saved.status !== 'saved') throw new Refused(leaseLost());
      await unit.audit.append({
        at: at(),
        actor: by.auditActor,
        action: 'order.observed',
        purpose: 'TREAT',
        patientId: plan.patientId,
        recommendationId: plan.recommendationId,
        referralId: plan.referralId,
        payload: toJson({ planId: plan.id, reference, status, versionId }),
      });
    });
  }

  /** By the log, which goes by what was heard last: in the plan a step that was sent again waits. */
  const wasRefused = (site: Site, plan: Plan): Promise<boolean> =>
    inSite(site, async (unit) => {
      const order = (await readReferral(unit, plan.referralId))?.order;
      const steps = order === undefined || order.status === 'draft' ? [] : (order.writeBack?.steps ?? []);
      return steps.some(({ outcome }) => outcome?.status === 'refused');
    });

  // What the EHR refused, or a person has yet to judge, is not tried again behind their back.
  const mayComplete = async (site: Site, plan: Plan): Promise<boolean> =>
    site.system?.completes === true &&
    plan.steps.some(isOpen) &&
    !plan.steps.some(({ outcome }) => outcome.status === 'refused' || outcome.status === 'unsure') &&
    deps.now().getTime() - Date.parse(plan.decision.at) < COMPLETES_WITHIN_MS &&
    !(await wasRefused(site, plan));

  type Looked = 'settled' | 'looked' | 'busy';

  async function lookInto(site: Site, due: StoredPlan, ehr: EhrPort, conditionalCreate: (type: string) => boolean): Promise<Looked> {
    const by = holderFor();
    const taken = await inSite(site, async (unit) => {
      const lease = await unit.plans.takeLease(due.id, by.holder, leaseAt(), LEASE_SECONDS);
      return lease.status === 'taken' ? unit.plans.get(due.id) : undefined;
    });
    // A window is at it.
    if (!taken) return 'busy';
    try {
      const content = planContentOf(taken);
      if (hasLapsed(content) || isFinished(taken)) return 'settled';
      if (awaitsSignature(content)) await readOrder(site, taken, by, ehr);
      if (!taken.finished) {
        const stored = await inSite(site, (unit) => unit.plans.get(due.id));
        const found = await lookThrough(site, planOf(stored ?? taken, sentTime()), taken.patientId, by, ehr);
        if (await mayComplete(site, found)) await complete(site, found, taken.patientId, by, ehr, conditionalCreate);
      }
      const after = await inSite(site, (unit) => unit.plans.get(due.id));
      return after && (isFinished(after) || hasLapsed(planContentOf(after))) ? 'settled' : 'looked';
    } finally {
      await inSite(site, (unit) => unit.plans.releaseLease(due.id, by.holder));
    }
  }

  async function runSite(site: Site, sum: ReconciliationRun): Promise<void> {
    const due = await inSite(site, (unit) => unit.plans.listLookDue(at(), MOST_A_RUN));
    if (due.length === 0) return;
    const access = await deps.access(site);
    for (const plan of due) {
      let looked: Looked | 'unreachable' = 'unreachable';
      if (access.ok) {
        try {
          looked = await lookInto(site, plan, access.ehr, access.conditionalCreate);
        } catch (error) {
          deps.failed(error);
        }
      }
      if (looked === 'unreachable') sum.unreachable += 1;
      else sum.looked += 1;
      if (looked === 'settled') sum.settled += 1;
      await inSite(site, (unit) => unit.plans.looked(plan.id, looked === 'settled' ? null : nextLookAt(plan.looks, deps.now())));
    }
  }

  return {
    run: async () => {
      const sum: ReconciliationRun = { looked: 0, settled: 0, unreachable: 0 };
      for (const site of deps.sites.filter(({ system }) => system !== undefined)) {
        try {
          await runSite(site, sum);
        } catch (error) {
          deps.failed(error);
        }
      }
      return sum;
    },
  };
}
