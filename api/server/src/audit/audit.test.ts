/** The audit log on PostgreSQL: what tampering is found, what the application may not do, what the command says. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPool } from '../store/postgres/database.ts';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { verifyAudit } from './verify.ts';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const EARLIER = '2026-11-20T10:00:00.000Z';
const scope: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };

let opened: TestStore;

async function append(count: number, at = EARLIER): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await opened.store.transaction(scope, (unit) =>
      unit.audit.append({
        at,
        actor: { subject: 'clinician', fhirUser: 'Practitioner/clinician', sessionId: null },
        action: 'recommendation.made',
        purpose: 'TREAT',
        patientId: 'Oduya-4711',
        recommendationId: `recommendation-${index}`,
        payload: { patientName: 'Ana Planted', index },
      }),
    );
  }
}

beforeEach(async () => {
  opened = await openTestStore();
  // Three runs of the sequencer: heads at 2, 4 and 6.
  for (let run = 0; run < 3; run += 1) {
    await append(2);
    await opened.store.auditTrail.sequence(EARLIER);
  }
});
afterEach(() => opened.close());

const verdict = () => verifyAudit(opened.store.auditTrail, NOW);

test('an untouched log is whole', async () => {
  expect(await verdict()).toMatchObject({ status: 'whole', rows: 6, headAt: EARLIER });
});

describe('tampering is found, and the first bad row is named', () => {
  const swapped = 'update audit_chain set number = case number when 3 then 4 else 3 end where number in (3, 4)';
  const cases: [string, string[], number, RegExp][] = [
    [
      'an entry that was rewritten',
      [
        `update audit_entry set entry = convert_to(replace(convert_from(entry, 'UTF8'), 'recommendation.made', 'recommendation.read'), 'UTF8') where id = (select entry_id from audit_chain where number = 3)`,
      ],
      3,
      /entry .* was changed/,
    ],
    [
      'a column beside an entry',
      [`update audit_entry set recommendation_id = 'another' where id = (select entry_id from audit_chain where number = 4)`],
      4,
      /recommendationId beside its entry was changed/,
    ],
    [
      'the time beside an entry',
      [`update audit_entry set at = at + interval '1 hour' where id = (select entry_id from audit_chain where number = 4)`],
      4,
      /at beside its entry/,
    ],
    [
      'encrypted details that were changed',
      [
        `update audit_entry set payload_sealed = set_byte(payload_sealed, 20, 1 + get_byte(payload_sealed, 20) % 255) where id = (select entry_id from audit_chain where number = 2)`,
      ],
      2,
      /details beside its entry were changed/,
    ],
    [
      'encrypted details that were taken away',
      [`update audit_entry set payload_sealed = null where id = (select entry_id from audit_chain where number = 2)`],
      2,
      /details/,
    ],
    [
      'an entry that was deleted',
      [`delete from audit_entry where id = (select entry_id from audit_chain where number = 5)`],
      5,
      /entry .* is missing/,
    ],
    ['a row that was deleted', ['delete from audit_chain where number = 3'], 3, /missing; the next one is 4/],
    ['rows that were swapped', ['alter table audit_chain drop constraint audit_chain_pkey', swapped], 3, /does not continue/],
    ['a leaf that was changed', [`update audit_chain set leaf = sha256('other') where number = 4`], 4, /entry .* was changed/],
    ['a hash that was changed', [`update audit_chain set hash = sha256('other') where number = 4`], 4, /hash was changed/],
    [
      'a row that was put in between',
      [
        'alter table audit_chain drop constraint audit_chain_pkey',
        'update audit_chain set number = number + 1 where number > 3',
        `insert into audit_chain select 4, 'forged', sha256('a'), hash, sha256('b') from audit_chain where number = 3`,
      ],
      4,
      /entry forged is missing/,
    ],
    ['the last rows cut off', ['delete from audit_chain where number > 5'], 6, /missing; a head .* there are 6 rows/],
    [
      'the last rows cut off with their head',
      ['delete from audit_chain where number > 5', 'delete from audit_head where number > 5'],
      5,
      /no recorded head covers it/,
    ],
    ['everything cut off', ['delete from audit_chain'], 1, /missing; a head/],
    ['a head that was changed', [`update audit_head set hash = sha256('other') where number = 4`], 4, /does not meet the head/],
  ];
  test.each(cases)('%s', async (_name, statements, row, what) => {
    for (const sql of statements) await opened.asOwner(sql);
    const found = await verdict();
    expect(found).toMatchObject({ status: 'broken', row });
    expect(found.status === 'broken' ? found.what : '').toMatch(what);
  });

  test('an entry that was kept from the sequencer', async () => {
    await append(1);
    await opened.asOwner('delete from audit_pending');
    expect(await verdict()).toMatchObject({ status: 'unsequenced', rows: 6, entries: [expect.any(String)] });
  });

  test('a chain cut short is not continued', async () => {
    await opened.asOwner('delete from audit_chain where number > 5');
    await append(1);
    await expect(opened.store.auditTrail.sequence(EARLIER)).rejects.toThrow('does not end at its newest head');
    expect(await verdict()).toMatchObject({ status: 'broken', row: 6 });
  });
});

test('what waited when a process died is numbered, not reported', async () => {
  await append(1);
  expect(await verdict()).toMatchObject({ status: 'whole', rows: 7 });
});

test('a chain is whole while others append and number', async () => {
  const busy = Promise.all([
    append(10, NOW.toISOString()),
    append(10, NOW.toISOString()),
    ...[1, 2, 3, 4].map(() => opened.store.auditTrail.sequence(EARLIER)),
  ]);
  const seen = await Promise.all(Array.from({ length: 5 }, verdict));
  await busy;
  expect(seen.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'whole'));
  expect(await verdict()).toMatchObject({ status: 'whole', rows: 26 });
});

describe('the application’s role', () => {
  test.each(['audit_entry', 'audit_chain', 'audit_head'])('may not change or empty %s', async (table) => {
    const pool = openPool(opened.url, 'refloop_app', 1);
    try {
      const column = table === 'audit_entry' ? 'site' : 'hash';
      for (const sql of [
        `update ${table} set ${column} = ${column}`,
        `delete from ${table}`,
        `truncate ${table}`,
        `alter table ${table} add column more text`,
        `drop table ${table}`,
        `alter table ${table} disable trigger all`,
      ]) {
        await expect(pool.query(sql)).rejects.toThrow(/permission denied|must be owner/);
      }
      expect((await pool.query<{ current_user: string }>('select current_user')).rows).toEqual([{ current_user: 'refloop_app' }]);
    } finally {
      await pool.end();
    }
  });

  test('may not look at another tenant’s entries, nor be the auditor’s eyes', async () => {
    const pool = openPool(opened.url, 'refloop_app', 1);
    try {
      expect((await pool.query('select * from audit_entry')).rows).toEqual([]);
    } finally {
      await pool.end();
    }
  });

  test('the auditor reads and writes nothing', async () => {
    const pool = openPool(opened.url, 'refloop_auditor', 1);
    try {
      expect((await pool.query('select * from audit_entry')).rows).toHaveLength(6);
      await expect(pool.query('delete from audit_entry')).rejects.toThrow('permission denied');
      await expect(pool.query('select * from recommendation')).rejects.toThrow('permission denied');
    } finally {
      await pool.end();
    }
  });
});

describe('the command', () => {
  const script = fileURLToPath(new URL('../commands/audit.ts', import.meta.url));
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'refloop-audit-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<{ code: number | null; last: string; lines: number; errors: string }> =>
    new Promise((done, failed) => {
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
        env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], DATABASE_URL: opened.url },
      });
      let output = '';
      let errors = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        errors += chunk.toString();
      });
      child.on('error', failed);
      child.on('close', (code) => {
        const lines = output.trim().split('\n');
        done({ code, last: lines.at(-1) ?? '', lines: lines.length, errors });
      });
    });

  test('verify, export, and verify of the export; wrong use', async () => {
    const file = join(folder, 'audit.jsonl');
    const whole = await run('verify');
    expect(whole).toMatchObject({ code: 0, lines: 1, last: expect.stringMatching(/^audit: 6 rows, head [0-9a-f]{64}, ok$/) });
    expect(await run('export', file)).toMatchObject({ code: 0, last: whole.last });
    expect(await run('verify', file)).toMatchObject({ code: 0, last: whole.last });

    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/Planted|Oduya-4711/);
    const [first = '', second = '', third = '', ...rest] = text.split('\n');
    writeFileSync(file, [first, second, third.replace('recommendation.made', 'recommendation.read'), ...rest].join('\n'));
    expect(await run('verify', file)).toMatchObject({ code: 1, last: expect.stringMatching(/^audit: row 3: its entry .* was changed$/) });

    for (const args of [[], ['check'], ['export'], ['verify', join(folder, 'none')], ['verify', file, 'more']]) {
      const wrong = await run(...args);
      expect({ args, ...wrong }).toMatchObject({ args, code: 2, last: '' });
      expect(wrong.errors).toContain('Usage:');
    }
  });

  test('a tampered row is named on the last line, exit code 1', async () => {
    await opened.asOwner(`update audit_chain set leaf = sha256('other') where number = 4`);
    expect(await run('verify')).toMatchObject({ code: 1, last: expect.stringMatching(/^audit: row 4: its entry .* was changed$/) });
  });
});
