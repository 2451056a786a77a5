/**
 * Imports that are killed at a random moment. Whatever was being done then, the snapshot in force is whole and right: the one before, or
 * the new one where the kill came after the switch; and the next import clears up and completes.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentSnapshot } from '@refloop/analytics/snapshot';
import { openWarehouse } from '@refloop/analytics/warehouse';
import fc from 'fast-check';
import { importLives, type LivesToImport } from './import-lives.ts';
import { writeRandomExport } from './random-export.ts';

export type KilledImports = { violations: string[]; kept: number; switched: number };

const MANY = 300;
const METRICS = ['completion', 'network_leakage', 'time_to_appointment'];

/** Everything that is asked, as text: equal where the snapshots hold the same. */
async function answersOf(folder: string): Promise<string> {
  const warehouse = openWarehouse({ folder });
  try {
    const answers = [];
    for (const metric of METRICS) {
      const { rows, curve } = await warehouse.metric({ metric, by: ['specialty'], scope: null });
      answers.push({ metric, rows, curve });
    }
    return JSON.stringify(answers);
  } finally {
    await warehouse.close();
  }
}

/** Runs the import in a process of its own, and ends that after so long if it has not ended by itself. */
async function killAfter(lives: LivesToImport, milliseconds: number): Promise<void> {
  const script = fileURLToPath(new URL('./import-lives.ts', import.meta.url));
  const child = fork(script, [JSON.stringify(lives)], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  await ended;
  clearTimeout(timer);
}

/**
 * @param from what is imported: histories of ours, or a Bulk export
 * @param told after each run
 */
export async function killImports(
  runs: number,
  seed: number,
  from: 'histories' | 'export',
  told: (done: number) => void,
): Promise<KilledImports> {
  const folder = await mkdtemp(join(tmpdir(), 'refloop-killed-'));
  const outcome: KilledImports = { violations: [], kept: 0, switched: 0 };
  try {
    const lives = async (own: number): Promise<LivesToImport> => {
      const histories = { warehouse: join(folder, 'warehouse'), seed: own, many: MANY };
      if (from === 'histories') return histories;
      const exported = join(folder, `export-${own}`);
      await writeRandomExport(exported, histories);
      return { ...histories, exported };
    };
    const [before, next] = [await lives(seed), await lives(seed + 1)];
    await importLives({ ...next, warehouse: join(folder, 'other') });
    const answers = { next: await answersOf(join(folder, 'other')), before: '' };
    await importLives(before);
    answers.before = await answersOf(before.warehouse);
    if (answers.before === answers.next) throw new Error('Both sets of lives give the same answers; choose another seed.');
    const began = performance.now();
    await killAfter({ ...next, warehouse: join(folder, 'timed') }, 600_000);
    const whole = performance.now() - began;
    const moments = fc.sample(fc.double({ min: 0, max: 1.05, noNaN: true, noDefaultInfinity: true }), { numRuns: runs, seed });
    for (const [run, moment] of moments.entries()) {
      const standing = (await currentSnapshot(before.warehouse))?.manifest.name;
      await killAfter(next, moment * whole);
      const after = (await currentSnapshot(before.warehouse))?.manifest.name;
      const isKept = after === standing;
      if (isKept) outcome.kept += 1;
      else outcome.switched += 1;
      if ((await answersOf(before.warehouse)) !== (isKept ? answers.before : answers.next))
        outcome.violations.push(`run ${run}: wrong answers after the kill`);
      await importLives(before);
      if ((await answersOf(before.warehouse)) !== answers.before)
        outcome.violations.push(`run ${run}: wrong answers after the next import`);
      const left = await readdir(join(before.warehouse, 'building'));
      if (left.length > 0) outcome.violations.push(`run ${run}: left behind ${left.join(', ')}`);
      told(run + 1);
    }
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
