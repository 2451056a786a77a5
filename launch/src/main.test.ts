import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../tools/free-port.ts';
import { createTestDatabase, type TestDatabase } from '../../tools/test-database.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

let database: TestDatabase;
let state: string;
let data: string;
let port: number;
const running = new Set<ChildProcess>();

type Run = { process: ChildProcess; exited: Promise<number | null>; said: () => string };

function start(settings: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      EHR_DATABASE_URL: database.url,
      REFLOOP_EHR_PORT: String(port),
      REFLOOP_STATE: state,
      REFLOOP_DATA: data,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  return { process: child, exited, said: () => text };
}

async function healthy(run: Run): Promise<void> {
  for (;;) {
    if (run.process.exitCode !== null) throw new Error(`The EHR ended: ${run.said()}`);
    const answer = await fetch(`http://localhost:${port}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  state = mkdtempSync(join(tmpdir(), 'ehr-state-'));
  data = mkdtempSync(join(tmpdir(), 'ehr-data-'));
  port = await freePort();
  const patient = { resourceType: 'Patient', id: 'from-folder', name: [{ family: 'Folder' }], gender: 'female', birthDate: '1970-01-01' };
  writeFileSync(join(data, 'patients.ndjson'), `${JSON.stringify(patient)}\n{"resourceType":"Nonsense","id":"x"}\n`);
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(state, { recursive: true });
  rmSync(data, { recursive: true });
  await database.drop();
});

test('loads a folder, keeps its report, survives a kill, and ends when told to', async () => {
  const first = start();
  await healthy(first);
  expect(first.said()).toContain('import: 2 read, 1 taken, 1 refused.');
  const report = JSON.parse(readFileSync(join(state, 'import-report.json'), 'utf8')) as { refused: { file: string; line: number }[] };
  expect(report).toMatchObject({ read: 2, taken: 1, refused: [{ file: 'patients.ndjson', line: 2, resourceType: 'Nonsense' }] });
  const launches = (await (await fetch(`http://localhost:${port}/launches`)).json()) as { users: unknown[]; patients: unknown };
  expect(launches.users).toHaveLength(6);
  expect(launches.patients).toEqual([{ id: 'from-folder', name: 'Folder', orders: [] }]);
  const launch = await fetch(`http://127.0.0.1:${port}/launches`, { method: 'POST', body: '{"user":"clinician","patient":"from-folder"}' });
  expect(launch.status).toBe(200);
  const keys = await (await fetch(`http://localhost:${port}/auth/jwks`)).text();

  first.process.kill('SIGKILL');
  await first.exited;
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const handles = async (): Promise<number> => (await pool.query('select 1 from ehr_auth.launches')).rowCount ?? 0;
  await pool.query("update ehr_auth.launches set expires_at = expires_at - interval '2 hours'");
  expect(await handles()).toBe(1);

  // As a state folder is that an older version made: people who came since are not in it.
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`delete from ehr.resource where resource_type = 'Practitioner' and id = 'nurse'`);
  const second = start();
  await healthy(second);
  // What ended before is forgotten soon after a start.
  while ((await handles()) > 0) await new Promise((done) => setTimeout(done, 20));
  await pool.end();
  expect(await (await fetch(`http://localhost:${port}/auth/jwks`)).text()).toBe(keys);
  // What was loaded is kept, not loaded again.
  expect(second.said()).not.toContain('import:');
  const people = await client.query<{ id: string; version: number }>(
    `select id, version from ehr.resource where resource_type = 'Practitioner' and not deleted order by id`,
  );
  await client.end();
  expect(people.rows).toEqual(['admin', 'clinician', 'coordinator', 'covering', 'lead', 'nurse'].map((id) => ({ id, version: 1 })));

  second.process.kill('SIGTERM');
  expect(await second.exited).toBe(0);
});

test('told to stop while it loads, it stops, and the next start loads', async () => {
  const own = await createTestDatabase();
  const settings = { EHR_DATABASE_URL: own.url, REFLOOP_DATA: '' };
  const first = start(settings);
  for (let status = 0; status !== 503; ) {
    status = (await fetch(`http://localhost:${port}/health`).catch(() => undefined))?.status ?? 0;
    await new Promise((done) => setTimeout(done, 20));
  }
  first.process.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  const second = start(settings);
  await healthy(second);
  expect(second.said()).toContain('resources of the built-in patients are loaded');
  second.process.kill('SIGTERM');
  expect(await second.exited).toBe(0);
  await own.drop();
});

describe('a start that cannot be is refused with exit code 2', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a bad port', { REFLOOP_EHR_PORT: 'http' }, 'REFLOOP_EHR_PORT'],
    ['a folder that is not there', { REFLOOP_DATA: '/nowhere/at/all' }, '/nowhere/at/all'],
    ['other data than the state holds', { REFLOOP_DATA: '' }, 'was made from the folder'],
  ])('%s', async (_, settings, named) => {
    const run = start(settings);
    expect(await run.exited).toBe(2);
    expect(run.said()).toContain(named);
  });
});
