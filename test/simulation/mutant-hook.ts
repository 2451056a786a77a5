/** Loaded before everything else: this process reads one file of the product with one guard taken away (`SIMULATION_MUTANT`). */
import { registerHooks } from 'node:module';
import { MUTANTS } from './mutants.ts';

const mutant = MUTANTS[Number(process.env['SIMULATION_MUTANT'])];
if (!mutant) throw new Error('SIMULATION_MUTANT names no mutant.');

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/${mutant.file}`)) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    const parts = source.split(mutant.from);
    if (parts.length !== 2) throw new Error(`${mutant.file} holds what is to be replaced ${parts.length - 1} times.`);
    process.stderr.write('mutated\n');
    return { ...loaded, source: parts.join(mutant.to) };
  },
});
