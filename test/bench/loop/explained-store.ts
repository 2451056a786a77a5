/**
 * The product's own store, of whose statements PostgreSQL tells the plan that it really ran and the pages that took: by auto_explain, so that
 * no statement is copied here, and a plan that a connection keeps is the one that is told.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { pause } from '../figures.ts';

/** For the server, in its own settings: its log as JSON, in one file of its data folder. */
export const LOG_SETTINGS = {
  logging_collector: 'on',
  log_destination: 'jsonlog',
  log_directory: 'log',
  log_filename: 'bench',
  log_rotation_age: '0',
  log_rotation_size: '0',
} as const;

const EXPLAINED = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_format': 'json',
} as const;

/** PostgreSQL then reads whole tables, as it would where no index stood. */
export const WITHOUT_INDEXES = { enable_indexscan: 'off', enable_indexonlyscan: 'off', enable_bitmapscan: 'off' } as const;

export function withSettings(url: string, settings: Readonly<Record<string, string>>): string {
  const options = Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  return `${url}&options=${encodeURIComponent(options)}`;
}

/** The address whose connections tell their plans. */
export const explainedUrl = (url: string, more: Readonly<Record<string, string>> = {}): string =>
  withSettings(url, { ...EXPLAINED, ...more });

export type Told = {
  text: string;
  milliseconds: number;
  /** Pages of 8 kB read, in memory or from disk. */
  pages: number;
  /** Tables that were read from end to end. */
  scanned: string[];
};

type Node = {
  'Node Type': string;
  'Relation Name'?: string;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  Plans?: Node[];
};

const scansOf = (node: Node): string[] => [
  ...(node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== undefined ? [node['Relation Name']] : []),
  ...(node.Plans ?? []).flatMap(scansOf),
];

const PLAN = /^duration: ([\d.]+) ms {2}plan:\s*(\{[\s\S]*\})\s*$/;

function toldIn(line: string): Told | undefined {
  const { message = '' } = JSON.parse(line) as { message?: string };
  const [, milliseconds, plan] = PLAN.exec(message) ?? [];
  if (plan === undefined) return undefined;
  const { 'Query Text': text, Plan: node } = JSON.parse(plan) as { 'Query Text': string; Plan: Node };
  const pages = (node['Shared Hit Blocks'] ?? 0) + (node['Shared Read Blocks'] ?? 0);
  return { text, milliseconds: Number(milliseconds), pages, scanned: scansOf(node) };
}

/** What the statements of this work were, in order; the work itself is done on connections of `explainedUrl`. */
export async function openTelling(
  url: string,
  dataFolder: string,
): Promise<{ during: (work: () => Promise<void>) => Promise<Told[]>; close: () => Promise<void> }> {
  const marker = new pg.Client({ connectionString: explainedUrl(url) });
  await marker.connect();
  const file = join(dataFolder, 'log', 'bench.json');
  let marks = 0;
  let read = 0;

  /** Lines since the last mark, once this one stands in the log: the server's collector writes it a little later. */
  async function linesUntilMark(): Promise<string[]> {
    marks += 1;
    const mark = `mark ${marks} of the bench`;
    await marker.query(`select '${mark}'`);
    for (;;) {
      const whole = readFileSync(file);
      const lines = whole.subarray(read).toString('utf8').split('\n');
      if (lines.length > 1 && lines.slice(0, -1).some((line) => line.includes(mark))) {
        const complete = lines.slice(0, -1);
        read = whole.length - Buffer.byteLength(lines.at(-1) ?? '');
        return complete.filter((line) => !line.includes(mark));
      }
      await pause(50);
    }
  }

  return {
    during: async (work) => {
      await linesUntilMark();
      await work();
      return (await linesUntilMark()).flatMap((line) => toldIn(line) ?? []);
    },
    close: () => marker.end(),
  };
}
