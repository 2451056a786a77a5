/** A whole referral as one clinician makes it in one window: launch, reading, a word of their own, approval, write-back. */
import { randomUUID } from 'node:crypto';
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { ok } from '@refloop/domain/result';
import { runPlan } from '@refloop/domain/write-back/run-plan';
import type { ModeName } from '@refloop/launch/modes/modes';
import type { Approve, Plan } from '@refloop/server/client/approval';
import type { OpenWork, Recommendation, WorkingCopy } from '@refloop/server/client/recommendation';
import { UNDO_MILLISECONDS } from '../../../smart-app/src/approval/approval-state.ts';
import { findPerformer } from '../../../smart-app/src/chart/performer-lookup.ts';
import { offersConditionalCreate } from '../../../smart-app/src/chart/write-back-rung.ts';
import { editSentence } from '../../../smart-app/src/note/working-copy.ts';
import { pause } from '../figures.ts';
import type { Draft } from '../many-patients.ts';
import { askMatch, askOpenWork, type Desk, openDesk, readForNote, recommend } from './desk.ts';
import { type Places, pressRefer, StepFailed, signIn } from './launch.ts';
import type { Referred } from './left-in-chart.ts';
import type { StepTimes } from './step-times.ts';
import { openWindow } from './window.ts';

/** What a person takes their time for, milliseconds. */
export type Thinking = { reading: number; writing: number; deciding: number };

export type ReferralRequest = {
  places: Places;
  clinician: string;
  draft: Draft;
  mode: ModeName;
  thinking: Thinking;
  /** When "Refer" was to be pressed, by `performance.now()`: time begins then, whatever was in the way. */
  due: number;
  times: StepTimes;
};

/** Spans of several steps, from what the person did to what the page shows. */
export const SPANS = {
  matches: 'LAUNCH → RANKED MATCHES',
  note: 'LAUNCH → NOTE DRAFTED',
  written: 'APPROVED → WRITTEN (undo over)',
} as const;

/** @returns what is wrong with it before any speed counts; undefined where it is what was asked for */
export function faultOfRecommendation({ status, orderRef, match, draft, working }: Recommendation, order: string): string | undefined {
  if (status !== 'PENDING_REVIEW' || orderRef !== `ServiceRequest/${order}`) return `The recommendation is ${status} for ${orderRef}`;
  if ((match.ranked.length === 0) !== (match.exception !== null)) return 'The list and the exception do not agree';
  if (match.ranked.some(({ network }) => network.status !== 'in')) return 'Somebody is ranked who is not in network';
  if (draft.sentences.length === 0) return 'The note is empty';
  if (draft.sentences.some(({ author, sources }) => author === 'composer' && sources.length === 0))
    return 'A sentence of the note has no source';
  return working.sentences.length === draft.sentences.length ? undefined : 'The working copy is not the draft';
}

function refuseOpenWork({ toSign, recommendations, plans }: OpenWork, { window }: Desk): void {
  if (toSign.length + recommendations.length + plans.length > 0)
    throw new StepFailed(`${window.patientId} is nobody's patient yet, and has open work`);
}

async function openToNote({ places, clinician, draft, mode, due, times }: ReferralRequest): Promise<[Desk, Recommendation]> {
  const { patient, order } = draft;
  const launch = await times.time('EHR: Refer is pressed', () => pressRefer(places, { user: clinician, patient, order, mode }));
  const window = openWindow(places, await signIn(places, launch, times), times);
  const desk = await openDesk(window);
  const matched = askMatch(desk).then((answer) => {
    times.note(SPANS.matches, performance.now() - due);
    return answer;
  });
  const [match, chart, openWork] = await Promise.all([matched, readForNote(desk), askOpenWork(desk)]);
  refuseOpenWork(openWork, desk);
  const made = await recommend(desk, desk.recommendationFor(chart.resources, chart.notSeen));
  times.note(SPANS.note, performance.now() - due);
  const fault = faultOfRecommendation(made, order);
  if (fault !== undefined) throw new StepFailed(fault);
  if (match.ranked[0]?.entryId !== made.match.ranked[0]?.entryId) throw new StepFailed('The list and the recommendation name others');
  return [desk, made];
}

/** The first of the list; where nobody in network fits, the nearest who may be called or is out of network, with a reason. */
const choiceOf = ({ match }: Recommendation) => match.ranked[0] ?? match.networkUnknown.cards[0] ?? match.outOfNetwork.cards[0];

/** As the page does while the undo window runs: order and patient are read again, the performer is looked up. */
async function prepare(desk: Desk, npi: string, name: string): Promise<Pick<Approve, 'order' | 'performerInEhr'>> {
  const { window, order, match } = desk;
  const nucc = specialtyById(match.specialty)?.nucc ?? [];
  return window.times.time('EHR: order, patient, performer again', async () => {
    const [patient, again, performerInEhr] = await Promise.all([
      window.ehr.get(`Patient/${window.patientId}`),
      order ? window.ehr.get(`ServiceRequest/${order.id}`) : undefined,
      findPerformer(window.ehr, window.launched.context.scopes, npi, name, nucc),
    ]);
    if (!patient.ok || (again && !again.ok)) throw new StepFailed('The order or the patient could not be read again');
    return { order: again?.value ?? null, performerInEhr };
  });
}

async function carryOut({ window, statement }: Desk, plan: Plan): Promise<Plan> {
  if (plan.steps.length === 0) return plan;
  const holder = randomUUID();
  const say = async (step: string, path: string, body: unknown) =>
    ok(await window.call<Plan>(step, 'POST', `/plans/${plan.id}${path}`, body));
  const end = await runPlan<Plan>(plan, {
    ehr: window.ehr,
    patient: window.patientId,
    now: () => new Date().toISOString(),
    pause,
    conditionalCreate: (type) => offersConditionalCreate(statement, type),
    takeLease: () => say('POST lease', '/lease', { holder }),
    giveBack: () => say('POST lease/return', '/lease/return', { holder }),
    attempt: (step) => say('POST attempt', `/steps/${step}/attempt`, { holder }),
    report: (step, outcome) => say('POST step outcome', `/steps/${step}`, { holder, outcome }),
    onProgress: () => undefined,
  });
  const left = end.plan.steps.filter(({ outcome }) => outcome.status !== 'done');
  if (end.kind === 'stopped' || left.length > 0) {
    const steps = left.map(({ name, outcome }) => `${name} ${outcome.status}`).join(', ');
    throw new StepFailed(`The write-back ended ${end.kind === 'stopped' ? end.why : 'unfinished'}: ${steps}`);
  }
  return end.plan;
}

/** Throws at the first thing that is not as it should be; `times` has then counted it. */
export async function refer(request: ReferralRequest): Promise<Referred> {
  const { clinician, draft, mode, thinking, times } = request;
  const [desk, made] = await openToNote(request);
  const { window } = desk;
  const card = choiceOf(made);
  const last = made.working.sentences.at(-1);
  if (!card || !last) throw new StepFailed('The note or the list is empty');
  await pause(thinking.reading + thinking.writing);
  // Told apart from every other referral's, so that a note in the wrong chart is seen.
  const ownWords = `Known to ${clinician} for years (${made.referralId.slice(-8)}).`;
  const working: WorkingCopy = {
    ...made.working,
    chosen: card.entryId,
    overrideReason: card.network.status === 'in' ? null : { code: 'capacity', text: 'Nobody in network' },
    sentences: editSentence(made.working.sentences, last.id, `${last.text} ${ownWords}`),
    emergencyDepartmentConsidered: made.redFlags.length > 0,
  };
  const saved = await window.call<{ revision: number }>('PUT working', 'PUT', `/recommendations/${made.id}/working`, {
    revision: made.revision,
    working,
  });
  await pause(thinking.deciding);
  const [prepared] = await Promise.all([prepare(desk, card.npi, card.name), pause(UNDO_MILLISECONDS)]);
  const approved = performance.now();
  const plan = await window.call<Plan>('POST /approvals', 'POST', '/approvals', {
    recommendationId: made.id,
    revision: saved.revision,
    working,
    ...prepared,
    idempotencyKey: randomUUID(),
  } satisfies Approve);
  const written = await times.time('write-back, lease to last outcome', () => carryOut(desk, plan));
  times.note(SPANS.written, performance.now() - approved);
  return { clinician, draft, mode, plan: written, chosen: { name: card.name, npi: card.npi }, words: ownWords };
}
