/** Loaded before everything else: this process reads one file of the product with one guard taken away (`KILL_MUTANT`). */
import { registerHooks } from 'node:module';
import { MUTANTS } from './mutants.ts';

const change = MUTANTS[Number(process.env['KILL_MUTANT'])]?.change;
if (!change || !('file' in change)) throw new Error('KILL_MUTANT names no mutant of a file.');

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/${change.file}`)) return loaded;
    const parts = Buffer.from(loaded.source as Uint8Array)
      .toString('utf8')
      .split(change.from);
    if (parts.length !== 2) throw new Error(`${change.file} holds what is to be replaced ${parts.length - 1} times.`);
    return { ...loaded, source: parts.join(change.to) };
  },
});
