/** All that `npm run analytics` can do. To add one: a file beside this, and an entry here. Each is read when it is asked for: together they take longer than most do. */
import type { ListedSubcommand } from './subcommand.ts';

export const SUBCOMMANDS: readonly ListedSubcommand[] = [
  {
    name: 'refresh',
    does: 'makes a snapshot of what happened to every referral, and puts it in force',
    needsDatabase: true,
    load: async () => (await import('./refresh.ts')).refresh,
  },
  {
    name: 'import',
    does: 'reads an EHR’s FHIR Bulk export into a warehouse of its own, with a report',
    needsDatabase: true,
    load: async () => (await import('./import.ts')).importExport,
  },
  {
    name: 'metrics',
    does: 'answers metrics from the snapshot in force, each with definition, n and interval',
    needsDatabase: false,
    load: async () => (await import('./metrics.ts')).metrics,
  },
  {
    name: 'report',
    does: 'writes the report of a month: headline numbers, what changed, the largest causes, definitions',
    needsDatabase: false,
    load: async () => (await import('./report.ts')).report,
  },
  {
    name: 'cms50',
    does: 'counts CMS50 over an EHR’s export, with the reasons for each patient',
    needsDatabase: false,
    load: async () => (await import('./cms50.ts')).cms50,
  },
];

const asksForHelp = (args: string[]): boolean => args.includes('--help') || args.includes('-h');

const isHelp = (name: string | undefined): boolean => name === 'help' || name === '--help' || name === '-h';

const found = (name: string | undefined): ListedSubcommand | undefined => SUBCOMMANDS.find((each) => each.name === name);

/** What was asked for: the help of all or of one, something to do, or nothing that there is. */
export type Asked =
  | { kind: 'help'; text: string }
  | { kind: 'run'; subcommand: ListedSubcommand; args: string[] }
  | { kind: 'wrong'; why: string };

export async function readAsked([name, ...args]: string[]): Promise<Asked> {
  const named = found(isHelp(name) ? args[0] : name);
  if (named && (isHelp(name) || asksForHelp(args))) return { kind: 'help', text: (await named.load()).help };
  if (isHelp(name)) return { kind: 'help', text: usage() };
  if (named) return { kind: 'run', subcommand: named, args };
  const names = SUBCOMMANDS.map((each) => each.name).join(', ');
  return { kind: 'wrong', why: name === undefined ? 'Say what to do.' : `"${name}" is none of ${names}.` };
}

/** The help of all: a line for each. */
export function usage(): string {
  const width = Math.max(...SUBCOMMANDS.map(({ name }) => name.length));
  const lines = SUBCOMMANDS.map(({ name, does }) => `  ${name.padEnd(width)}  ${does}`);
  return `Usage: npm run analytics -- NAME [options]

${lines.join('\n')}

\`npm run analytics -- NAME --help\` says more of one. The result goes to stdout, progress to stderr; Ctrl-C cancels.
Exit code: 0 done, 1 failed or a check found an error, 2 wrong use, 130 cancelled.`;
}
