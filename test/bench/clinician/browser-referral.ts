/** A launch, and where wanted the whole referral, as a clinician's browser goes through it: a new context, nothing cached. */
import type { Browser, Page, Request, Response } from '@playwright/test';
import type { ModeName } from '@refloop/launch/modes/modes';
import type { Plan } from '@refloop/server/client/approval';
import type { MatchAnswer } from '@refloop/server/client/match';
import type { Recommendation } from '@refloop/server/client/recommendation';
import { UNDO_MILLISECONDS } from '../../../smart-app/src/approval/approval-state.ts';
import { approveButton, decision, noteSentences, specialists } from '../../e2e/support/refer-page.ts';
import { watchJavascript } from '../../support/initial-javascript.ts';
import type { Draft } from '../many-patients.ts';
import type { Places } from './launch.ts';
import { pressRefer } from './launch.ts';
import type { Referred } from './left-in-chart.ts';
import { faultOfRecommendation } from './referral.ts';
import type { StepTimes } from './step-times.ts';

export const ON_SCREEN = {
  matches: 'cold launch → ranked matches on screen',
  note: 'cold launch → note on screen',
  outcome: 'approved → outcome on screen',
} as const;

/** What the page says when all is done that the mode allows. */
const OUTCOME: Readonly<Record<ModeName, string>> = {
  full: 'Write-back: Written to the chart',
  'epic-like': 'Write-back: In the chart, awaiting signature in the EHR',
  'oracle-like': 'Write-back: Note filed; the order is yours to place',
  'messages-only': 'Write-back: Note kept as a message; the order is yours to place',
  'athena-like': 'Write-back: Nothing is written to this chart',
};

const PATIENCE_MS = 60_000;
/** So many of the ranked are on screen before "Show more" (`smart-app/src/matching/MatchesColumn.tsx`). */
const FIRST = 3;

/** By the wall clock, as the browser times its requests. */
const now = (): number => performance.timeOrigin + performance.now();

type Asked = { method: string; url: string; started: number; ended: number };

function watch(page: Page, { refloop }: Places) {
  const asked: Asked[] = [];
  /** Answers of Refloop by `METHOD /path`, the newest last. */
  const answers = new Map<string, Promise<unknown>[]>();
  page.on('requestfinished', (request: Request) => {
    const { startTime, responseEnd } = request.timing();
    asked.push({ method: request.method(), url: request.url(), started: startTime, ended: startTime + responseEnd });
  });
  page.on('response', (response: Response) => {
    const url = response.url();
    if (url.startsWith(refloop) && response.request().method() === 'POST') {
      const key = url.slice(refloop.length).split('/')[1] ?? '';
      answers.set(key, [...(answers.get(key) ?? []), response.json().catch(() => undefined)]);
    }
  });
  return {
    asked,
    last: async <Value>(key: string): Promise<Value | undefined> => (await answers.get(key)?.at(-1)) as Value | undefined,
  };
}

/** The searches that read the chart for the note: before the recommendation is asked for, and not those for coverage. */
function ofChart(asked: readonly Asked[], iss: string): Asked[] {
  const [recommended] = spanOf(of(asked, 'POST', '/recommendations'));
  return asked.filter(({ method, url, started }) => {
    const path = url.startsWith(`${iss}/`) ? url.slice(iss.length + 1) : '';
    return method === 'GET' && started < recommended && /^[A-Z][A-Za-z]+\?patient=/.test(path) && !path.startsWith('Coverage?');
  });
}

export type BrowserRequest = { browser: Browser; places: Places; draft: Draft; mode: ModeName; times: StepTimes; whole: boolean };
export type BrowserRun = { faults: string[]; javascript: number; referred: Referred | undefined };

async function approve(page: Page, mode: ModeName, times: StepTimes): Promise<void> {
  await decision(page).getByText('Draft saved').waitFor({ timeout: PATIENCE_MS });
  await approveButton(page).click();
  const left = now() + UNDO_MILLISECONDS;
  await decision(page).getByText(OUTCOME[mode]).waitFor({ timeout: PATIENCE_MS });
  times.note(ON_SCREEN.outcome, now() - left);
}

/** Every figure is noted in `times` whether or not it is to count: what is wrong with the run is told beside it. */
export async function launchInBrowser({ browser, places, draft, mode, times, whole }: BrowserRequest): Promise<BrowserRun> {
  const clinician = 'clinician';
  const launch = await pressRefer(places, { user: clinician, patient: draft.patient, order: draft.order, mode });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const seen = watch(page, places);
  const scripts = watchJavascript(page);
  try {
    const started = now();
    await page.goto(launch.url, { waitUntil: 'commit' });
    await specialists(page).first().waitFor({ timeout: PATIENCE_MS });
    times.note(ON_SCREEN.matches, now() - started);
    await noteSentences(page).first().waitFor({ timeout: PATIENCE_MS });
    times.note(ON_SCREEN.note, now() - started);
    await page.waitForLoadState('networkidle');
    const made = await seen.last<Recommendation>('recommendations');
    const matched = await seen.last<MatchAnswer>('match');
    if (!made || !matched) return { faults: ['Refloop answered no recommendation'], javascript: 0, referred: undefined };
    const fault = faultOfRecommendation(made, draft.order);
    const ranked = made.match.ranked.map(({ entryId }) => entryId);
    const shown = await specialists(page).evaluateAll((radios) => radios.map((radio) => radio.getAttribute('value')));
    const sentences = await noteSentences(page).count();
    const [card] = made.match.ranked;
    const faults = [
      ...(fault === undefined ? [] : [fault]),
      ...(ranked.slice(0, FIRST).every((entry, at) => shown[at] === entry) ? [] : ['The list on screen is not the one recommended']),
      ...(matched.ranked.every(({ entryId }, at) => ranked[at] === entryId) ? [] : ['The first list and the recommendation name others']),
      ...(sentences === made.draft.sentences.length ? [] : [`${sentences} sentences of ${made.draft.sentences.length} are on screen`]),
    ].map((each) => `${mode}, ${draft.patient}: ${each}`);
    // A specialist out of network needs a reason from a list: no routine referral, which is what is measured.
    const javascript = scripts.initialBytes();
    const goesOn = whole && card !== undefined;
    if (goesOn) await approve(page, mode, times);
    const spans = {
      'launch → session': [started, endOf(seen.asked, 'POST', '/sessions')],
      'EHR: chart read, first search to last': spanOf(ofChart(seen.asked, launch.iss)),
      'POST /match': spanOf(of(seen.asked, 'POST', '/match')),
      'POST /recommendations': spanOf(of(seen.asked, 'POST', '/recommendations')),
      'POST /approvals': spanOf(of(seen.asked, 'POST', '/approvals')),
      'write-back, lease to last outcome': spanOf(of(seen.asked, 'POST', '/plans/')),
    };
    for (const [step, [from = Number.NaN, to = Number.NaN]] of Object.entries(spans)) if (to >= from) times.note(step, to - from);
    const plan = goesOn ? ((await seen.last<Plan>('plans')) ?? (await seen.last<Plan>('approvals'))) : undefined;
    const words = made.draft.sentences[0]?.text ?? '';
    const referred = plan && card ? { clinician, draft, mode, plan, chosen: { name: card.name, npi: card.npi }, words } : undefined;
    if (goesOn && !referred) faults.push(`${mode}, ${draft.patient}: Refloop answered no plan`);
    return { faults, javascript, referred };
  } finally {
    await context.close();
  }
}

const of = (asked: readonly Asked[], method: string, path: string): Asked[] =>
  asked.filter((each) => each.method === method && new URL(each.url).pathname.startsWith(path));

const spanOf = (asked: readonly Asked[]): [number, number] => [
  Math.min(...asked.map(({ started }) => started)),
  Math.max(...asked.map(({ ended }) => ended)),
];

const endOf = (asked: readonly Asked[], method: string, path: string): number => spanOf(of(asked, method, path))[1];
