/** What a subcommand of `npm run analytics` is, and how it stands in the list of all. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { wrongUse } from '../console.ts';

export type ListedSubcommand = {
  name: string;
  /** What it does, in one line for the list of all. */
  does: string;
  /** Whether it reads the database: the embedded one is then started for it. Else it runs without any. */
  needsDatabase: boolean;
  /** Reads its sources, and those of what it alone needs. */
  load: () => Promise<Subcommand>;
};

export type Subcommand = {
  /** A page of its own: how it is called, what happens then, its options. Begins with `Usage:`. */
  help: string;
  /** What holds after it was cancelled. */
  whenCancelled: string;
  /** Errors whose message is written for people and says nothing of a patient; of any other only the kind is told. */
  plainErrors: readonly (abstract new (
    ...given: never[]
  ) => Error)[];
  /**
   * Does it, and gives what goes to stdout; progress goes to stderr.
   * @param args what stands behind its name
   */
  run: (args: string[], signal: AbortSignal) => Promise<string | Uint8Array>;
};

/** What was typed, by these options; anything else ends the process as wrong use, with the subcommand's help. */
export function readOptions<const Options extends ParseArgsOptionsConfig>(args: string[], options: Options, help: string) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    return wrongUse(error instanceof Error ? error.message : 'Not understood.', help);
  }
}

export const WAREHOUSE_OPTION =
  '--warehouse DIR    the folder of the warehouse; else REFLOOP_WAREHOUSE, else the folder warehouse in REFLOOP_STATE';
