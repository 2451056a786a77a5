/** What `npm run bench -- loop` tells of what it measured at each size: finding what is due, whole referrals, and the statements of those. */
import { inMilliseconds, median, quantile, table } from '../figures.ts';
import type { Told } from './explained-store.ts';
import { grownStatements, type StatementPages } from './statement-pages.ts';
import type { LoopsRun } from './whole-loops.ts';

export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Ours, since no source gives one: between the smallest and the largest database, of pages for each question (a B-tree is a page deeper each
 * few hundred times its size), of PostgreSQL's processor time for it, and of events for a second of processor time.
 */
export const TARGET = { pages: 1.5, time: 2, events: 0.8 };
const SLACK = { pages: 4, milliseconds: 0.2 };
/** Pages of one statement: less is a tree that is a level deeper. */
const STATEMENT_SLACK = 2;
/** `cpu`: milliseconds that PostgreSQL's own process ran for it, whatever else the machine did; `milliseconds` by the clock, as the product waits. */
export type Cost = { pages: number; cpu: number; milliseconds: number; scanned: string[] };
export type Measured = { name: string; ours: Cost; withoutIndexes: Cost | undefined };
export type AtSize = {
  size: number;
  bytes: number;
  questions: Measured[];
  loops: LoopsRun;
  statements: StatementPages;
  /** Of the write-ahead log, for one event: bytes, and pages of 8 kB that stand in it whole, each the first time after a checkpoint. */
  log: { bytes: number; wholePages: number };
  bare: number;
};

export const small = (count: number): string => (count >= 1_000_000 ? `${count / 1_000_000} M` : `${count / 1000} k`);

/** Of the whole transaction: the question, and the keys of what is opened. */
export const costOf = (told: readonly Told[], cpu: number, milliseconds: number): Cost => ({
  pages: told.reduce((sum, { pages }) => sum + pages, 0),
  cpu,
  milliseconds,
  scanned: [...new Set(told.flatMap(({ scanned }) => scanned))],
});

/**
 * One line a question: what it is at each size, and how much of the smallest the largest is.
 * @param slack by so much one may differ, however little it is: of two pages one more is half as much again
 */
function rowsOf(
  sizes: readonly AtSize[],
  of: (cost: Cost) => number,
  slack: number,
  told: (value: number) => string,
): { rows: string[][]; worst: number } {
  let worst = 1;
  const rows = (sizes[0]?.questions ?? []).map(({ name }, at) => {
    const values = sizes.map(({ questions }) => of(questions[at]?.ours ?? costOf([], 0, 0)));
    const [least, most] = [values[0] ?? 1, values.at(-1) ?? 0];
    const ratio = most / least;
    if (most - least > slack) worst = Math.max(worst, ratio);
    return [name, ...values.map(told), `${ratio.toFixed(2)}×`];
  });
  return { rows, worst };
}

export function sayDue(sizes: readonly AtSize[]): { pages: number; time: number } {
  const names = sizes.map(({ size }) => small(size));
  const pages = rowsOf(sizes, (cost) => cost.pages, SLACK.pages, String);
  const scans = (sizes.at(-1)?.questions ?? []).map(({ withoutIndexes: scan }) =>
    scan ? `${scan.pages} pages, ${inMilliseconds(scan.milliseconds)} ms` : 'over 30 s',
  );
  say(`Finding what is due: pages of 8 kB read in one transaction; the same without indexes in the largest database, by the clock`);
  const withScans = pages.rows.map((row, at) => [...row, scans[at] ?? '']);
  for (const line of table([['question', ...names, 'ratio', 'without indexes'], ...withScans])) say(line);
  const cpu = rowsOf(
    sizes,
    (cost) => cost.cpu,
    SLACK.milliseconds,
    (value) => value.toFixed(2),
  );
  const clock = rowsOf(
    sizes,
    (cost) => cost.milliseconds,
    SLACK.milliseconds,
    (value) => value.toFixed(2),
  );
  say('The same in ms, medians: processor time of PostgreSQL, then by the clock as the product waits');
  const times = cpu.rows.map((row, at) => [...row, ...(clock.rows[at]?.slice(1) ?? [])]);
  for (const line of table([['question', ...names, 'ratio', ...names, 'ratio'], ...times])) say(line);
  for (const { size, questions } of sizes)
    for (const { name, ours } of questions)
      if (ours.scanned.length > 0) say(`at ${small(size)}, ${name} read from end to end: ${ours.scanned.join(', ')}`);
  return { pages: pages.worst, time: cpu.worst };
}

/** Events for each second of processor time, ours and PostgreSQL's together: what else the machine does is not in it. */
export const perCpu = ({ loops: { events, cpu } }: AtSize): number => events / (cpu.ours + cpu.postgres);

export function sayLoops(sizes: readonly AtSize[]): void {
  const rows = sizes.map((at) => {
    const { size, bytes, loops, bare } = at;
    const { cpu } = loops;
    const rate = loops.events / loops.seconds;
    return [
      small(size),
      `${(bytes / 1e9).toFixed(1)} GB`,
      rate.toFixed(0),
      (loops.effects / loops.seconds).toFixed(0),
      `${inMilliseconds(median(loops.times))} / ${inMilliseconds(quantile(loops.times, 0.99))}`,
      `${((cpu.ours * 1000) / loops.events).toFixed(2)} + ${((cpu.postgres * 1000) / loops.events).toFixed(2)}`,
      perCpu(at).toFixed(0),
      bare.toFixed(0),
    ];
  });
  say(
    'Whole referrals, until the last effect was carried out; of the processor an event takes Refloop (counterpart included) + PostgreSQL',
  );
  const header = [
    'referrals over',
    'database',
    'events/s',
    'effects/s',
    'press p50 / p99, ms',
    'processor ms an event',
    'events/s of processor',
    'bare writes, events/s',
  ];
  for (const line of table([header, ...rows])) say(line);
}

/** What does not depend on how busy the machine is. */
export function sayStatements(sizes: readonly AtSize[]): void {
  const header = ['of one event', ...sizes.map(({ size }) => small(size))];
  const row = (name: string, of: (at: AtSize) => number, digits: number): string[] => [name, ...sizes.map((at) => of(at).toFixed(digits))];
  say('Whole referrals, whatever else the machine did:');
  for (const line of table([
    header,
    row('statements', ({ statements: { whole, events } }) => whole.calls / events, 1),
    row('pages read', ({ statements: { whole, events } }) => whole.pages / events, 1),
    row('kB of write-ahead log', ({ log }) => log.bytes / 1000, 1),
    row('whole pages in it', ({ log }) => log.wholePages, 2),
  ]))
    say(line);
  const grown = grownStatements(
    sizes.map(({ statements }) => statements),
    STATEMENT_SLACK,
  );
  if (sizes.length > 1 && grown.length === 0) say(`No statement reads over ${STATEMENT_SLACK} pages a call more at the largest size.`);
  for (const { statement, aCall, anEvent } of grown)
    say(
      `pages a call ${aCall.map((pages) => pages.toFixed(1)).join(', ')} (${anEvent.toFixed(1)} more an event): ${statement.slice(0, 160)}`,
    );
}
