/** All that the campaign runs on: lanes side by side, and the EHRs of all of them in one process. */
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tools/free-port.ts';
import { ensureDatabase, openPostgres } from '../../tools/postgres.ts';
import { type Child, startChild } from './child.ts';
import { startClock } from './fast-clock.ts';
import { type Lane, openLane } from './lane.ts';
import type { EhrQuestion, EhrSettings } from './messages.ts';

export type Deployment = { lanes: Lane[]; close: () => Promise<void> };

const newKey = (kid: string): string =>
  JSON.stringify({ ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }), kid });

export async function openDeployment(count: number): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), 'refloop-campaign-'));
  chmodSync(folder, 0o755);
  // The EHR is never killed, so it trades durability for speed.
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const postgres = await openPostgres({ stateFolder: folder, hold: 'own', settings });
  const [systemKey, truthKey] = [newKey('system'), newKey('truth')];
  const ehrs: EhrSettings[] = [];
  const ports: number[] = [];
  for (let lane = 0; lane < count; lane += 1) {
    const [ehrPort, refloopPort] = [await freePort(), await freePort()];
    const databaseUrl = await ensureDatabase(postgres, `ehr_${lane}`);
    ehrs.push({ refloop: `http://127.0.0.1:${refloopPort}`, systemKey, truthKey, databaseUrl, port: ehrPort, clock: startClock() });
    ports.push(refloopPort);
  }
  const ehr: Child<EhrQuestion> = await startChild<EhrQuestion>('ehr-process.ts', ehrs, () => undefined);
  const lanes = await Promise.all(
    ehrs.map(({ port, clock }, number) =>
      openLane({
        number,
        refloopPort: ports[number] ?? 0,
        ehrPort: port,
        systemKey,
        truthKey,
        clock,
        askEhr: (question) => ehr.ask({ lane: number, question }),
      }),
    ),
  );
  // PostgreSQL has a process group of its own and would outlive a campaign that is broken off.
  const discard = (): void => {
    for (const lane of lanes) lane.discard();
    try {
      process.kill(postgres.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', discard);
  return {
    lanes,
    close: async () => {
      process.off('exit', discard);
      await Promise.all(lanes.map((lane) => lane.close()));
      await ehr.kill();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
