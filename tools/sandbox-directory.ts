/** The sandbox payer's directory: generated once, then loaded by the importer a site would use, rejects and all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './environment.ts';
import { runScript } from './run-script.ts';

type Published = { published: { asOf: string; counts: { entries: number } } | null; report: { refusedCount: number } };

export async function publishSandboxDirectory(env: Record<string, string>): Promise<void> {
  const command = 'api/server/src/commands/directory.ts';
  const status = await runScript(command, ['status'], env);
  if (status.code !== 0) throw new Error('The database could not be asked for its directory; the lines above say why.');
  if ((JSON.parse(status.stdout) as { current: unknown }).current !== null) return;
  say('Making the synthetic directory of specialists (once; until it is there nobody can be matched, and pages are slow) …');
  const folder = mkdtempSync(join(env['REFLOOP_STATE'] ?? '.', 'directory-'));
  try {
    const today = new Date().toISOString().slice(0, 10);
    const generated = await runScript('launch/src/directory/generate.ts', ['--out', folder, '--as-of', today]);
    if (generated.code !== 0) throw new Error('The synthetic directory could not be generated; the lines above say why.');
    const published = await runScript(command, ['publish', '--source', folder], env);
    if (published.code !== 0) throw new Error('The synthetic directory could not be imported; the lines above say why.');
    const answer = JSON.parse(published.stdout) as Published;
    say(
      `Directory of ${answer.published?.asOf}: ${answer.published?.counts.entries} practitioner-locations, ${answer.report.refusedCount} rows refused. Ready.`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
