import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDuckDb, quoted } from '../duckdb.ts';
import { createPseudonyms } from '../pseudonym.ts';
import { TEST_KEY, withWarehouse } from '../test-histories.ts';
import { openWarehouse } from '../warehouse.ts';
import { type ExportImportOptions, importExports, type ReadReport } from './import-exports.ts';
import { appointment, exportedResources, lines, PLANTED, referral, type TestResource, writeExport } from './test-export.ts';

const SCOPE = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North' };
const NOW = '2026-11-28T00:00:00.000Z';

type Imported = { folder: string; report: ReadReport };

function importFrom(warehouse: string, sources: string[], more: Partial<ExportImportOptions> = {}) {
  return importExports({
    warehouse,
    sources,
    scope: SCOPE,
    views: null,
    keepPairs: false,
    pseudonymKey: TEST_KEY,
    now: NOW,
    reidentify: async () => undefined,
    memoryMegabytes: 256,
    ...more,
  });
}

/** Writes the resources, imports them, and lets the work look at it. */
async function imported<Value>(
  resources: readonly TestResource[],
  work: (imported: Imported & { warehouse: string; source: string }) => Promise<Value>,
): Promise<Value> {
  return withWarehouse(async (warehouse) => {
    const source = join(warehouse, 'export');
    await writeExport(source, resources);
    const { snapshot, report } = await importFrom(warehouse, [source]);
    return work({ folder: snapshot.folder, report, warehouse, source });
  });
}

async function rowsOf(folder: string, sql: (table: (name: string) => string) => string) {
  const session = await openDuckDb({ folders: [folder], spillFolder: null, memoryMegabytes: 256, threads: 1, seconds: 20 });
  try {
    const query = await session.connect();
    return await query.run(sql((name) => `read_parquet(${quoted(join(folder, `${name}.parquet`))})`));
  } finally {
    session.close();
  }
}

const bytesOf = async (folder: string): Promise<Map<string, Buffer>> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.parquet')).sort();
  return new Map(await Promise.all(names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(join(folder, name))])));
};

/** The export as it is, written and imported once: what most tests look at or import again. */
let base: Imported & { warehouse: string; source: string };
beforeAll(async () => {
  const warehouse = await mkdtemp(join(tmpdir(), 'refloop-warehouse-'));
  const source = join(warehouse, 'export');
  await writeExport(source, exportedResources());
  const { snapshot, report } = await importFrom(warehouse, [source]);
  base = { warehouse, source, folder: snapshot.folder, report };
});
afterAll(() => rm(base.warehouse, { recursive: true, force: true }));

describe('an export becomes the tables that our own events make', () => {
  test('a referral note that went out with the order is no report of a specialist', async () => {
    const reports = await rowsOf(base.folder, (table) => `select form, count(*)::integer as n from ${table('core__report')} group by form`);
    expect(reports).toEqual([{ form: 'final', n: 1 }]);
  });

  test('each referral as far as its resources tell of it', async () => {
    const { folder, report } = base;
    expect(report.referrals).toMatchObject({
      orders: 11,
      referrals: 7,
      leftOut: { 'entered-in-error': 1, 'not-an-order': 1, 'no-day': 1 },
    });
    expect(report.unused).toEqual({ Condition: 1 });
    const rows = await rowsOf(
      folder,
      (
        table,
      ) => `select specialty, urgency, payer, site, zip3, language, standing, visits, strftime(seen_on, '%m-%d') as seen_on, seen_place, seen_network
          from ${table('core__referral')} order by all`,
    );
    const cardiology = {
      specialty: 'cardiology',
      urgency: 'urgent',
      payer: 'Example Health',
      site: 'North clinic',
      zip3: '021',
      language: 'es',
    };
    const none = { visits: 0, seen_on: null, seen_place: null, seen_network: null };
    expect(rows).toHaveLength(7);
    const active = { ...cardiology, standing: 'active' };
    expect(rows).toEqual(
      expect.arrayContaining([
        { ...active, visits: 1, seen_on: '01-21', seen_place: 'asked', seen_network: 'unknown' },
        { ...active, visits: 1, seen_on: '02-01', seen_place: 'elsewhere', seen_network: 'out' },
        { ...active, urgency: 'routine', visits: 1, seen_on: '02-01', seen_place: 'asked', seen_network: 'in' },
        { ...active, ...none },
        { ...active, payer: null, zip3: '000', ...none },
        { ...cardiology, standing: 'revoked', ...none },
        { ...cardiology, standing: 'draft', payer: null, site: 'North', zip3: null, language: null, ...none },
      ]),
    );
  });

  test('the events in order, dated where a resource gives the day and inferred where not', async () => {
    const { folder } = base;
    const events = await rowsOf(
      folder,
      (table) => `select list(type || ' ' || coalesce(strftime(effective_on, '%m-%d'), '–') order by sequence) as told
          from ${table('input__event')} group by referral having bool_or(type = 'report-received') or bool_or(type = 'attempt-declined')
            or bool_or(type = 'appointment-missed') order by 1`,
    );
    const ordered = ['referral-started 01-05', 'referral-approved 01-05', 'write-step-settled 01-05'];
    expect(events.map(({ told }) => told)).toEqual([
      [...ordered, 'appointment-booked 01-07', 'appointment-missed 01-20'],
      [
        ...ordered,
        'attempt-sent 01-05',
        'appointment-booked 01-07',
        'attempt-accepted –',
        'patient-seen 01-21',
        'report-received 01-25',
        'report-matched 01-25',
      ],
      [...ordered, 'attempt-sent 01-05', 'attempt-declined 01-08'],
    ]);
  });

  test('the metrics run on it', async () => {
    const { warehouse } = base;
    const opened = openWarehouse({ folder: warehouse });
    const leakage = await opened.metric({ metric: 'network_leakage', by: [], scope: null });
    await opened.close();
    expect(leakage.rows.map(({ n, parts }) => [n, parts['leaked'], parts['network_unknown']])).toEqual([[2, 1, 1]]);
  });

  test('nothing of a person gets into the warehouse', async () => {
    const { folder } = base;
    const everything = await rowsOf(folder, (table) => `select * from ${table('input__event')}`);
    const text = JSON.stringify([everything, await readFile(join(folder, 'import-report.json'), 'utf8')]);
    for (const word of [PLANTED, 'MRN-', '99887766', '02139', 'Patient/p1', 'ServiceRequest/', '555-0100', '1961', 'cardiologist"'])
      expect(text).not.toContain(word);
  });
});

describe('whatever an export says, the allow-list lets in what our own events would', () => {
  test('codes, numbers and labels of every shape', async () => {
    const given = {
      payer: [`  ${'Payer '.repeat(20)}`, `${'x'.repeat(79)}😀`, '\u00a0', 'O\'Neill "Health"'],
      language: ['en', 'zh-Hans', 'English, please', 'EN'],
      postalCode: ['94110', '03601', '9411', 'K1A 0B1'],
      performer: ['1234567893', '123456789', '1234567893\n', 'Dr Plantedname'],
    };
    const resources = [0, 1, 2, 3].flatMap((at): TestResource[] => [
      {
        resourceType: 'Patient',
        id: `q${at}`,
        address: [{ postalCode: given.postalCode[at] }],
        communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: given.language[at] }] } }],
      },
      referral(`o${at}`, {
        subject: { reference: `Patient/q${at}` },
        performer: [{ identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: given.performer[at] } }],
      }),
      {
        resourceType: 'Coverage',
        id: `c${at}`,
        status: 'active',
        beneficiary: { reference: `Patient/q${at}` },
        payor: [{ display: given.payer[at] }],
      },
    ]);
    await imported(resources, async ({ folder }) => {
      const pseudonyms = createPseudonyms(TEST_KEY);
      const name = (at: number): string => pseudonyms.referral(SCOPE, `ServiceRequest/o${at}`);
      const rows = await rowsOf(
        folder,
        (table) =>
          `select referral, patient, payer, language, zip3, performer from ${table('input__event')} where type = 'referral-approved'`,
      );
      // 036 is one of the areas of few people.
      const expected = [
        ['Payer '.repeat(20).slice(0, 80), 'en', '941', '1234567893'],
        ['x'.repeat(79), 'zh-Hans', '000', null],
        [null, null, '941', null],
        ['O\'Neill "Health"', null, null, null],
      ];
      for (const [at, values] of expected.entries()) {
        const row = rows.find((each) => each['referral'] === name(at));
        expect([row?.['payer'], row?.['language'], row?.['zip3'], row?.['performer']]).toEqual(values);
        expect(row?.['patient']).toBe(pseudonyms.patient(SCOPE, `q${at}`));
      }
    });
  });
});

describe('whatever the order and however often', () => {
  test('lines backwards, twice, in other files and packed make the same tables to the byte', async () => {
    const resources = exportedResources();
    const once = await bytesOf(base.folder);
    await withWarehouse(async (warehouse) => {
      const source = join(warehouse, 'export');
      await writeExport(join(source, 'part'), resources.toReversed());
      await writeFile(join(source, 'mixed.ndjson.gz'), gzipSync(lines([...resources.slice(5), ...resources])));
      const { snapshot } = await importFrom(warehouse, [source]);
      for (const [name, bytes] of await bytesOf(snapshot.folder))
        expect({ name, same: once.get(name)?.equals(bytes) }).toEqual({ name, same: true });
    });
  });

  test('a few referrals at a time make the same tables to the byte', async () => {
    const once = await bytesOf(base.folder);
    await withWarehouse(async (warehouse) => {
      const { snapshot } = await importFrom(warehouse, [base.source], { referralsAtOnce: 2 });
      const same = [...(await bytesOf(snapshot.folder))].map(([name, bytes]) => [name, once.get(name)?.equals(bytes)]);
      expect(Object.fromEntries(same)).toEqual(Object.fromEntries([...once.keys()].map((name) => [name, true])));
    });
  });

  test('of two versions the newer one stands; of two exports the later', async () => {
    const old = referral('seen', { status: 'revoked', meta: { lastUpdated: '2026-01-05T10:00:00Z', versionId: '9' } });
    const tie = referral('missed', { status: 'revoked', meta: { lastUpdated: '2026-01-06T10:00:00Z', versionId: '1' } });
    await imported([old, ...exportedResources(), old, tie], async ({ report, warehouse, source }) => {
      expect(report.resources.find(({ resource }) => resource === 'ServiceRequest')).toMatchObject({ superseded: 2 });
      const later = join(warehouse, 'later');
      await writeExport(later, [referral('seen', { status: 'revoked', meta: undefined })]);
      const { snapshot } = await importFrom(warehouse, [source, later]);
      const rows = await rowsOf(
        snapshot.folder,
        (table) => `select standing, count(*) as many from ${table('core__referral')} group by all order by all`,
      );
      expect(rows).toEqual([
        { standing: 'active', many: 3 },
        { standing: 'draft', many: 1 },
        { standing: 'revoked', many: 3 },
      ]);
    });
  });

  test('what an export says is deleted is gone, until a later one has it again', async () => {
    await withWarehouse(async (warehouse) => {
      const { source } = base;
      const referralsOf = async (sources: string[]): Promise<number> => (await importFrom(warehouse, sources)).report.referrals.referrals;
      const later = join(warehouse, 'later');
      const entry = ['ServiceRequest/seen', 'ServiceRequest/missed', 'Patient/nobody'].map((url) => ({
        request: { method: 'DELETE', url },
      }));
      await writeExport(later, [{ resourceType: 'Bundle', id: 'b', type: 'transaction', entry }]);
      const again = join(warehouse, 'again');
      await writeExport(again, [referral('seen')]);
      expect([await referralsOf([source]), await referralsOf([source, later]), await referralsOf([source, later, again])]).toEqual([
        7, 5, 6,
      ]);
    });
  });
});

describe('what is wrong in an export is told and stops nothing', () => {
  test('each kind of line that cannot be read, by file and line', async () => {
    await withWarehouse(async (warehouse) => {
      const source = join(warehouse, 'export');
      await writeExport(source, exportedResources());
      const bad = [
        '{"resourceType":"Patient","id":"cut',
        '[1]',
        '{"id":"x"}',
        '{"resourceType":"Patient"}',
        '{"resourceType":"Patient","id":"a b"}',
        '{"resourceType":"Patient","id":"h","x":"\\ud800"}',
        '{"resourceType":"Patient","id":"z","x":"\\u0000"}',
        '\ufeff{"resourceType":"Patient","id":"marked"}',
        '\u00a0',
      ];
      const good = '{"resourceType":"Patient","id":"later"}';
      await writeFile(
        join(source, 'Bad.ndjson'),
        Buffer.concat([Buffer.from(`${good}\r\n\n${bad.join('\n')}\n`), Buffer.from([0xff, 0x0a]), Buffer.from(good)]),
      );
      const { snapshot, report } = await importFrom(warehouse, [source]);
      // A copy was made of the lines that are good: it is a patient's, and no part of the snapshot.
      const left = (await readdir(snapshot.folder)).filter((name) => !name.endsWith('.parquet'));
      expect(left.sort()).toEqual(['import-report.json', 'manifest.json']);
      expect(report.rejected.map(({ file, line, why }) => `${file}:${line} ${why}`)).toEqual([
        'Bad.ndjson:3 is not JSON',
        'Bad.ndjson:4 is not a resource',
        'Bad.ndjson:5 has no resourceType',
        'Bad.ndjson:6 has no id, or one that FHIR does not allow',
        'Bad.ndjson:7 has no id, or one that FHIR does not allow',
        'Bad.ndjson:8 holds half of a character, or one that is none',
        'Bad.ndjson:9 holds half of a character, or one that is none',
        'Bad.ndjson:10 begins with a byte order mark',
        'Bad.ndjson:11 is not JSON',
        'Bad.ndjson:12 is not UTF-8',
      ]);
      expect(report.files.find(({ file }) => file === 'Bad.ndjson')).toMatchObject({ file: 'Bad.ndjson', lines: 2, rejected: 10 });
      expect(report.referrals.referrals).toBe(7);
    });
  });

  test('a record over 16 MiB by its offset in bytes', async () => {
    await withWarehouse(async (warehouse) => {
      const source = join(warehouse, 'export');
      await writeExport(source, exportedResources());
      const first = `${JSON.stringify(referral('before'))}\n`;
      const file = await open(join(source, 'ServiceRequest.001.ndjson'), 'w');
      await file.write(`${first}{"resourceType":"ServiceRequest","id":"huge","x":"`);
      for (let at = 0; at < 17; at += 1) await file.write('x'.repeat(1 << 20));
      await file.write(`"}\n${JSON.stringify(referral('after'))}\n`);
      await file.close();
      const { report } = await importFrom(warehouse, [source]);
      expect(report.rejected).toEqual([
        { file: 'ServiceRequest.001.ndjson', line: 2, offset: first.length, why: 'is longer than 16777216 bytes' },
      ]);
      expect(report.referrals.referrals).toBe(9);
    });
  });

  test('a packed file that is cut off is left out whole', async () => {
    await withWarehouse(async (warehouse) => {
      const source = join(warehouse, 'export');
      await writeExport(source, exportedResources());
      const packed = gzipSync(
        lines(Array.from({ length: 2000 }, (_none, at) => appointment(`a${at}`, 'seen', 'booked', { comment: String(Math.sin(at)) }))),
      );
      await writeFile(join(source, 'Appointment.001.ndjson.gz'), packed.subarray(0, packed.length / 2));
      const { report } = await importFrom(warehouse, [source]);
      expect(report.rejected).toMatchObject([{ file: 'Appointment.001.ndjson.gz', why: expect.stringContaining('cannot be unpacked') }]);
      expect(report.referrals.events['appointment-booked']).toBe(2);
    });
  });

  // New York is 5 hours behind UTC, from 2026-03-08 07:00 UTC on 4; Tokyo 9 ahead (tz database).
  test.each([
    ['UTC', ['2026-01-06', '2026-03-09', '2026-01-07']],
    ['America/New_York', ['2026-01-05', '2026-03-08', '2026-01-07']],
    ['Asia/Tokyo', ['2026-01-06', '2026-03-09', '2026-01-07']],
  ])('days are those of %s; what is told as a day stays that day', async (timezone, days) => {
    await withWarehouse(async (warehouse) => {
      const source = join(warehouse, 'export');
      await writeExport(source, [
        referral('late', { authoredOn: '2026-01-06T04:59:59Z' }),
        appointment('a', 'late', 'fulfilled', { created: '2026-01-07', start: '2026-03-09T03:59:59Z' }),
        // The last moment of 2026-06-01 where it is four hours behind.
        referral('last', { authoredOn: '2026-06-02T03:59:59Z' }),
      ]);
      const { snapshot, report } = await importFrom(warehouse, [source], { timezone, now: '2026-06-02T03:59:59.999Z' });
      const read = await rowsOf(
        snapshot.folder,
        (
          table,
        ) => `select strftime(ordered_on, '%Y-%m-%d') as ordered, strftime(seen_on, '%Y-%m-%d') as seen, strftime(booked_on, '%Y-%m-%d') as booked
          from ${table('core__referral')} order by ordered_on limit 1`,
      );
      expect(read.map(({ ordered, seen, booked }) => [ordered, seen, booked])).toEqual([days]);
      // Nothing of the day of the snapshot is taken for later than it.
      expect([report.referrals.referrals, report.referrals.leftOut]).toEqual([2, {}]);
      expect(snapshot.manifest.reading?.timezone).toBe(timezone);
    });
  });

  test('a folder without an export says so, and a cancelled import puts nothing in force and leaves nothing behind', async () => {
    await withWarehouse(async (warehouse) => {
      const { source } = base;
      const empty = join(warehouse, 'empty');
      await writeExport(empty, []);
      await expect(importFrom(warehouse, [empty])).rejects.toThrow('There is no file');
      const controller = new AbortController();
      const onProgress = (): void => controller.abort(new Error('enough'));
      await expect(importFrom(warehouse, [source], { signal: controller.signal, onProgress })).rejects.toThrow('enough');
      expect([await readdir(join(warehouse, 'building')), await readdir(join(warehouse, 'snapshots'))]).toEqual([[], []]);
    });
  });
});

describe('a site’s own views', () => {
  test('a row that one order makes twice is one row', async () => {
    await withWarehouse(async (warehouse) => {
      const views = join(warehouse, 'views');
      const own = JSON.parse(await readFile(new URL('../../views/service_request.json', import.meta.url), 'utf8'));
      own.select.push({ forEach: 'category', column: [{ name: 'is_a_category', path: 'coding.exists()', type: 'boolean' }] });
      await writeExport(views, []);
      await writeFile(join(views, 'service_request.json'), JSON.stringify(own));
      const category = { coding: [{ system: 'http://snomed.info/sct', code: '3457005' }] };
      const source = join(warehouse, 'export');
      await writeExport(source, [referral('one', { category: [category, category] })]);
      const { report } = await importFrom(warehouse, [source], { views });
      expect(report.referrals.events['referral-started']).toBe(1);
    });
  });

  test('stand in place of ours', async () => {
    await withWarehouse(async (warehouse) => {
      const { source } = base;
      const views = join(warehouse, 'views');
      const own = JSON.parse(await readFile(new URL('../../views/service_request.json', import.meta.url), 'utf8'));
      const column = own.select[0].column.find(({ name }: { name: string }) => name === 'is_referral');
      column.path = "priority = 'routine'";
      own.select[0].column.find(({ name }: { name: string }) => name === 'referral_code').path = '{}';
      await writeExport(views, []);
      await writeFile(join(views, 'service_request.json'), JSON.stringify(own));
      expect((await importFrom(warehouse, [source], { views })).report.referrals.referrals).toBe(1);
      column.type = 'string';
      await writeFile(join(views, 'service_request.json'), JSON.stringify(own));
      await expect(importFrom(warehouse, [source], { views })).rejects.toThrow('the column "is_referral" is missing, or of another type');
      await rm(join(views, 'service_request.json'));
      await writeFile(join(views, 'nothing.json'), JSON.stringify(own));
      await expect(importFrom(warehouse, [source], { views })).rejects.toThrow('there is no view of that name');
    });
  });
});
