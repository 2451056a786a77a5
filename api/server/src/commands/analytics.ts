/**
 * `npm run analytics -- NAME`: one of the subcommands. The result on stdout and nothing else there; progress on stderr.
 * Exit 0 done · 1 failed, or a check found rows that make every number wrong · 2 wrong use · 130 cancelled.
 */
import { wordsOf } from '../logging/words.ts';
import type { Subcommand } from './analytics/subcommand.ts';
import { readAsked, usage } from './analytics/subcommands.ts';
import { say, wrongUse } from './console.ts';

const CANCELLED = 130;
class Cancelled extends Error {}

const print = (result: string | Uint8Array): Promise<void> => new Promise((done) => process.stdout.write(result, () => done()));

async function run({ run: work, whenCancelled, plainErrors }: Subcommand, args: string[]): Promise<number> {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort(new Cancelled()));
  try {
    await print(await work(args, controller.signal));
    return 0;
  } catch (error) {
    if (controller.signal.aborted) {
      say(`Cancelled; ${whenCancelled}.`);
      return CANCELLED;
    }
    const plain = error instanceof Error && plainErrors.some((kind) => error instanceof kind);
    say(plain ? error.message : `It failed: ${wordsOf(error)}`);
    return 1;
  }
}

// Whoever reads it may have had enough.
process.stdout.on('error', () => process.exit(0));

const asked = await readAsked(process.argv.slice(2));
switch (asked.kind) {
  case 'help':
    await print(`${asked.text}\n`);
    break;
  case 'wrong':
    wrongUse(asked.why, usage());
    break;
  case 'run':
    process.exitCode = await run(await asked.subcommand.load(), asked.args);
}
