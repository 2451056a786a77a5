/**
 * `npm run bench -- recommendations [--rate 50] [--seconds 30] [--patients 100] [--charts ordinary|long]`: `POST /recommendations` at a
 * steady rate, each for an order of its own with a chart as the app reads it, from this process to the product in others; then one
 * at a time. A request's time begins when it is due, so that a server that falls behind is seen to.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { Recommendation } from '@refloop/server/client/recommendation';
import { startProduct } from '../support/product.ts';
import { type Desk, openDesk, readForNote } from './clinician/desk.ts';
import { type Places, pressRefer, signIn } from './clinician/launch.ts';
import { openStepTimes, type StepTimes } from './clinician/step-times.ts';
import { openWindow } from './clinician/window.ts';
import { inMilliseconds, machineLoad, median, pause, quantile } from './figures.ts';
import { type Draft, writePatients } from './many-patients.ts';
import { cpuBetween, type Part, usedBy } from './processes.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The product's target at 50 a second on two cores, milliseconds. */
const TARGET_P99 = 30;
const SINGLE = 200;
const CLINICIANS = 50;

/** The body of a request, cut where the order's id stands, so that making the next one costs this process little. */
type Template = { token: string; pieces: Buffer[]; bytes: number; resources: number };

/** A chart as long as the app ever reads one: each laboratory value and vital sign is there so many times. */
const TIMES_LONGER = 12;

const longer = (chart: readonly Resource[]): Resource[] =>
  chart.flatMap((resource) =>
    resource.resourceType === 'Observation'
      ? Array.from({ length: TIMES_LONGER }, (_, at) => ({ ...resource, id: `${resource.id ?? ''}-${at}` }))
      : [resource],
  );

async function templateOf(desk: Desk, charts: string): Promise<Template> {
  const { resources, notSeen } = await readForNote(desk);
  const { order, window } = desk;
  if (order?.id === undefined) throw new Error(`${window.patientId} has no order`);
  const body = JSON.stringify(desk.recommendationFor(charts === 'long' ? longer(resources) : resources, notSeen));
  const pieces = body.split(order.id).map((piece) => Buffer.from(piece));
  return { token: (await window.session).token, pieces, bytes: Buffer.byteLength(body), resources: resources.length };
}

const bodyOf = ({ pieces }: Template, orderId: string): Buffer =>
  Buffer.concat(pieces.flatMap((piece, at) => (at === 0 ? [piece] : [Buffer.from(orderId), piece])));

/** Launches each patient's order, as many at a time as there are clinicians; the limit on sign-ins sets the pace of the rest. */
async function openTemplates(places: Places, drafts: readonly Draft[], charts: string, times: StepTimes): Promise<Template[]> {
  const templates: Template[] = [];
  for (const [at, { patient, order }] of drafts.entries()) {
    if (at >= 2 * CLINICIANS - 10) await pause(220);
    const user = `clinician-${2 + (at % CLINICIANS)}`;
    const launched = await signIn(places, await pressRefer(places, { user, patient, order, mode: 'full' }), times);
    templates.push(await templateOf(await openDesk(openWindow(places, launched, times)), charts));
  }
  return templates;
}

type Answered = { status: number; body: string };

function post(refloop: string, agent: Agent, token: string, body: Buffer): Promise<Answered> {
  return new Promise((done, failed) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': body.byteLength };
    const sent = httpRequest(`${refloop}/recommendations`, { method: 'POST', agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => done({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      answer.on('error', failed);
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

/** What is wrong with an answer; undefined where it is the recommendation asked for. */
function faultOf({ status, body }: Answered, orderId: string): string | undefined {
  if (status !== 201) return `answered with ${status}: ${body.slice(0, 200)}`;
  const { status: state, orderRef, match, draft } = JSON.parse(body) as Recommendation;
  if (state !== 'PENDING_REVIEW' || orderRef !== `ServiceRequest/${orderId}`) return `is ${state} for ${orderRef}`;
  return draft.sentences.length > 0 && match.inRadius > 0 ? undefined : 'has no note or nobody in reach';
}

type Measured = { times: number[]; faults: string[]; seconds: number };

/** @param due milliseconds after the beginning at which each request is sent, whether or not those before it are answered */
async function run(
  refloop: string,
  templates: readonly Template[],
  due: readonly number[] | 'one at a time',
  count: number,
): Promise<Measured> {
  const agent = new Agent({ keepAlive: true });
  const measured: Measured = { times: [], faults: [], seconds: 0 };
  const began = performance.now();
  const one = async (number: number, from: number): Promise<void> => {
    const template = templates[number % templates.length];
    if (!template) return;
    const orderId = `bench-${process.pid}-${Math.round(began)}-${number}`;
    const answered = await post(refloop, agent, template.token, bodyOf(template, orderId));
    measured.times.push(performance.now() - from);
    const fault = faultOf(answered, orderId);
    if (fault !== undefined) measured.faults.push(fault);
  };
  const running: Promise<void>[] = [];
  for (let number = 0; number < count; number += 1) {
    if (due === 'one at a time') {
      await one(number, performance.now());
      continue;
    }
    const at = began + (due[number] ?? 0);
    const wait = at - performance.now();
    if (wait > 0) await pause(wait);
    running.push(one(number, at));
  }
  await Promise.all(running);
  measured.seconds = (performance.now() - began) / 1000;
  agent.destroy();
  return measured;
}

const figures = ({ times }: Measured): string =>
  `p50 ${inMilliseconds(quantile(times, 0.5))}, p95 ${inMilliseconds(quantile(times, 0.95))}, p99 ${inMilliseconds(quantile(times, 0.99))}, slowest ${inMilliseconds(Math.max(...times))} ms, n ${times.length}`;

export default async function bench(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({
    args,
    options: {
      rate: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '30' },
      patients: { type: 'string', default: '100' },
      charts: { type: 'string', default: 'ordinary' },
    },
  });
  const [rate, seconds, patients] = [Number(values.rate), Number(values.seconds), Number(values.patients)];
  if (!(rate > 0 && seconds > 0 && patients >= 1) || !['ordinary', 'long'].includes(values.charts))
    return { lastLine: 'recommendations: --rate, --seconds and --patients take numbers above 0; --charts ordinary or long', good: false };
  const folder = mkdtempSync(join(tmpdir(), 'refloop-patients-'));
  const drafts = writePatients(folder, patients, new Date().toISOString().slice(0, 10));
  const product = await startProduct({ args: ['--data', folder] });
  try {
    say(`recommendations: the product runs (Refloop ${product.refloop}, process ${product.pid}), ${drafts.length} patients`);
    const times = openStepTimes();
    const templates = await openTemplates(product, drafts, values.charts, times);
    const size = median(templates.map(({ bytes }) => bytes)) / 1000;
    const largest = Math.max(...templates.map(({ bytes }) => bytes)) / 1000;
    say(`${values.charts} charts: median ${size.toFixed(0)} kB of JSON, largest ${largest.toFixed(0)} kB`);
    const evenly = (count: number): number[] => Array.from({ length: count }, (_, at) => (at * 1000) / rate);
    // Code that was never run is slow the first times.
    await run(product.refloop, templates, evenly(Math.ceil(rate * 4)), Math.ceil(rate * 4));
    const before = usedBy(product.pid);
    const steady = await run(product.refloop, templates, evenly(rate * seconds), rate * seconds);
    const cpu = cpuBetween(before, usedBy(product.pid));
    const steadyLoad = machineLoad();
    const each = (part: Part): string => `${part} ${(((cpu.get(part) ?? 0) * 1000) / steady.times.length).toFixed(1)} ms`;
    say(`CPU of one request: ${each('Refloop')}, ${each('PostgreSQL for Refloop')}, ${each('PostgreSQL itself')}`);
    say(`${rate} a second for ${seconds} s: ${figures(steady)}; load ${steadyLoad}`);
    const single = await run(product.refloop, templates, 'one at a time', SINGLE);
    say(`one at a time: ${figures(single)}; load ${machineLoad()}`);
    const faults = [...steady.faults, ...single.faults];
    for (const fault of new Set(faults)) say(fault);
    const p99 = quantile(steady.times, 0.99);
    return {
      lastLine: `recommendations: ${rate} a second, ${values.charts} charts of ${size.toFixed(0)} kB: ${figures(steady)} (target p99 ${TARGET_P99}); one at a time p99 ${inMilliseconds(quantile(single.times, 0.99))} ms; errors ${faults.length}; load ${steadyLoad}`,
      good: faults.length === 0 && p99 <= TARGET_P99,
    };
  } finally {
    await product.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
