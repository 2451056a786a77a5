/**
 * One write of an approved plan: look first, put on record that it is sent, write with the approved version, and when no answer came
 * look again. A creation of which nothing was heard is not sent again in the same breath: it may still take effect. A second order
 * for one decision is worse than an order that needs a minute more, or a person.
 */
import type { EhrPort, EhrWrite, Resource, Written } from '../fhir/ehr-port.ts';
import { patientOf } from '../fhir/patient-of.ts';
import type { Instant } from '../instant.ts';
import type { StepOutcome } from '../referral/event.ts';
import type { Result } from '../result.ts';
import { type Found, lookUp, statusOf, type Where } from './look-up.ts';
import { fillResource, fillText } from './placeholders.ts';
import type { PlanInHand, StepInHand } from './plan-in-hand.ts';
import { type MachineTime, mayStillArrive } from './settled.ts';

/** Why the holder of a plan may not go on. */
export type LeaseRefusal = 'held-elsewhere' | 'server-silent' | 'session-ended';

export type StepPorts = {
  ehr: EhrPort;
  patient: string;
  now(): Instant;
  /** By which it is told how long ago something was sent: of the server, which puts on record when; `now` unless told. */
  machineTime?(): MachineTime;
  /** Begins to count how many milliseconds have passed here, at the most: also while a machine sleeps. By `machineTime` unless told. */
  stopwatch?(): () => number;
  pause(milliseconds: number): Promise<void>;
  /** Whether the EHR honours If-None-Exist for this type: a second guard beside the look-up. */
  conditionalCreate(type: string): boolean;
  /** Puts on record that a write of this step is about to leave, and renews the lease; without it nothing is sent. */
  attempt(step: StepInHand['name']): Promise<Result<unknown, LeaseRefusal>>;
};

export type StepEnd =
  | { kind: 'report'; outcome: StepOutcome }
  /** Names a step that is not done; it stays waiting. */
  | { kind: 'not-ready' }
  /** The EHR does not answer, and nothing new was sent: what was known of the step still holds. */
  | { kind: 'ehr-silent' }
  | { kind: 'signed-out' }
  | { kind: 'wrong-patient' }
  | { kind: 'stopped'; why: LeaseRefusal };

/** Writes sent at most in one go; only what was certainly not taken is sent again. */
const MOST_WRITES = 3;
/** Waits before looking again: an answer may be lost while the write still goes through. */
const LOOK_AGAIN_MILLISECONDS = [1_000, 2_000, 4_000, 8_000] as const;
/** An answer to an attempt is good for half a lease from when it was asked for: after that another holder may come before the write does. */
const ALLOWED_FOR_MILLISECONDS = 30_000;

const NOT_LOOKED =
  'The EHR does not let Refloop look for what it wrote before, so nothing was written: a second one could not be told from the first.';
const SENT_UNSEEN = 'It was sent, and the EHR does not let Refloop look for what became of it.';
export const UNSURE =
  'The EHR kept no mark of Refloop’s on it, and holds something that may be what was written. Nothing is written again until a person has looked.';

function writeOf(step: StepInHand, resource: Resource, ports: StepPorts, byIdentifier: boolean): EhrWrite {
  if (step.target) return { path: step.target.reference, method: 'PUT', resource, ifMatch: step.target.versionId };
  const criteria = step.lookUp.query.split('?')[1];
  // Only a search by identifier names one resource; a search by target could match what others wrote.
  const conditional = byIdentifier && ports.conditionalCreate(step.name);
  return { path: step.name, method: 'POST', resource, ...(conditional && criteria ? { ifNoneExist: criteria } : {}) };
}

/** The browser sees versions in the body; where a server answers without one, the resource is read. */
async function withVersion(written: Written, step: StepInHand, ports: StepPorts): Promise<Where | undefined> {
  const reference = written.reference ?? step.target?.reference;
  if (reference === undefined) return undefined;
  const said = step.name !== 'ServiceRequest' || written.resource?.resourceType === 'ServiceRequest';
  if (written.versionId !== undefined && said) return { reference, versionId: written.versionId, ...statusOf(written.resource) };
  const read = await ports.ehr.get(reference);
  if (!read.ok) return { reference, versionId: written.versionId ?? null };
  return { reference, versionId: written.versionId ?? read.value.meta?.versionId ?? null, ...statusOf(read.value) };
}

/** Statuses by which servers refuse what they were sent, for its form or its size. */
const REFUSES_FORM = new Set([400, 413, 415, 422]);
/** The server says that it took nothing and may be asked again. */
const NOT_TAKEN = new Set([429, 503]);

/** Where the content of a resource stands. */
const PARTS: Readonly<Record<string, string>> = { DocumentReference: 'content', Communication: 'payload' };

/**
 * The same document or message with the first part of its content alone; undefined where it has no other. Some EHRs take one
 * attachment a document, and the first holds the whole packet; or a message's words without an attachment.
 */
function withFirstPart(resource: Resource): Resource | undefined {
  const element = PARTS[resource.resourceType];
  const parts = element === undefined ? undefined : resource[element];
  if (element === undefined || !Array.isArray(parts) || parts.length < 2) return undefined;
  return { ...resource, [element]: parts.slice(0, 1) as unknown[] };
}

const done = (where: Where): StepEnd => ({ kind: 'report', outcome: { status: 'done', ...where } });

/** What ends a step without a write; undefined where it may be written, or where it is too early to tell. */
function endOf(found: Found, step: StepInHand, seenAt: MachineTime): StepEnd | undefined {
  switch (found.kind) {
    case 'found':
      return done(found.where);
    case 'perhaps':
      // What was sent may still come, and is then told from what others wrote.
      if (mayStillArrive(step, seenAt)) return undefined;
      return { kind: 'report', outcome: { status: 'unsure', detail: UNSURE, candidates: found.candidates } };
    case 'not-allowed':
      // Refused is the look, not the write: what was sent may be in the chart.
      return step.attemptedAt === null
        ? { kind: 'report', outcome: { status: 'refused', httpStatus: found.status, detail: NOT_LOOKED } }
        : { kind: 'report', outcome: { status: 'unknown', detail: SENT_UNSEEN } };
    case 'gone':
      return { kind: 'report', outcome: { status: 'stale', detail: 'The order is no longer in the chart.' } };
    case 'signed-out':
      return { kind: 'signed-out' };
    case 'nothing':
    case 'no-answer':
      return undefined;
  }
}

/** By which spans are measured against what the server put on record. */
export const spanTime = (ports: Pick<StepPorts, 'now' | 'machineTime'>): MachineTime =>
  ports.machineTime?.() ?? { at: ports.now(), sinceSet: Number.POSITIVE_INFINITY };

/** Between two readings of one moment. */
const A_SECOND = 1000;

function startStopwatch(ports: StepPorts): () => number {
  if (ports.stopwatch) return ports.stopwatch();
  const from = spanTime(ports);
  return () => {
    const to = spanTime(ports);
    const shown = Date.parse(to.at) - Date.parse(from.at);
    // Set meanwhile: it may have been any time. Where nobody watches the clock both are endless, and nothing is told by them.
    return Math.abs(to.sinceSet - from.sinceSet - shown) > A_SECOND ? Number.POSITIVE_INFINITY : shown;
  };
}

export async function writeStep(planned: StepInHand, plan: PlanInHand, ports: StepPorts): Promise<StepEnd> {
  const query = fillText(planned.lookUp.query, plan);
  let resource = fillResource(planned.resource, plan) as Resource | undefined;
  if (resource === undefined || query === undefined) return { kind: 'not-ready' };
  if (patientOf(resource, ports.patient, ports.ehr.base) === 'another') return { kind: 'wrong-patient' };
  let step: StepInHand = { ...planned, resource, lookUp: { ...planned.lookUp, query } };
  const look = (): Promise<Found> =>
    lookUp(step, { ehr: ports.ehr, patient: ports.patient, approvedAt: plan.decision.at, now: ports.now() });

  /** That a further try was refused says nothing of the one before, of which nothing was heard: it may still arrive. */
  const stillInDoubt = (end: StepEnd): StepEnd =>
    end.kind === 'report' && end.outcome.status === 'refused' && mayStillArrive(planned, spanTime(ports))
      ? { kind: 'report', outcome: { status: 'unknown', detail: end.outcome.detail } }
      : end;

  let detail = 'The EHR did not answer.';
  /** Sent, and nothing certain heard of it. */
  let unheard = false;
  let notTaken: StepOutcome | undefined;
  /** Allowed, but so late that it was not sent. */
  let tooLate = false;
  for (let attempt = 0; attempt < MOST_WRITES; attempt += 1) {
    // One moment for both judgements: what is too early to ask about is too early to write again. Taken before the look, which may take
    // its time: what arrives during it is not seen.
    const seenAt = spanTime(ports);
    const before = await look();
    const ended = endOf(before, step, seenAt);
    if (ended) return ended;
    if (before.kind === 'no-answer') {
      // Without looking first nothing is written.
      await ports.pause(LOOK_AGAIN_MILLISECONDS[attempt] ?? 4_000);
      continue;
    }
    // An update may be sent again at once: its version guards it. If-None-Exist does not stand in for the minute: what it searches for
    // is our identifier, and an EHR that takes the header may still keep no identifier, or search by it a moment late.
    if (step.action === 'create' && mayStillArrive(step, seenAt)) {
      detail = 'It was sent less than a minute ago and may still arrive.';
      break;
    }
    const passed = startStopwatch(ports);
    const allowed = await ports.attempt(step.name);
    if (!allowed.ok) return { kind: 'stopped', why: allowed.refusal };
    // A laptop may have slept over the answer, and another holder have written since.
    if (passed() > ALLOWED_FOR_MILLISECONDS) {
      tooLate = true;
      continue;
    }
    const { attemptedAt: earlier, outcome: heard } = step;
    step = { ...step, attemptedAt: spanTime(ports).at, outcome: { status: 'waiting' } };
    const simpler = withFirstPart(resource);
    const written = await ports.ehr.write(writeOf(step, resource, ports, before.kind === 'nothing' && before.byIdentifier));
    if (written.ok) {
      const made = await withVersion(written.value, step, ports);
      if (made) return done(made);
      detail = 'The EHR took the write but did not say where it put it.';
      unheard = true;
      break;
    }
    const { refusal } = written;
    if (refusal.kind === 'signed-out') return { kind: 'signed-out' };
    if (refusal.kind === 'elsewhere') {
      return { kind: 'report', outcome: { status: 'refused', httpStatus: 0, detail: 'The address is not this EHR’s.' } };
    }
    if (refusal.kind === 'no-answer' || (refusal.status >= 500 && !NOT_TAKEN.has(refusal.status))) {
      detail = refusal.detail || detail;
      unheard = true;
      break;
    }
    if (NOT_TAKEN.has(refusal.status)) {
      step = { ...step, attemptedAt: earlier, outcome: heard };
      const words = refusal.detail || 'The EHR takes no changes at the moment.';
      notTaken = { status: 'refused', httpStatus: refusal.status, detail: words };
      await ports.pause(LOOK_AGAIN_MILLISECONDS[attempt] ?? 4_000);
      continue;
    }
    if (REFUSES_FORM.has(refusal.status) && simpler && attempt + 1 < MOST_WRITES) {
      // Refused, so nothing was written: the simpler form may be sent at once.
      step = { ...step, attemptedAt: earlier, outcome: heard, resource: simpler };
      resource = simpler;
      continue;
    }
    return stillInDoubt(await afterRefusal(refusal.status, refusal.detail, step, earlier !== null, look));
  }
  if (notTaken && !unheard) return stillInDoubt({ kind: 'report', outcome: notTaken });
  if (tooLate && !unheard) return { kind: 'stopped', why: 'server-silent' };
  return lookUntilSettled(step, unheard, detail, ports, look);
}

async function afterRefusal(
  status: number,
  detail: string,
  step: StepInHand,
  sentBefore: boolean,
  look: () => Promise<Found>,
): Promise<StepEnd> {
  const words = detail || `The EHR answered with status ${status}.`;
  // 412 by the specification, 409 in some EHRs: the version we hold is not the newest.
  if (step.action === 'update' && (status === 412 || status === 409)) {
    // An earlier try of ours may be what moved it on.
    const now = await look();
    if (now.kind === 'found') return done(now.where);
    const seen = now.kind === 'nothing' || now.kind === 'gone';
    return { kind: 'report', outcome: { status: sentBefore && !seen ? 'unknown' : 'stale', detail: words } };
  }
  return { kind: 'report', outcome: { status: 'refused', httpStatus: status, detail: words } };
}

/** Nothing certain was heard: looks again and again, a little later each time, and says what is known in the end. */
async function lookUntilSettled(
  step: StepInHand,
  sent: boolean,
  detail: string,
  ports: StepPorts,
  look: () => Promise<Found>,
): Promise<StepEnd> {
  let answered = false;
  for (const wait of sent ? LOOK_AGAIN_MILLISECONDS : [0]) {
    await ports.pause(wait);
    const seenAt = spanTime(ports);
    const found = await look();
    const ended = endOf(found, step, seenAt);
    if (ended) return ended;
    answered ||= found.kind !== 'no-answer';
    // An update that was not taken can be sent again at once by whoever asks: its version guards it.
    if (found.kind === 'nothing' && step.action === 'update') break;
  }
  if (!sent && !answered) return { kind: 'ehr-silent' };
  return { kind: 'report', outcome: { status: 'unknown', detail } };
}
