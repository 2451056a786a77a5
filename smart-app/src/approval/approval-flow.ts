/**
 * Approving: an undo window in which nothing leaves, a fresh look at the order, the approval on record, then the plan.
 * The order's version is compared here and again on the server; a changed order always comes back to the clinician.
 */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { EhrFailure, Resource } from '@refloop/domain/fhir/ehr-port';
import { isOf } from '@refloop/domain/fhir/patient-of';
import { recordState } from '@refloop/domain/fhir/record-state';
import { type Result, refuse } from '@refloop/domain/result';
import type { Approve, Plan } from '@refloop/server/client/approval';
import type { Recommendation } from '@refloop/server/client/recommendation';
import { findPerformer } from '../chart/performer-lookup.ts';
import { reconcile, saveNow } from '../note/autosave.ts';
import { type CardFacts, cardOf, type Desk, recommendationOf, workingCopy } from '../refer/desk.ts';
import { makeRecommendation } from '../refer/draft-flow.ts';
import { askOpenWork } from '../refer/open-work.ts';
import { type ApiFailure, failureText, isProblem, notDoneText, referralTold } from '../session/api.ts';
import { decides } from '../session/roles.ts';
import { UNDO_MILLISECONDS } from './approval-state.ts';
import { waitsFor } from './checks.ts';
import { rereadOrder, showChangedOrder } from './order-changed.ts';
import type * as PlanFlow from './plan-flow.ts';

type Pending = { timer: ReturnType<typeof setTimeout> };
const pendings = new WeakMap<Desk, Pending>();

/** Starts the undo window, or says what approving waits for. */
export function approve(desk: Desk): void {
  const state = desk.store.get();
  if (state.approval.kind !== 'editing' || !decides(desk.session)) return;
  const waiting = waitsFor(state);
  const card = cardOf(state, state.choice.entryId);
  if (waiting !== undefined || !card) {
    desk.store.set({ notice: waiting ?? 'Choose a specialist first.' });
    return;
  }
  // One key a press: the server answers the same press with the same approval, however often it arrives.
  const idempotencyKey = crypto.randomUUID();
  const prepared = prepare(desk, card);
  desk.store.set({ approval: { kind: 'undo', until: Date.now() + UNDO_MILLISECONDS, performerName: card.name }, notice: '' });
  const timer = setTimeout(() => void send(desk, card, idempotencyKey, prepared), UNDO_MILLISECONDS);
  pendings.set(desk, { timer });
}

/** Nothing has left the page; back to editing. */
export function undo(desk: Desk): void {
  clearTimeout(pendings.get(desk)?.timer);
  if (desk.store.get().approval.kind === 'undo')
    desk.store.set({ approval: { kind: 'editing' }, notice: 'Not approved. Nothing was sent.' });
}

type Prepared =
  /** `ehrSilent`: the EHR gave no answer; the order is the one the clinician saw, and its version guards the write. */
  | { order: Resource | null; performerInEhr: Approve['performerInEhr']; ehrSilent: boolean; plans: typeof PlanFlow }
  | { refused: string }
  | { died: { on: string } }
  | 'wrong-patient'
  | 'merged'
  | 'signed-out';

const isSilent = (failure: EhrFailure): boolean => failure.kind === 'no-answer' || (failure.kind === 'http' && failure.status >= 500);

/** So long the part of the page that writes is waited for: as long as an answer of Refloop's server. */
const PART_MILLISECONDS = 15_000;

/** Reads the order again and looks the performer up, while the undo window runs. */
async function prepare(desk: Desk, card: CardFacts): Promise<Prepared> {
  const { order, request } = desk.store.get();
  const nucc = request.specialty === null ? [] : (specialtyById(request.specialty)?.nucc ?? []);
  const [plans, patient, read, performerInEhr] = await Promise.all([
    // Of the rest of the page, which was fetched ahead: without it nothing that is approved could be written from here.
    Promise.race([import('./plan-flow.ts').catch(() => undefined), pause(PART_MILLISECONDS).then(() => undefined)]),
    desk.ehr.get(`Patient/${desk.patientId}`),
    order ? desk.ehr.get(`ServiceRequest/${order.id}`) : undefined,
    findPerformer(desk.ehr, desk.context.scopes, card.npi, card.name, nucc),
  ]);
  if (patient.ok) {
    if (!isOf(patient.value, desk.patientId, desk.ehr.base)) return 'wrong-patient';
    const { deceased, mergedInto } = recordState(patient.value);
    if (mergedInto !== null) return 'merged';
    if (deceased && !desk.store.get().patient.deceased) return { died: deceased };
  }
  // Without an order the patient tells whether the EHR answers at all, which decides what may be said after approving.
  const asked = read ?? patient;
  if (read?.ok && !isOf(read.value, desk.patientId, desk.ehr.base)) return 'wrong-patient';
  if (!plans)
    return {
      refused:
        'A part of this page did not come, so nothing was approved. Try again; if it does not come, open Refloop from the chart again.',
    };
  if (asked.ok) {
    return { order: read?.ok ? read.value : null, performerInEhr, ehrSilent: false, plans };
  }
  if (asked.refusal.kind === 'signed-out') return 'signed-out';
  // Taken into the queue: the write names the version that was approved, so a change meanwhile comes back to the clinician.
  if (isSilent(asked.refusal)) return { order, performerInEhr: null, ehrSilent: true, plans };
  return { refused: 'The order could not be read again, so nothing was approved. Try again in a moment.' };
}

const backToEditing = (desk: Desk, notice: string): void => desk.store.set({ approval: { kind: 'editing' }, notice });

async function send(desk: Desk, card: CardFacts, idempotencyKey: string, preparing: Promise<Prepared>): Promise<void> {
  const { store } = desk;
  if (store.get().approval.kind !== 'undo') return;
  store.set({ approval: { kind: 'sending', performerName: card.name, serverSilent: false } });
  const prepared = await preparing;
  if (prepared === 'wrong-patient') return desk.fail({ kind: 'wrong-patient', where: 'The order' });
  if (prepared === 'signed-out') return desk.fail({ kind: 'ehr-signed-out' });
  if (prepared === 'merged') return desk.fail({ kind: 'patient-merged' });
  if ('died' in prepared) {
    store.set((state) => ({ patient: { ...state.patient, deceased: prepared.died } }));
    return backToEditing(desk, 'Not approved. The chart says since a moment that this patient has died.');
  }
  if ('refused' in prepared) return backToEditing(desk, prepared.refused);
  const seen = store.get().order;
  if (seen && prepared.order && seen.meta?.versionId !== prepared.order.meta?.versionId) {
    return showChangedOrder(desk, seen, prepared.order);
  }
  const approved = await recordApproval(desk, card, idempotencyKey, prepared);
  if (approved === undefined) return;
  if (approved.ok) {
    const { carryOut, queue } = prepared.plans;
    return prepared.ehrSilent ? queue(desk, approved.value, card.name) : carryOut(desk, approved.value, card.name);
  }
  const { refusal } = approved;
  if (refusal.kind === 'session-ended') return desk.fail(refusal);
  if (isProblem(refusal, 'order-changed')) return rereadOrder(desk);
  if (isProblem(refusal, 'conflict') || isProblem(refusal, 'recommendation-closed') || isProblem(refusal, 'already-approved')) {
    const already = isProblem(refusal, 'already-approved');
    backToEditing(desk, `Not approved. ${already ? failureText(refusal) : 'This draft was changed in another window.'}`);
    await offerApproved(desk);
    if (already) showDecided(desk, refusal);
    return undefined;
  }
  // A new directory may judge the chosen specialist differently: the list is made again before the next try.
  if (isProblem(refusal, 'directory-changed')) void makeRecommendation(desk);
  backToEditing(desk, refusal.kind === 'unreachable' ? SERVER_SILENT : notDoneText('Not approved.', refusal));
}

/** What was approved already, here with its answer lost or in another window, is offered to be finished rather than approved again. */
async function offerApproved(desk: Desk): Promise<void> {
  const recommendation = recommendationOf(desk.store.get());
  if (!recommendation) return;
  await reconcile(desk, recommendation.id);
  if (recommendationOf(desk.store.get())?.status !== 'APPROVED') return;
  await askOpenWork(desk);
  const { plans } = desk.store.get().openWork;
  if (plans.some(({ referralId }) => referralId === recommendation.referralId))
    desk.store.set({ notice: 'This referral is approved and on record. Finish writing it here; nothing is approved twice.' });
}

/** By somebody else, or elsewhere: there is nothing to approve here any more, and where it stands can be read. */
function showDecided(desk: Desk, refusal: ApiFailure): void {
  const { openWork } = desk.store.get();
  const previous = recommendationOf(desk.store.get());
  if (openWork.plans.some(({ referralId }) => referralId === previous?.referralId)) return;
  const text = failureText(refusal);
  desk.store.set({ draft: { kind: 'failed', text, decided: true, referralId: referralTold(refusal), previous }, notice: '' });
}

const SERVER_SILENT =
  'Refloop’s server does not answer. Whether it recorded the approval is not known; approving again is safe and records it once.';
/** Between the tries while Refloop does not answer; the last one repeats. */
const SERVER_WAITS_MILLISECONDS = [2_000, 5_000, 10_000, 20_000, 30_000] as const;
/** A quarter of an hour, as long as a session lasts without its person. */
const MOST_SERVER_TRIES = 30;

/**
 * Sends the approval until Refloop has answered, always the same one: its key makes it count once, however often it arrives.
 * @returns undefined where the clinician stopped it meanwhile
 */
async function recordApproval(
  desk: Desk,
  card: CardFacts,
  idempotencyKey: string,
  prepared: { order: Resource | null; performerInEhr: Approve['performerInEhr'] },
): Promise<Result<Plan, ApiFailure> | undefined> {
  const { store, api } = desk;
  for (let attempt = 0; ; attempt += 1) {
    await saveNow(desk);
    const state = store.get();
    const recommendation = recommendationOf(state);
    if (!recommendation || state.approval.kind !== 'sending') return undefined;
    // What the server has not saved yet cannot be approved: it would approve other words than these.
    const unsaved = state.save.kind === 'kept-here' || state.save.kind === 'unsaved';
    const approved: Result<Plan, ApiFailure> = unsaved
      ? refuse({ kind: 'unreachable' })
      : await api.call<Plan>('/approvals', {
          method: 'POST',
          body: {
            recommendationId: recommendation.id,
            revision: state.revision,
            working: workingCopy(state),
            order: prepared.order,
            performerInEhr: prepared.performerInEhr,
            idempotencyKey,
          } satisfies Approve,
          milliseconds: 30_000,
        });
    if (approved.ok || approved.refusal.kind !== 'unreachable' || attempt >= MOST_SERVER_TRIES) return approved;
    if (store.get().approval.kind !== 'sending') return undefined;
    store.set({ approval: { kind: 'sending', performerName: card.name, serverSilent: true } });
    await pause(SERVER_WAITS_MILLISECONDS[Math.min(attempt, SERVER_WAITS_MILLISECONDS.length - 1)] ?? 30_000);
  }
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** The clinician does not want to wait for Refloop any longer. */
export function stopSending(desk: Desk): void {
  const { approval } = desk.store.get();
  if (approval.kind === 'sending' && approval.serverSilent) backToEditing(desk, SERVER_SILENT);
}

const PATIENCE_MILLISECONDS = 15_000;

/** The question may be answered before the chart is read; the recommendation to close is then still on its way. */
async function settledRecommendation(desk: Desk): Promise<Recommendation | undefined> {
  const end = Date.now() + PATIENCE_MILLISECONDS;
  while (Date.now() < end) {
    const { draft } = desk.store.get();
    if (draft.kind === 'ready') return draft.recommendation;
    if (draft.kind === 'failed' || draft.kind === 'none') break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return recommendationOf(desk.store.get());
}

/** Nobody fits, or the emergency department is the place: the recommendation is closed with the reason, nothing is sent. */
export async function dismiss(desk: Desk, reason: string): Promise<void> {
  const recommendation = await settledRecommendation(desk);
  if (!recommendation) {
    desk.store.set({ notice: 'Not closed: the recommendation is not on record yet. Try again in a moment.' });
    return;
  }
  const done = await desk.api.call(`/recommendations/${recommendation.id}/dismissal`, { method: 'POST', body: { reason } });
  if (done.ok) desk.store.set({ approval: { kind: 'dismissed', why: reason } });
  else if (done.refusal.kind === 'session-ended') desk.fail(done.refusal);
  else desk.store.set({ notice: notDoneText('Not closed.', done.refusal) });
}
