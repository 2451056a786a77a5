/**
 * One write of an approved plan: look first, write with the approved version, and when no answer came look again before
 * writing again. A second order for one decision is worse than an order that needs a person to finish it.
 */
import { ok, type Result } from '@refloop/domain/result';
import type { Plan, PlanStep, ReportStep } from '@refloop/server/client/approval';
import { patientOf } from '../chart/patient-check.ts';
import { type EhrFailure, type EhrWrite, entriesOf, nextPage, type Resource, type Written } from '../session/ehr.ts';
import { fillResource, fillText } from './placeholders.ts';

export type PlanEhr = {
  base: string;
  get(path: string): Promise<Result<Resource, EhrFailure>>;
  write(write: EhrWrite): Promise<Result<Written, EhrFailure>>;
};

export type StepPorts = {
  ehr: PlanEhr;
  patient: string;
  pause(milliseconds: number): Promise<void>;
  /** Whether the EHR honours If-None-Exist for this type: a second guard beside the look-up. */
  conditionalCreate(type: string): boolean;
};

export type StepEnd =
  | { kind: 'report'; outcome: ReportStep['outcome'] }
  /** Names a step that is not done; it stays waiting. */
  | { kind: 'not-ready' }
  | { kind: 'signed-out' }
  | { kind: 'wrong-patient' };

const MOST_WRITES = 3;
/** Waits before looking again: an answer may be lost while the write still goes through. */
const LOOK_AGAIN_MILLISECONDS = [1_000, 2_000, 4_000] as const;

/** Where a resource is and, of an order, how the EHR keeps it: some leave it unsigned. */
type Where = { reference: string; versionId: string | null; orderStatus?: string };

const statusOf = (resource: Resource | undefined): { orderStatus?: string } =>
  resource?.resourceType === 'ServiceRequest' && typeof resource['status'] === 'string' ? { orderStatus: resource['status'] } : {};

type Found =
  | { kind: 'found'; where: Where }
  /** `byIdentifier`: the EHR searched by our identifier; some refuse that, and with it If-None-Exist. */
  | { kind: 'nothing'; byIdentifier: boolean }
  | { kind: 'signed-out' }
  /** The EHR answered that it does not let us look; asking again gives the same. */
  | { kind: 'not-allowed'; status: number }
  | { kind: 'no-answer' };

/** Pages looked through where a server cannot search by identifier. */
const MOST_PAGES = 20;

const isRefused = (failure: EhrFailure): failure is Extract<EhrFailure, { kind: 'http' }> =>
  failure.kind === 'http' && failure.status >= 400 && failure.status < 500 && failure.status !== 429;

/** The resources of a search, all pages; `stop` ends it early. */
async function searchAll(start: string, ports: StepPorts, stop: (found: Resource[]) => boolean): Promise<Result<Resource[], EhrFailure>> {
  const found: Resource[] = [];
  let next: string | undefined = start;
  for (let page = 0; page < MOST_PAGES && next !== undefined; page += 1) {
    const answer = await ports.ehr.get(next);
    if (!answer.ok) return answer;
    found.push(...entriesOf(answer.value));
    if (stop(found)) break;
    next = nextPage(answer.value);
  }
  return ok(found);
}

/** An update looks at its target alone: another order with our key is not the one that was approved. */
async function candidates(step: PlanStep, query: string, ports: StepPorts, isOurs: (resource: Resource) => boolean) {
  if (step.target) {
    const read = await ports.ehr.get(step.target.reference);
    return { answer: read.ok ? ok([read.value]) : read, byIdentifier: false };
  }
  const stop = (found: Resource[]) => found.some(isOurs);
  const found = await searchAll(query, ports, stop);
  // Servers that cannot search this type by identifier refuse with 400: then all of this patient's are looked through.
  const byPatient = query.replace(/&identifier=[^&]*/, '');
  if (found.ok || !isRefused(found.refusal) || byPatient === query) return { answer: found, byIdentifier: byPatient !== query };
  return { answer: await searchAll(byPatient, ports, stop), byIdentifier: false };
}

async function lookUp(step: PlanStep, plan: Plan, ports: StepPorts): Promise<Found> {
  const query = fillText(step.lookUp.query, plan);
  if (query === undefined) return { kind: 'nothing', byIdentifier: false };
  const isOurs = (resource: Resource): boolean =>
    resource.id !== undefined &&
    resource.resourceType === step.name &&
    patientOf(resource, ports.patient, ports.ehr.base) !== 'another' &&
    JSON.stringify(resource).includes(JSON.stringify(step.lookUp.businessKey));
  const { answer, byIdentifier } = await candidates(step, query, ports, isOurs);
  if (!answer.ok) {
    if (isRefused(answer.refusal)) return { kind: 'not-allowed', status: answer.refusal.status };
    return { kind: answer.refusal.kind === 'signed-out' ? 'signed-out' : 'no-answer' };
  }
  const hit = answer.value.find(isOurs);
  if (!hit) return { kind: 'nothing', byIdentifier };
  const where = { reference: `${hit.resourceType}/${hit.id}`, versionId: hit.meta?.versionId ?? null, ...statusOf(hit) };
  return { kind: 'found', where };
}

const NOT_LOOKED =
  'The EHR does not let Refloop look for what it wrote before, so nothing was written: a second one could not be told from the first.';

function writeOf(step: PlanStep, resource: Resource, plan: Plan, ports: StepPorts, byIdentifier: boolean): EhrWrite {
  if (step.target) return { path: step.target.reference, method: 'PUT', resource, ifMatch: step.target.versionId };
  const criteria = fillText(step.lookUp.query, plan)?.split('?')[1];
  // Only a search by identifier names one resource; a search by target could match what others wrote.
  const conditional = byIdentifier && ports.conditionalCreate(step.name);
  return { path: step.name, method: 'POST', resource, ...(conditional && criteria ? { ifNoneExist: criteria } : {}) };
}

/** The browser sees versions in the body; where a server answers without one, the resource is read. */
async function withVersion(written: Written, step: PlanStep, ports: StepPorts): Promise<Where | undefined> {
  const reference = written.reference ?? step.target?.reference;
  if (reference === undefined) return undefined;
  const said = step.name !== 'ServiceRequest' || written.resource?.resourceType === 'ServiceRequest';
  if (written.versionId !== undefined && said) return { reference, versionId: written.versionId, ...statusOf(written.resource) };
  const read = await ports.ehr.get(reference);
  if (!read.ok) return { reference, versionId: written.versionId ?? null };
  return { reference, versionId: written.versionId ?? read.value.meta?.versionId ?? null, ...statusOf(read.value) };
}

function afterRefusal(status: number, detail: string, step: PlanStep): ReportStep['outcome'] {
  const words = detail || `The EHR answered with status ${status}.`;
  // 412 by the specification, 409 in some EHRs: the version we hold is not the newest.
  if (step.action === 'update' && (status === 412 || status === 409)) return { status: 'stale', detail: words };
  return { status: 'refused', httpStatus: status, detail: words };
}

/** Statuses by which servers refuse what they were sent, for its form or its size. */
const REFUSES_FORM = new Set([400, 413, 415, 422]);

/**
 * The same document with its first attachment alone; undefined where it has no other. Some EHRs take one attachment a
 * document, and the first holds the whole packet.
 */
function withFirstAttachment(resource: Resource): Resource | undefined {
  const content = resource['content'];
  if (resource.resourceType !== 'DocumentReference' || !Array.isArray(content) || content.length < 2) return undefined;
  return { ...resource, content: content.slice(0, 1) as unknown[] };
}

export async function writeStep(step: PlanStep, plan: Plan, ports: StepPorts): Promise<StepEnd> {
  let resource = fillResource(step.resource, plan) as Resource | undefined;
  if (resource === undefined) return { kind: 'not-ready' };
  if (patientOf(resource, ports.patient, ports.ehr.base) === 'another') return { kind: 'wrong-patient' };
  let detail = 'The EHR did not answer.';
  for (let attempt = 0; attempt < MOST_WRITES; attempt += 1) {
    const before = await lookUp(step, plan, ports);
    if (before.kind === 'signed-out') return { kind: 'signed-out' };
    if (before.kind === 'found') {
      return { kind: 'report', outcome: { status: 'done', ...before.where } };
    }
    if (before.kind === 'not-allowed') {
      return { kind: 'report', outcome: { status: 'refused', httpStatus: before.status, detail: NOT_LOOKED } };
    }
    if (before.kind === 'no-answer') {
      // Without looking first nothing is written.
      await ports.pause(LOOK_AGAIN_MILLISECONDS[attempt] ?? 4_000);
      continue;
    }
    const simpler = withFirstAttachment(resource);
    const written = await ports.ehr.write(writeOf(step, resource, plan, ports, before.byIdentifier));
    if (written.ok) {
      const made = await withVersion(written.value, step, ports);
      if (made) return { kind: 'report', outcome: { status: 'done', ...made } };
      detail = 'The EHR took the write but did not say where it put it.';
    } else if (written.refusal.kind === 'signed-out') {
      return { kind: 'signed-out' };
    } else if (written.refusal.kind === 'elsewhere') {
      return { kind: 'report', outcome: { status: 'refused', httpStatus: 0, detail: 'The address is not this EHR’s.' } };
    } else if (written.refusal.kind === 'http' && REFUSES_FORM.has(written.refusal.status) && simpler && attempt + 1 < MOST_WRITES) {
      // Refused, so nothing was written: the simpler form may be sent at once.
      resource = simpler;
      continue;
    } else if (written.refusal.kind === 'http' && written.refusal.status !== 429 && written.refusal.status < 500) {
      return { kind: 'report', outcome: afterRefusal(written.refusal.status, written.refusal.detail, step) };
    } else {
      detail = written.refusal.detail || detail;
    }
    await ports.pause(LOOK_AGAIN_MILLISECONDS[attempt] ?? 4_000);
  }
  const last = await lookUp(step, plan, ports);
  if (last.kind === 'signed-out') return { kind: 'signed-out' };
  if (last.kind === 'found') return { kind: 'report', outcome: { status: 'done', ...last.where } };
  return { kind: 'report', outcome: { status: 'unknown', detail } };
}
