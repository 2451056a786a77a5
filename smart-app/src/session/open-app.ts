/**
 * From a completed launch to a page with data: session, patient, coverage, order and capabilities in parallel; nothing is
 * shown before token, session and resources agree on one patient.
 */
import { redFlags } from '@refloop/domain/clinical/red-flags';
import { entriesOf } from '@refloop/domain/fhir/bundle';
import type { EhrFailure, EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { isOf } from '@refloop/domain/fhir/patient-of';
import { recordState } from '@refloop/domain/fhir/record-state';
import { coverageFacts } from '@refloop/domain/request/coverage-facts';
import { patientFacts } from '@refloop/domain/request/patient-facts';
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { Session } from '@refloop/server/client/session';
import { grants } from '../chart/granted-scopes.ts';
import type { Desk, DeskState } from '../refer/desk.ts';
import { NO_OPEN_WORK } from '../refer/open-work.ts';
import { orderInDesk } from '../refer/order-in-desk.ts';
import { requestOf } from '../refer/request-form.ts';
import { createStore } from '../ui/store.ts';
import { practiceTime } from '../words/practice-time.ts';
import type { Api } from './api.ts';
import { capabilities } from './capabilities.ts';
import { openEhr } from './ehr.ts';
import type { Failure } from './failure.ts';
import { applyHostStyle } from './host-style.ts';
import { type LaunchContext, readLaunchContext } from './launch-context.ts';
import { openSession } from './open-session.ts';
import type { CompletedLaunch } from './smart-launch.ts';

export type OpenedApp =
  | { kind: 'chart'; desk: Desk; context: LaunchContext; session: Session; api: Api }
  | { kind: 'center'; session: Session; api: Api; ehr: EhrPort; context: LaunchContext };

function readFailure(failure: EhrFailure, what: string): Failure {
  switch (failure.kind) {
    case 'signed-out':
      return { kind: 'ehr-signed-out' };
    case 'http':
      return failure.status === 403
        ? { kind: 'scope-missing', scopes: [what] }
        : { kind: 'ehr-unreachable', detail: `The EHR answered with an error (${failure.status}) when asked for the ${what}.` };
    case 'no-answer':
    case 'elsewhere':
      return { kind: 'ehr-unreachable', detail: '' };
  }
}

type ChartHead = { patient: Resource; coverages: Resource[]; order: Resource | null; statement: Resource | undefined };

async function readHead(ehr: EhrPort, context: LaunchContext, patientId: string): Promise<Result<ChartHead, Failure>> {
  const missing = [
    ...(grants(context.scopes, 'Patient', 'r') ? [] : ['patient/Patient.r']),
    ...(context.order && !grants(context.scopes, 'ServiceRequest', 'r') ? ['patient/ServiceRequest.r'] : []),
  ];
  if (missing.length > 0) return refuse({ kind: 'scope-missing', scopes: missing });
  const [patient, coverages, order, statement] = await Promise.all([
    ehr.get(`Patient/${encodeURIComponent(patientId)}`),
    grants(context.scopes, 'Coverage', 's') ? ehr.get(`Coverage?patient=${encodeURIComponent(patientId)}&_count=50`) : undefined,
    context.order ? ehr.get(context.order) : undefined,
    capabilities(ehr),
  ]);
  if (!patient.ok) return refuse(readFailure(patient.refusal, 'patient'));
  // A card may name an order that the EHR has not stored yet: the referral then begins without one, and the page says so.
  const notThere = order && !order.ok && order.refusal.kind === 'http' && [404, 410].includes(order.refusal.status);
  if (order && !order.ok && !(context.orderFromCard && notThere)) return refuse(readFailure(order.refusal, 'order'));
  const head: ChartHead = {
    patient: patient.value,
    coverages: coverages?.ok ? entriesOf(coverages.value).filter((each) => each.resourceType === 'Coverage') : [],
    order: order?.ok ? order.value : null,
    statement,
  };
  if (!isOf(head.patient, patientId, ehr.base)) return refuse({ kind: 'wrong-patient', where: 'The patient record' });
  if (recordState(head.patient).mergedInto !== null) return refuse({ kind: 'patient-merged' });
  if (head.order && !isOf(head.order, patientId, ehr.base)) return refuse({ kind: 'wrong-patient', where: 'The order' });
  if (head.coverages.some((coverage) => !isOf(coverage, patientId, ehr.base)))
    return refuse({ kind: 'wrong-patient', where: 'A coverage' });
  return ok(head);
}

export const todayHere = (): string => practiceTime().toLocaleDateString('sv-SE');

function deskState(head: ChartHead, context: LaunchContext): DeskState {
  const today = todayHere();
  const patient = patientFacts(head.patient, today);
  const coverages = coverageFacts(head.coverages, today);
  const inHand = orderInDesk(head.order, context, head.statement);
  const request = requestOf(inHand.orderFacts, patient, coverages);
  return {
    patient,
    coverages,
    ...inHand,
    request,
    match: request.specialty === null ? { kind: 'no-specialty' } : { kind: 'loading', answer: undefined },
    more: [],
    named: [],
    draft: { kind: 'reading-chart' },
    choice: { entryId: null, byPerson: false, override: null },
    alternates: [],
    sentences: [],
    notNeeded: [],
    redFlags: redFlags(`${request.reasonText} ${request.question}`, request.reasonCodes),
    emergencyConsidered: false,
    deathConsidered: false,
    emergencyTold: false,
    revision: 0,
    save: { kind: 'saved' },
    openWork: NO_OPEN_WORK,
    openWorkDecided: false,
    insteadOf: undefined,
    signers: undefined,
    chart: undefined,
    approval: { kind: 'editing' },
    notice: noticeOf(head, context, inHand),
  };
}

function noticeOf(head: ChartHead, context: LaunchContext, inHand: ReturnType<typeof orderInDesk>): string {
  if (context.orderFromCard && head.order === null)
    return 'The EHR has not stored the order yet that the card was about. The referral gets an order of its own.';
  return inHand.orderFacts !== null && inHand.order === null
    ? 'The EHR does not say which version the launched order has, so it is left as it is. The referral gets an order of its own.'
    : '';
}

/** @param fail called when work has to end after the page is open */
export async function openApp(launch: CompletedLaunch, fail: (failure: Failure) => void): Promise<Result<OpenedApp, Failure>> {
  const { client, stateKey, reloaded } = launch;
  const token = (client.state.tokenResponse ?? {}) as Record<string, unknown>;
  const context = readLaunchContext(client.state.serverUrl, stateKey, token, client.state.scope);
  const accessToken = typeof token['access_token'] === 'string' ? token['access_token'] : '';
  // Only for the words of a refusal; who signs in is for the server to prove.
  const opening = { accessToken, reloaded, fhirUser: client.getFhirUser() ?? '' };
  const stopMixUp = () => fail({ kind: 'wrong-patient', where: 'A request of this page' });
  void applyHostStyle(context);
  if (!context.patient) {
    if (context.order) return refuse({ kind: 'no-patient' });
    const center = await openSession(context, opening, stopMixUp);
    return center.ok ? ok({ kind: 'center', ...center.value, ehr: openEhr(client), context }) : center;
  }
  const ehr = openEhr(client);
  const [opened, head] = await Promise.all([openSession(context, opening, stopMixUp), readHead(ehr, context, context.patient)]);
  if (!opened.ok) return opened;
  const { session, api } = opened.value;
  if (!head.ok) return head;
  const desk: Desk = {
    store: createStore(deskState(head.value, context)),
    api,
    ehr,
    context,
    session,
    patientId: context.patient,
    statement: head.value.statement,
    headResources: [head.value.patient, ...head.value.coverages, ...(head.value.order ? [head.value.order] : [])],
    fail,
  };
  return ok({ kind: 'chart', desk, context, session, api });
}
