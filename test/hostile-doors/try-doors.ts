/** Tries the doors with hostile requests, one after the other, and judges each answer. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readBytes } from '@refloop/server/inbound/read-bytes';
import { hostileDocuments } from '../inbound/hostile-documents.ts';
import { type Doors, openDoors, PLANTED, tagsIn } from './doors.ts';
import type { HostileRequest } from './hostile-request.ts';
import { hostileRequest } from './hostile-requests.ts';
import { learn } from './links.ts';

export type DoorsRun = {
  requests: number;
  /** Requests and those let in, by door. */
  doors: Map<string, { tried: number; letIn: number }>;
  statuses: Map<number, number>;
  /** Most that was in use beyond what was after the first round, in bytes, once what nobody holds was collected. */
  grown: number;
  slowest: { milliseconds: number; seed: number };
  violations: string[];
};

/** After so many requests all links are new, so that what is found is found again from there: `--seed` one more than a multiple of it. */
export const ROUND = 500;
const MOST_GROWN = 200 * 1024 * 1024;
/** Of the processor's time, which a machine that has much else to do does not lengthen. */
const MOST_CPU_MS = 20_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What the system gave the process says little: an engine keeps what it may need again. */
function bytesInUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

type Answer = { status: number; text: string; body: Record<string, unknown> };

/** A packet is told as the words that its pages hold. */
async function textOf(bytes: Buffer): Promise<string> {
  if (!bytes.subarray(0, 5).equals(Buffer.from('%PDF-'))) return bytes.toString('utf8');
  const packet = await readBytes(new Uint8Array(bytes));
  return packet.kind === 'read' ? packet.parts.map(({ text }) => text).join('\n') : '';
}

async function answerTo({ path, init }: HostileRequest, doors: Doors): Promise<Answer> {
  const response = await doors.api.request(path, init);
  const text = await textOf(Buffer.from(await response.arrayBuffer()));
  try {
    return { status: response.status, text, body: JSON.parse(text) as Record<string, unknown> };
  } catch {
    return { status: response.status, text, body: {} };
  }
}

const sentIn = ({ body }: HostileRequest['init']): string =>
  typeof body === 'string' ? body : body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : '';

const isLetIn = (status: number): boolean => status >= 200 && status < 300;

/** Once it is over for an office its page says nothing of the patient, unless something is to be cancelled or written there: who it is of, and no more. */
function toldOnPage(body: Record<string, unknown>): 'all' | readonly string[] {
  if (body['standing'] !== 'over') return 'all';
  return body['toCancel'] || body['toWrite'] ? ['Rosa', 'Ana Rivera'] : [];
}

/** What is wrong with the answer; nothing where it is as it should be. */
function faultsOf({ init, mayEnter, mustEnter, mayTell, asked, link }: HostileRequest, { status, text, body }: Answer): string[] {
  const faults: string[] = [];
  if (status >= 500) faults.push(`answered ${status}`);
  if (isLetIn(status) && !mayEnter && init.method !== 'OPTIONS' && init.method !== 'HEAD') faults.push(`let in (${status})`);
  if (mustEnter && !isLetIn(status)) faults.push(`did not let in (${status})`);
  const sent = sentIn(init);
  const mayName = isLetIn(status) && mayTell ? toldOnPage(body) : [];
  const told = mayName === 'all' ? [] : PLANTED.filter((word) => text.includes(word) && !sent.includes(word) && !mayName.includes(word));
  if (told.length > 0) faults.push(`told ${told.join(', ')} in an answer of ${status}`);
  if (tagsIn(text).some((tag) => tag !== link?.tag && !sent.includes(tag))) faults.push('told of a patient of another referral');
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
  let beginning: number | undefined;
  await doors.written();
  try {
    for (let seed = from; seed < from + requests; seed += 1) {
      if (seed > from && seed % ROUND === 1) {
        beginning ??= bytesInUse();
        run.grown = Math.max(run.grown, bytesInUse() - beginning);
        await doors.beginAnew();
      }
      const request = await hostileRequest(seed, doors, documents);
      const say = (fault: string): void => void run.violations.push(`seed ${seed}: ${request.init.method} ${request.door} ${fault}`);
      // What was written between two requests is of the referrals that were made.
      await doors.written();
      const [began, used] = [performance.now(), cpuMs()];
      const answer = await answerTo(request, doors);
      const milliseconds = performance.now() - began;
      if (milliseconds > run.slowest.milliseconds) run.slowest = { milliseconds, seed };
      if (cpuMs() - used > MOST_CPU_MS) say(`took ${Math.round(cpuMs() - used)} ms of the processor`);
      for (const fault of faultsOf(request, answer)) say(fault);
      const written = await doors.written();
      if (written.length > 0 && !request.mayWrite)
        say(`may leave nothing behind, and wrote to ${written.map(({ table }) => table).join(', ')} (${answer.status})`);
      const { link } = request;
      if (link && written.some(({ referralId }) => referralId !== null && referralId !== link.referralId)) say('wrote to another referral');
      const { tried, letIn } = run.doors.get(request.door) ?? { tried: 0, letIn: 0 };
      run.doors.set(request.door, { tried: tried + 1, letIn: letIn + (isLetIn(answer.status) ? 1 : 0) });
      run.statuses.set(answer.status, (run.statuses.get(answer.status) ?? 0) + 1);
      if (request.link) learn(request.link, request.asked, answer.status, answer.body);
      await doors.renew();
      const leaked = doors.api.log.leaked([...PLANTED]);
      if (leaked.length > 0) say(`the log tells ${leaked.join(', ')}`);
      doors.api.log.lines.length = 0;
      if ((seed - from + 1) % 5000 === 0) told?.(seed - from + 1);
    }
    if (run.grown > MOST_GROWN) run.violations.push(`${Math.round(run.grown / 1e6)} MB more are in use than at the beginning`);
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
      // One that comes too often is not let in.
      const request = { ...(await hostileRequest(seed, doors, documents)), mustEnter: false };
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
      if (request.link) learn(request.link, request.asked, answer.status, answer.body);
      await doors.renew();
    }
    const seconds = (flood.requests * EACH_MS) / 1000;
    for (const [side, { burst, perSecond }] of Object.entries(LIMITS_TOLD)) {
      const answered = flood.answered.get(side) ?? 0;
      if (answered > burst + perSecond * seconds + 1)
        flood.violations.push(`${answered} requests of the ${side} page were answered in ${seconds} s`);
    }
    const mine = doors.links.find(({ side }) => side === 'office');
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.8' };
    const body = JSON.stringify({ link: mine?.token, npi: mine?.secondFactor });
    const { status } = await doors.api.request('/office/open', { method: 'POST', headers, body });
    if (status !== 200) flood.violations.push(`somebody else’s link was answered with ${status} meanwhile`);
  } finally {
    await doors.close();
  }
  return flood;
}
