/**
 * `npm run bench -- ingest [--referrals 20000] [--runs 3] [--without clickhouse|postgres] [--cold]`: a FHIR Bulk export (NDJSON) to a checked
 * snapshot of the warehouse, beside what extracting the same fields in memory takes, PostgreSQL (COPY into jsonb, then SQL) and
 * ClickHouse (JSONEachRow into a MergeTree). What each has read is compared first. `--cold` times the first round too and none after it,
 * for what takes hours; what is read is then compared before the times are told.
 */
import { chmodSync, createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { openDuckDb, quoted } from '@refloop/analytics/duckdb';
import { importExports } from '@refloop/analytics/fhir/import-exports';
import pg from 'pg';
import { from } from 'pg-copy-streams';
import { ensureDatabase, openPostgres } from '../../tools/postgres.ts';
import { bytesOf, peakOf } from './analytics/engine.ts';
import { findChDb, startClickHouse } from './analytics/engine-child.ts';
import { writeExport } from './analytics/made-export.ts';
import { machineLoad, median, table } from './figures.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Of the rate of extraction in memory, in the same run; of PostgreSQL's. */
const TARGET = { ofMemory: 0.55, ofPostgres: 10 };

/** What was read: referrals, and appointments that were kept. */
type Read = { referrals: number; kept: number };
type Contender = { name: string; ingest: () => Promise<Read>; close: () => Promise<void> };

/** Seconds after which a round is told by itself, so that whoever waits sees something. */
const TOLD_AFTER = 30;

const TYPES = ['Patient', 'ServiceRequest', 'Appointment'] as const;

function ours(folder: string, files: string): Contender {
  let run = 0;
  return {
    name: 'ours: export → checked snapshot',
    ingest: async () => {
      run += 1;
      const { snapshot } = await importExports({
        warehouse: join(folder, `warehouse-${run}`),
        sources: [files],
        scope: { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' },
        views: null,
        keepPairs: false,
        pseudonymKey: Buffer.alloc(32, 5),
        now: '2027-11-28T00:00:00.000Z',
        reidentify: async () => undefined,
      });
      const session = await openDuckDb({ folders: [snapshot.folder], spillFolder: null, memoryMegabytes: 256, threads: 1, seconds: 60 });
      const query = await session.connect();
      const [kept] = await query.run(
        `select count(*) as kept from read_parquet(${quoted(join(snapshot.folder, 'input__event.parquet'))}) where type = 'patient-seen'`,
      );
      session.close();
      return { referrals: snapshot.manifest.referrals, kept: Number(kept?.['kept']) };
    },
    close: async () => undefined,
  };
}

/** The fields that the others extract too, and nothing written: as fast as JSON can be read here. */
function inMemory(files: string): Contender {
  const columns = `{resourceType: 'varchar', id: 'varchar', status: 'varchar', authoredOn: 'varchar', priority: 'varchar', created: 'varchar', "start": 'varchar', subject: 'struct(reference varchar)', basedOn: 'struct(reference varchar)[]', code: 'struct(coding struct(system varchar, code varchar)[])'}`;
  return {
    name: 'extraction in memory (DuckDB)',
    ingest: async () => {
      const session = await openDuckDb({ folders: [files], spillFolder: null, memoryMegabytes: 1024, threads: 2, seconds: 600 });
      const query = await session.connect();
      const [row] = await query.run(
        `select count(*) filter (resourceType = 'ServiceRequest') as referrals,
           count(*) filter (resourceType = 'Appointment' and status = 'fulfilled') as kept,
           count(distinct subject.reference) as patients, count(basedOn[1].reference) as based, min(authoredOn) as first, max("start") as last,
           count(code.coding[1].code) as coded
         from read_json(${quoted(join(files, '*.ndjson'))}, format = 'newline_delimited', columns = ${columns})`,
      );
      session.close();
      return { referrals: Number(row?.['referrals']), kept: Number(row?.['kept']) };
    },
    close: async () => undefined,
  };
}

/** COPY's text format: a backslash is escaped; JSON has no other character that it minds. */
const escaped = (): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, chunk.toString('latin1').replaceAll('\\', '\\\\'));
    },
    defaultEncoding: 'latin1',
  });

async function postgres(folder: string, files: string): Promise<Contender> {
  const settings = { shared_buffers: '1GB', max_wal_size: '8GB', fsync: 'off', maintenance_work_mem: '512MB' };
  const server = process.env['DATABASE_URL'] === undefined ? await openPostgres({ stateFolder: folder, hold: 'own', settings }) : undefined;
  const client = new pg.Client({ connectionString: server ? await ensureDatabase(server, 'bench') : process.env['DATABASE_URL'] });
  await client.connect();
  return {
    name: 'PostgreSQL: COPY jsonb, then SQL',
    ingest: async () => {
      await client.query('drop table if exists bench_resource, bench_referral, bench_appointment');
      await client.query('create table bench_resource (data jsonb not null)');
      for (const type of TYPES)
        await pipeline(createReadStream(join(files, `${type}.ndjson`)), escaped(), client.query(from('copy bench_resource from stdin')));
      await client.query(
        `create table bench_referral as select data->>'id' as id, data->'subject'->>'reference' as patient, data->>'authoredOn' as ordered,
           data->>'priority' as urgency, data->'code'->'coding'->0->>'code' as code
         from bench_resource where data->>'resourceType' = 'ServiceRequest'`,
      );
      await client.query(
        `create table bench_appointment as select data->>'id' as id, data->'basedOn'->0->>'reference' as referral, data->>'status' as status,
           data->>'start' as starts from bench_resource where data->>'resourceType' = 'Appointment'`,
      );
      const { rows } = await client.query<Read>(
        `select (select count(*)::int from bench_referral) as referrals,
           (select count(*)::int from bench_appointment where status = 'fulfilled') as kept`,
      );
      return rows[0] ?? { referrals: 0, kept: 0 };
    },
    close: async () => {
      if (!server) await client.query('drop table if exists bench_resource, bench_referral, bench_appointment');
      await client.end();
      await server?.stop();
    },
  };
}

function clickHouse(folder: string, chDb: string, files: string): Contender {
  const engine = startClickHouse(folder, chDb);
  const shape = `resourceType String, id String, status String, authoredOn String, priority String, created String, start String,
    subject Tuple(reference String), basedOn Array(Tuple(reference String)), code Tuple(coding Array(Tuple(system String, code String)))`;
  return {
    name: 'ClickHouse: JSONEachRow → MergeTree',
    ingest: async () => {
      await engine.run('drop table if exists resource');
      await engine.run(`create table resource (${shape}) engine = MergeTree order by (resourceType, id)`);
      await engine.run('set input_format_skip_unknown_fields = 1');
      await engine.run(
        `insert into resource select * from file('${join(files, '*.ndjson')}', 'JSONEachRow', '${shape.replaceAll('\n', ' ')}')`,
      );
      const [row] = await engine.read(
        `select countIf(resourceType = 'ServiceRequest'), countIf(resourceType = 'Appointment' and status = 'fulfilled') from resource`,
      );
      return { referrals: Number(row?.[0]), kept: Number(row?.[1]) };
    },
    close: engine.close,
  };
}

export default async function ingestBench(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({
    args,
    options: {
      referrals: { type: 'string', default: '20000' },
      runs: { type: 'string', default: '3' },
      without: { type: 'string', multiple: true, default: [] },
      cold: { type: 'boolean', default: false },
    },
  });
  const [referrals, runs] = [Number(values.referrals), values.cold ? 1 : Number(values.runs)];
  if (!(Number.isInteger(referrals) && referrals >= 1 && Number.isInteger(runs) && runs >= 1))
    return { lastLine: 'ingest: --referrals and --runs take whole numbers from 1 on', good: false };
  const folder = mkdtempSync(join(tmpdir(), 'refloop-bench-'));
  chmodSync(folder, 0o755);
  const files = join(folder, 'export');
  const contenders: Contender[] = [];
  try {
    const { resources } = await writeExport(files, referrals);
    const megabytes = readdirSync(files).reduce((sum, name) => sum + bytesOf(join(files, name)), 0) / 1e6;
    say(`${resources.toLocaleString('en-US')} resources, ${megabytes.toFixed(0)} MB of NDJSON`);
    contenders.push(ours(folder, files), inMemory(files));
    if (!values.without.includes('postgres')) {
      mkdirSync(join(folder, 'postgres'), { mode: 0o755 });
      contenders.push(await postgres(join(folder, 'postgres'), files));
    }
    const chDb = values.without.includes('clickhouse') ? undefined : findChDb(say);
    if (chDb?.ok) contenders.push(clickHouse(join(folder, 'clickhouse'), chDb.folder, files));
    else if (chDb) say(`ClickHouse is not among them: ${chDb.why}`);

    const rates = new Map(contenders.map((contender) => [contender, [] as number[]]));
    const seen = new Map<string, Read>();
    // The first round tells whether all read the same and is not timed, unless it is the only one.
    const rounds = values.cold ? 1 : runs + 1;
    for (let round = 0; round < rounds; round += 1) {
      for (const contender of contenders) {
        const started = performance.now();
        const read = await contender.ingest();
        const seconds = (performance.now() - started) / 1000;
        if (round === 0) seen.set(contender.name, read);
        if (round > 0 || values.cold) rates.get(contender)?.push(megabytes / seconds);
        if (seconds > TOLD_AFTER) say(`${contender.name}: ${Math.round(seconds)} s, load ${machineLoad()}`);
      }
      if (new Set([...seen.values()].map((read) => JSON.stringify(read))).size > 1) {
        for (const [name, read] of seen) say(`${name}: ${JSON.stringify(read)}`);
        return { lastLine: 'ingest: they have not read the same; no times', good: false };
      }
    }
    say(`All read the same: ${JSON.stringify([...seen.values()][0])}`);
    const rateOf = (start: string): number => {
      const found = contenders.find(({ name }) => name.startsWith(start));
      return median((found && rates.get(found)) ?? []);
    };
    const own = rateOf('ours');
    for (const line of table([
      [`n ${runs}, load ${machineLoad()}`, 'MB/s', 'of ours'],
      ...contenders.map(({ name }) => [name, rateOf(name).toFixed(1), `${(rateOf(name) / own).toFixed(2)}×`]),
    ]))
      say(line);
    const [ofMemory, ofPostgres] = [own / rateOf('extraction'), own / rateOf('PostgreSQL')];
    const met = (good: boolean): string => (good ? 'met' : 'MISSED');
    say(`at least ${TARGET.ofMemory} of the rate in memory: ${ofMemory.toFixed(2)}, ${met(ofMemory >= TARGET.ofMemory)}`);
    if (!Number.isNaN(ofPostgres))
      say(`at least ${TARGET.ofPostgres}× PostgreSQL: ${ofPostgres.toFixed(1)}×, ${met(ofPostgres >= TARGET.ofPostgres)}`);
    return {
      lastLine:
        `ingest: ${megabytes.toFixed(0)} MB, n ${runs}, ${own.toFixed(1)} MB/s; ${ofMemory.toFixed(2)} of extraction in memory, ` +
        `${Number.isNaN(ofPostgres) ? 'PostgreSQL not measured' : `${ofPostgres.toFixed(1)}× PostgreSQL`}; peak memory of this process ${Math.round(peakOf(process.pid) / 1e6)} MB; all read the same`,
      good: ofMemory >= TARGET.ofMemory && !(ofPostgres < TARGET.ofPostgres),
    };
  } finally {
    for (const contender of contenders) await contender.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
