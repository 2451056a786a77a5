/**
 * `npm run bench -- sustained [--rate 1.4] [--seconds 240] [--mode full] [--seed 1]`: 50 clinicians, each with sessions and patients of
 * their own, refer through the real protocol; first all of them within one second, then as they come (open loop). Afterwards the charts
 * are read: one order, note, task and provenance a referral. This process, the EHR and PostgreSQL share the cores with Refloop.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { findMode, MODES, type ModeName } from '@refloop/launch/modes/modes';
import { randomFrom } from '@refloop/launch/synthetic/random';
import { startProduct } from '../support/product.ts';
import { allAtOnce, MEDIAN_THINKING, poissonArrivals, thinkingOf } from './clinician/arrivals.ts';
import { makeChartAccess } from './clinician/chart-access.ts';
import type { Places } from './clinician/launch.ts';
import { faultsInChart, type Referred } from './clinician/left-in-chart.ts';
import { type ReferralRequest, refer, SPANS, type Thinking } from './clinician/referral.ts';
import { openStepTimes, type StepTimes } from './clinician/step-times.ts';
import { inMilliseconds, machineLoad, pause, quantile } from './figures.ts';
import { type Draft, writePatients } from './many-patients.ts';
import { cpuBetween, forgetPeak, machineCpu, type Part, peakMemory, type Used, usedBy } from './processes.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const CLINICIANS = 50;
/** Of the colleagues the sandbox makes up; they are numbered from two. */
const clinician = (number: number): string => `clinician-${2 + (number % CLINICIANS)}`;
const WARM_UP = 20;
const AT_ONCE_TO_READ = 4;
const LOAD_TIMEOUT_MS = 900_000;

type Phase = { name: string; arrivals: readonly number[]; thinking: () => Thinking };
type Ended = { times: StepTimes; referred: Referred[]; started: number; seconds: number; mostAtOnce: number; meanAtOnce: number };

/** @param drafts as many as there are arrivals */
async function run(places: Places, mode: ModeName, { arrivals, thinking }: Phase, drafts: readonly Draft[]): Promise<Ended> {
  const times = openStepTimes();
  const referred: Referred[] = [];
  const began = performance.now();
  let [now, most, spent] = [0, 0, 0];
  const one = async (request: ReferralRequest): Promise<void> => {
    now += 1;
    most = Math.max(most, now);
    try {
      referred.push(await refer(request));
    } catch (error) {
      times.fail('referral given up', error as Error);
    } finally {
      now -= 1;
      spent += performance.now() - request.due;
    }
  };
  const running: Promise<void>[] = [];
  for (const [number, arrival] of arrivals.entries()) {
    const draft = drafts[number];
    if (!draft) throw new Error(`There is no patient for arrival ${number}`);
    const due = began + arrival;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    running.push(one({ places, clinician: clinician(number), draft, mode, thinking: thinking(), due, times }));
  }
  await Promise.all(running);
  const seconds = (performance.now() - began) / 1000;
  return { times, referred, started: arrivals.length, seconds, mostAtOnce: most, meanAtOnce: spent / 1000 / seconds };
}

async function faultsOf(chart: ReturnType<ReturnType<typeof makeChartAccess>['at']>, all: readonly Referred[]): Promise<string[]> {
  const faults: string[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE_TO_READ)
    faults.push(...(await Promise.all(all.slice(at, at + AT_ONCE_TO_READ).map((each) => faultsInChart(chart, each)))).flat());
  return faults;
}

type CpuReading = { product: ReadonlyMap<Part, Used>; own: NodeJS.CpuUsage; machine: number };
const readCpu = (pid: number): CpuReading => ({ product: usedBy(pid), own: process.cpuUsage(), machine: machineCpu() });

/** Where the machine's time went: shares of all cores. */
function sharesOfCores(before: CpuReading, after: CpuReading, seconds: number): string {
  const share = (cpu: number): string => `${((cpu / seconds / availableParallelism()) * 100).toFixed(0)} %`;
  const product = cpuBetween(before.product, after.product);
  const used = (...parts: Part[]): number => parts.reduce((sum, part) => sum + (product.get(part) ?? 0), 0);
  // Connections come and go: what an ended one used is PostgreSQL's own.
  const database = used('PostgreSQL for Refloop', 'PostgreSQL for the EHR', 'PostgreSQL itself');
  const clinicians = (after.own.user + after.own.system - before.own.user - before.own.system) / 1e6;
  const [refloop, ehr] = [used('Refloop'), used('sandbox EHR')];
  const others = Math.max(0, after.machine - before.machine - refloop - ehr - database - clinicians);
  return `Refloop ${share(refloop)}, sandbox EHR ${share(ehr)}, PostgreSQL for both ${share(database)}, the clinicians (this process) ${share(clinicians)}, others on this machine ${share(others)}`;
}

export default async function bench(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({
    args,
    options: {
      rate: { type: 'string', default: '1.4' },
      seconds: { type: 'string', default: '240' },
      mode: { type: 'string', default: 'full' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [rate, seconds, mode] = [Number(values.rate), Number(values.seconds), findMode(values.mode)?.name];
  if (!(rate > 0 && seconds > 0) || mode === undefined) {
    const modes = MODES.map(({ name }) => name).join(', ');
    return { lastLine: `sustained: --rate and --seconds take numbers above 0, --mode one of ${modes}`, good: false };
  }
  const random = randomFrom(`sustained ${values.seed}`);
  const atOnce: Phase = { name: 'all at once', arrivals: allAtOnce(CLINICIANS), thinking: () => thinkingOf(random) };
  const asTheyCome: Phase = { name: 'as they come', arrivals: poissonArrivals(random, rate, seconds), thinking: atOnce.thinking };
  const warmUp: Phase = {
    name: 'warm-up',
    arrivals: Array.from({ length: WARM_UP }, (_, at) => at * 250),
    thinking: () => ({ reading: 0, writing: 0, deciding: 0 }),
  };
  const folder = mkdtempSync(join(tmpdir(), 'refloop-sustained-'));
  const phases = [warmUp, atOnce, asTheyCome];
  const count = phases.reduce((sum, { arrivals }) => sum + arrivals.length, 0);
  const drafts = writePatients(join(folder, 'patients'), count, new Date().toISOString().slice(0, 10));
  const access = makeChartAccess(folder);
  const product = await startProduct({ args: ['--data', join(folder, 'patients')], env: access.env, timeoutMs: LOAD_TIMEOUT_MS });
  try {
    const inSeconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(0);
    const { reading, writing, deciding } = MEDIAN_THINKING;
    say(
      `sustained: ${mode}, ${CLINICIANS} clinicians, seed ${values.seed}, ${availableParallelism()} cores for Refloop, the EHR, PostgreSQL and the clinicians together; limits on requests in force`,
    );
    say(
      `each reads for ${inSeconds(reading)} s, writes for ${inSeconds(writing)} s, decides in ${inSeconds(deciding)} s (medians, log-normal) and has 5 s to undo`,
    );
    let used = 0;
    const ended: Ended[] = [];
    let memory = 0;
    for (const phase of phases) {
      forgetPeak(product.pid, 'Refloop');
      const lag = monitorEventLoopDelay({ resolution: 1 });
      const before = readCpu(product.pid);
      lag.enable();
      const end = await run(product, mode, phase, drafts.slice(used, used + phase.arrivals.length));
      lag.disable();
      used += phase.arrivals.length;
      ended.push(end);
      if (phase === warmUp) {
        for (const trouble of end.times.troubles()) say(trouble);
        continue;
      }
      memory = Math.max(memory, peakMemory(product.pid, 'Refloop'));
      say('');
      say(
        `${phase.name}: ${end.started} referrals begun in ${inSeconds(phase.arrivals.at(-1) ?? 0)} s, ${end.referred.length} written; open at once ${end.meanAtOnce.toFixed(0)} on average, ${end.mostAtOnce} at most; load ${machineLoad()}`,
      );
      say(
        `of all cores: ${sharesOfCores(before, readCpu(product.pid), end.seconds)}; this process itself came late by ${inMilliseconds(lag.percentile(99) / 1e6)} ms (p99)`,
      );
      for (const line of end.times.lines()) say(line);
      for (const trouble of end.times.troubles()) say(trouble);
    }
    const all = ended.flatMap(({ referred }) => referred);
    const faults = await faultsOf(access.at(product.ehr), all);
    for (const fault of faults.slice(0, 20)) say(fault);
    const errors = ended.reduce((sum, { times }) => sum + times.errors(), 0);
    const [, , steady] = ended;
    const p99 = (step: string): string => inMilliseconds(quantile(steady?.times.of(step) ?? [], 0.99));
    const steps = ['POST /sessions', 'POST /recommendations', 'PUT working', 'POST /approvals', 'POST lease', 'POST step outcome'];
    return {
      lastLine:
        `sustained: ${mode}, ${all.length} of ${count} referrals, ${steady?.meanAtOnce.toFixed(0)} open at once; p99 of ${steady?.referred.length}: ` +
        `${SPANS.matches} ${p99(SPANS.matches)} ms, ${SPANS.written} ${p99(SPANS.written)} ms, ${steps.map((step) => `${step} ${p99(step)}`).join(', ')}; ` +
        `Refloop at most ${(memory / 1e6).toFixed(0)} MB; errors ${errors}; charts wrong ${faults.length} of ${all.length}; load ${machineLoad()}`,
      good: errors === 0 && faults.length === 0 && all.length === count,
    };
  } finally {
    await product.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
