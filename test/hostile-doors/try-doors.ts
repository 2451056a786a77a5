/** Tries the doors with hostile requests, one after the other, and judges each answer. */
import { hostileDocuments } from '../inbound/hostile-documents.ts';
import { type Doors, openDoors, PLANTED } from './doors.ts';
import { type HostileRequest, hostileRequest } from './hostile-requests.ts';

export type DoorsRun = {
  requests: number;
  /** Requests and those let in, by door. */
  doors: Map<string, { tried: number; letIn: number }>;
  statuses: Map<number, number>;
  /** Most that the process held beyond what it held at the beginning, in bytes. */
  grown: number;
  slowest: { milliseconds: number; seed: number };
  violations: string[];
};

/** Refusals in a row after which it is looked whether they wrote anything. */
const LOOK_EVERY = 40;
const MOST_GROWN = 500 * 1024 * 1024;
const MOST_MS = 20_000;

type Answer = { status: number; text: string; body: Record<string, unknown> };

async function answerTo({ path, init }: HostileRequest, doors: Doors): Promise<Answer> {
  const response = await doors.api.request(path, init);
  const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
  try {
    return { status: response.status, text, body: JSON.parse(text) as Record<string, unknown> };
  } catch {
    return { status: response.status, text, body: {} };
  }
}

const isLetIn = (status: number): boolean => status >= 200 && status < 300;
/** What is wrong with the answer; nothing where it is as it should be. */
function faultsOf({ may, init, asked }: HostileRequest, { status, text, body }: Answer): string[] {
  const faults: string[] = [];
  if (status >= 500) faults.push(`answered ${status}`);
  if (isLetIn(status) && !may && init.method !== 'OPTIONS' && init.method !== 'HEAD') faults.push(`let in (${status})`);
  const shown = isLetIn(status) && may && body['standing'] !== 'over';
  const sent = typeof init.body === 'string' ? init.body : '';
  const told = shown ? [] : PLANTED.filter((word) => text.includes(word) && !sent.includes(word));
  if (told.length > 0) faults.push(`told ${told.join(', ')} in an answer of ${status}`);
  if (!isLetIn(status) && /"opened":"[\w-]{43}"/.test(text)) faults.push(`gave what opens a page in an answer of ${status}`);
  if (status >= 400 && status < 500 && asked === 'open' && /stack|at file:|node_modules|postgres/i.test(text))
    faults.push('told of the inside');
  return faults;
}

export type DoorsOptions = { from: number; requests: number; told?: (done: number) => void /** As for `openDoors`. */; url?: string };

export async function tryDoors({ from, requests, told, url }: DoorsOptions): Promise<DoorsRun> {
  const doors = await openDoors({ url });
  const documents = await hostileDocuments();
  const run: DoorsRun = {
    requests,
    doors: new Map(),
    statuses: new Map(),
    grown: 0,
    slowest: { milliseconds: 0, seed: from },
    violations: [],
  };
  const beginning = process.memoryUsage.rss();
  let mark = await doors.mark();
  let refused: number[] = [];
  try {
    for (let seed = from; seed < from + requests; seed += 1) {
      const request = await hostileRequest(seed, doors, documents);
      const mayWrite = request.may || (request.asked === 'open' && request.link !== undefined);
      // What was refused before is looked at while nothing else can have written.
      if (refused.length > 0 && (mayWrite || refused.length >= LOOK_EVERY)) {
        if ((await doors.mark()) !== mark) run.violations.push(`seeds ${refused.join(', ')}: refused, and something was written`);
        refused = [];
      }
      const began = performance.now();
      const answer = await answerTo(request, doors);
      const milliseconds = performance.now() - began;
      if (milliseconds > run.slowest.milliseconds) run.slowest = { milliseconds, seed };
      if (milliseconds > MOST_MS) run.violations.push(`seed ${seed}: ${request.door} took ${Math.round(milliseconds)} ms`);
      for (const fault of faultsOf(request, answer)) run.violations.push(`seed ${seed}: ${request.init.method} ${request.door} ${fault}`);
      const { tried, letIn } = run.doors.get(request.door) ?? { tried: 0, letIn: 0 };
      run.doors.set(request.door, { tried: tried + 1, letIn: letIn + (isLetIn(answer.status) ? 1 : 0) });
      run.statuses.set(answer.status, (run.statuses.get(answer.status) ?? 0) + 1);
      doors.learn(request.link, request.asked, answer.status, answer.body);
      if (mayWrite) {
        await doors.renew();
        mark = await doors.mark();
      } else refused.push(seed);
      const leaked = doors.api.log.leaked([...PLANTED]);
      if (leaked.length > 0) run.violations.push(`seed ${seed}: the log tells ${leaked.join(', ')}`);
      doors.api.log.lines.length = 0;
      run.grown = Math.max(run.grown, process.memoryUsage.rss() - beginning);
      if ((seed - from + 1) % 5000 === 0) told?.(seed - from + 1);
    }
    if (run.grown > MOST_GROWN) run.violations.push(`the process grew by ${Math.round(run.grown / 1e6)} MB`);
  } finally {
    await doors.close();
  }
  return run;
}

export type Flood = { requests: number; answered: Map<string, number>; violations: string[] };

/** Of each page, requests that come before the limit is reached, and those a second fills in again (api/server/src/rate-limits/limits.ts). */
const LIMITS_TOLD = { office: { burst: 100, perSecond: 2 }, patient: { burst: 60, perSecond: 1 } };
const EACH_MS = 10;

/** From one address, a hundred a second: no more are answered than the limits let through, whatever address they claim, and others still get in. */
export async function floodDoors({ from, requests, url }: DoorsOptions): Promise<Flood> {
  const doors = await openDoors({ url, limits: true });
  const documents = await hostileDocuments();
  const flood: Flood = { requests: 0, answered: new Map(), violations: [] };
  try {
    for (let seed = from; seed < from + requests; seed += 1) {
      const request = await hostileRequest(seed, doors, documents);
      const [, side = ''] = request.path.split('/');
      if ((side !== 'office' && side !== 'patient') || request.init.method !== 'POST' || request.path.split('?')[0] !== request.door)
        continue;
      doors.api.clock.now = new Date(doors.api.clock.now.getTime() + EACH_MS);
      const claimed = request.init.headers['x-forwarded-for'] ?? `198.51.100.${seed % 256}`;
      request.init.headers['x-forwarded-for'] = `${claimed}, 203.0.113.7`;
      const answer = await answerTo(request, doors);
      flood.requests += 1;
      if (answer.status !== 429) flood.answered.set(side, (flood.answered.get(side) ?? 0) + 1);
      for (const fault of faultsOf(request, answer)) flood.violations.push(`seed ${seed}: flooded, ${request.door} ${fault}`);
      doors.learn(request.link, request.asked, answer.status, answer.body);
      await doors.renew();
    }
    const seconds = (flood.requests * EACH_MS) / 1000;
    for (const [side, { burst, perSecond }] of Object.entries(LIMITS_TOLD)) {
      const answered = flood.answered.get(side) ?? 0;
      if (answered > burst + perSecond * seconds + 1)
        flood.violations.push(`${answered} requests of the ${side} page were answered in ${seconds} s`);
    }
    const mine = doors.links.find(({ side, alive }) => side === 'office' && alive);
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.8' };
    const body = JSON.stringify({ link: mine?.token, npi: doors.secondFactor('office') });
    const { status } = await doors.api.request('/office/open', { method: 'POST', headers, body });
    if (status !== 200) flood.violations.push(`somebody else’s link was answered with ${status} meanwhile`);
  } finally {
    await doors.close();
  }
  return flood;
}
