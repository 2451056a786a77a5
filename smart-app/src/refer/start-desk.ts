/** What happens once the page is open: the list first, the chart beside it, the note when both are there. */
import type { OpenWork, Recommendation } from '@refloop/server/client/recommendation';
import { readChart } from '../chart/read-chart.ts';
import { askMatch } from '../matching/match-flow.ts';
import type { Desk } from './desk.ts';
import { makeRecommendation, resumeRecommendation } from './draft-flow.ts';
import { formOfRecord } from './request-form.ts';

const started = new WeakSet<Desk>();

async function readForNote(desk: Desk): Promise<void> {
  const read = await readChart(desk.ehr, desk.patientId, desk.context.scopes, desk.headResources);
  if (!read.ok) return desk.fail(read.refusal);
  desk.store.set({ chart: read.value });
}

/** Work left over is offered first, so that one referral does not become two. */
async function askOpenWork(desk: Desk): Promise<void> {
  const answered = await desk.api.call<OpenWork>('/open-work');
  if (!answered.ok) {
    desk.store.set({ openWorkDecided: true, notice: 'Refloop could not look for drafts you left. A new one is started.' });
    return;
  }
  const { order, orderFacts } = desk.store.get();
  const orderRef = order === null ? null : (orderFacts?.reference ?? null);
  const openWork = { ...answered.value, recommendations: answered.value.recommendations.filter((each) => each.orderRef === orderRef) };
  desk.store.set({ openWork, openWorkDecided: openWork.recommendations.length === 0 && openWork.plans.length === 0 });
}

async function draftWhenReady(desk: Desk): Promise<void> {
  const { request, chart, openWorkDecided, draft } = desk.store.get();
  if (request.specialty === null || !chart) {
    if (chart) desk.store.set({ draft: { kind: 'none' } });
    return;
  }
  if (openWorkDecided && draft.kind === 'reading-chart') await makeRecommendation(desk);
}

/** Runs once a desk, however often the page renders. */
export async function startDesk(desk: Desk): Promise<void> {
  if (started.has(desk)) return;
  started.add(desk);
  await Promise.all([askMatch(desk), readForNote(desk), askOpenWork(desk)]);
  await draftWhenReady(desk);
}

/** The clinician chose a new referral over the draft that was found. */
export async function startNew(desk: Desk): Promise<void> {
  desk.store.set({ openWorkDecided: true });
  await draftWhenReady(desk);
}

export async function resumeDraft(desk: Desk, id: string): Promise<void> {
  const read = await desk.api.call<Recommendation>(`/recommendations/${id}`);
  if (!read.ok) {
    desk.store.set({ notice: 'The draft could not be read. Try again, or start a new referral.' });
    return;
  }
  const recommendation = read.value;
  desk.store.set((state) => ({
    openWorkDecided: true,
    request: formOfRecord(recommendation.request, state.coverages, state.request),
  }));
  resumeRecommendation(desk, recommendation);
  const current = desk.store.get().order?.meta?.versionId ?? null;
  if (recommendation.orderVersion !== current) {
    desk.store.set({
      notice: 'The order changed since this draft was saved. The note now follows the order as it is; your words are kept.',
    });
    await makeRecommendation(desk);
  }
}
