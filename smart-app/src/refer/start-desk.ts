/** What happens once the page is open: the list first, the chart beside it, the note when both are there. */
import type { Signer } from '@refloop/server/client/pend';
import type { Recommendation, WriteBack } from '@refloop/server/client/recommendation';
import { lookForPackets } from '../chart/look-again.ts';
import { readChart } from '../chart/read-chart.ts';
import { askMatch } from '../matching/match-flow.ts';
import { prepares } from '../session/roles.ts';
import type { Desk } from './desk.ts';
import { makeRecommendation, resumeRecommendation } from './draft-flow.ts';
import { askOpenWork, waitingOnOrder } from './open-work.ts';
import { takeOrder } from './order-in-desk.ts';
import { endOfPend } from './pend-words.ts';
import { formOfRecord } from './request-form.ts';

const started = new WeakSet<Desk>();

async function readForNote(desk: Desk): Promise<void> {
  const read = await readChart(desk.ehr, desk.patientId, desk.context.scopes, desk.headResources);
  if (!read.ok) return desk.fail(read.refusal);
  desk.store.set({ chart: read.value });
}

/** To whom this preparer may send; asked again when the page that asks it is opened. */
export async function askSigners(desk: Desk): Promise<void> {
  if (!prepares(desk.session)) return;
  const answered = await desk.api.call<{ signers: Signer[] }>('/signers');
  desk.store.set({ signers: answered.ok ? answered.value.signers : undefined });
}

async function draftWhenReady(desk: Desk): Promise<void> {
  const { request, chart, openWorkDecided, draft } = desk.store.get();
  if (request.specialty === null || !chart) {
    if (chart) desk.store.set({ draft: { kind: 'none' } });
    return;
  }
  if (openWorkDecided && (draft.kind === 'reading-chart' || draft.kind === 'failed')) await makeRecommendation(desk);
}

/** Runs once a desk, however often the page renders. */
export async function startDesk(desk: Desk): Promise<void> {
  if (started.has(desk)) return;
  started.add(desk);
  await Promise.all([askMatch(desk), readForNote(desk), askOpenWork(desk), askSigners(desk)]);
  await draftWhenReady(desk);
  await lookForPackets(desk);
}

/** The clinician chose a new referral over what was found; what waits for a signature on this order is set aside by it. */
export async function startNew(desk: Desk): Promise<void> {
  desk.store.set((state) => ({ openWorkDecided: true, insteadOf: waitingOnOrder(state)?.id }));
  await draftWhenReady(desk);
}

const sameWay = (left: WriteBack, right: WriteBack): boolean =>
  left.rung === right.rung && left.steps.length === right.steps.length && left.steps.every((step) => right.steps.includes(step));

/** Why what was offered a moment ago can no longer be taken up; undefined while it can. */
function whyGone({ session }: Desk, { status, prepared }: Recommendation): string | undefined {
  if (status !== 'PENDING_REVIEW') {
    return prepared?.pend?.ended ? endOfPend(prepared.pend.ended, prepared.pend.for) : 'This draft was decided or replaced meanwhile.';
  }
  const ofAnother = prepared !== null && prepared.by.subject !== session.user.subject;
  return ofAnother && prepared.pend === null ? `${prepared.by.name} took it back meanwhile.` : undefined;
}

/** Takes a stored draft up: one's own, or one that was prepared for this clinician to sign. */
export async function resumeDraft(desk: Desk, id: string, orderRef: string | null): Promise<void> {
  if (!(await takeOrder(desk, orderRef))) return;
  const read = await desk.api.call<Recommendation>(`/recommendations/${id}`);
  if (!read.ok) {
    desk.store.set({ notice: 'The draft could not be read. Try again, or start a new referral.' });
    return;
  }
  const recommendation = read.value;
  const gone = whyGone(desk, recommendation);
  if (gone !== undefined) {
    await askOpenWork(desk);
    desk.store.set({ notice: gone });
    return draftWhenReady(desk);
  }
  desk.store.set((state) => ({
    openWorkDecided: true,
    request: formOfRecord(recommendation.request, state.coverages, state.request),
  }));
  resumeRecommendation(desk, recommendation);
  const { order, writeBack } = desk.store.get();
  const isChanged = recommendation.orderVersion !== (order?.meta?.versionId ?? null);
  if (isChanged || !sameWay(recommendation.writeBack, writeBack)) {
    desk.store.set({
      notice: isChanged
        ? 'The order changed since this draft was saved. The note now follows the order as it is; your words are kept.'
        : 'The EHR allows you another way of writing back than when this was saved. The draft follows; the words are kept.',
    });
    await makeRecommendation(desk);
  }
}
