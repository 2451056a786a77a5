/** Lets a process of its own run the simulation with one guard taken away. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Mutant } from './mutants.ts';

const HERE = import.meta.dirname;

export type Found = { mutant: Mutant; seed: number | null; rule: string; words: string };

/** @param at its place in the list of mutants @returns by which rule it was told; `seed` null where it was not */
export async function findMutant(
  mutant: Mutant,
  at: number,
  { from, seeds, referrals }: { from: number; seeds: number; referrals: number },
): Promise<Found> {
  const script = ['--disable-warning=ExperimentalWarning', '--import', join(HERE, 'mutant-hook.ts'), join(HERE, 'mutant-run.ts')];
  const child = spawn(process.execPath, [...script, String(from), String(seeds), String(referrals)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], SIMULATION_MUTANT: String(at) },
  });
  let [out, words] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  if (code !== 0 || !words.includes('mutated')) throw new Error(`The mutant of ${mutant.file} did not run: ${words.slice(-1500)}`);
  const found = JSON.parse(out) as { seed: number; rule: string; words: string } | null;
  return { mutant, seed: found?.seed ?? null, rule: found?.rule ?? '', words: found?.words ?? '' };
}
