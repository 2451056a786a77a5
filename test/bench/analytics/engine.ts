/** An engine under measurement, and what a process that holds one is told. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerRow, Question } from './questions.ts';

export type Answer = {
  rows: AnswerRow[];
  /** From the question to the rows in JavaScript. */
  milliseconds: number;
  /** Of all cores, by its processes meanwhile: what the machine's other work hardly changes. */
  cpuMilliseconds: number;
};

export type Engine = {
  name: string;
  ask: (question: Question) => Promise<Answer>;
  /** Ends its process, lets the machine forget its files, and starts it again; undefined where it is not ours to stop. */
  chill: (() => Promise<void>) | undefined;
  /** The most memory that its processes had at once since they were started, in bytes; undefined where it runs elsewhere. */
  peak: () => Promise<number | undefined>;
  close: () => Promise<void>;
};

export type EngineRequest =
  | { kind: 'ask'; question: Question }
  /** All at once, as a view asks; only the time of the last one is told. */
  | { kind: 'view'; questions: readonly Question[] }
  | { kind: 'run' | 'read'; sql: string };
export type EngineReply = { kind: 'answer'; answer: Answer } | { kind: 'failed'; message: string };

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A database has a thousand files of its own that hold nothing of ours. */
const SMALL = 262_144;

/** Takes files out of the page cache, all but small ones (coreutils, dd: `iflag=nocache count=0` drops the cache of the whole file). */
export function dropFromCache(path: string): void {
  for (const file of filesOf(path).filter((each) => statSync(each).size >= SMALL))
    spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}

export const bytesOf = (path: string): number => filesOf(path).reduce((sum, file) => sum + statSync(file).size, 0);

/** The most memory that one process had resident since it began (proc_pid_status(5)), in bytes. */
export function peakOf(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes ?? Number.NaN) * 1024;
}
