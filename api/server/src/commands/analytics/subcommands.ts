/** All that `npm run analytics` can do. To add one: a file beside this, and a line here. */
import { cms50 } from './cms50.ts';
import { importExport } from './import.ts';
import { metrics } from './metrics.ts';
import { refresh } from './refresh.ts';
import { report } from './report.ts';
import type { Subcommand } from './subcommand.ts';

export const SUBCOMMANDS: readonly Subcommand[] = [refresh, importExport, metrics, report, cms50];

const asksForHelp = (args: string[]): boolean => args.includes('--help') || args.includes('-h');

const isHelp = (name: string | undefined): boolean => name === 'help' || name === '--help' || name === '-h';

const found = (name: string | undefined): Subcommand | undefined => SUBCOMMANDS.find((each) => each.name === name);

/** What was asked for: the help of all or of one, something to do, or nothing that there is. */
export type Asked =
  | { kind: 'help'; text: string }
  | { kind: 'run'; subcommand: Subcommand; args: string[] }
  | { kind: 'wrong'; why: string };

export function readAsked([name, ...args]: string[]): Asked {
  const named = found(isHelp(name) ? args[0] : name);
  if (isHelp(name)) return { kind: 'help', text: named?.help ?? usage() };
  if (named) return asksForHelp(args) ? { kind: 'help', text: named.help } : { kind: 'run', subcommand: named, args };
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
