import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { configFaults, readConfig } from './config.ts';
import { DEVELOPMENT_KEY } from './environment/keys.ts';

const DATABASE = { DATABASE_URL: 'postgresql://refloop@db/refloop' };
const freshKey = (name: string): string => `${name}:${randomBytes(32).toString('base64')}`;
const STATE = '/srv/refloop';
const IN_PROGRAM = fileURLToPath(new URL('../state', import.meta.url));
const production = (more: Record<string, string | undefined> = {}) => ({
  DATABASE_URL: 'postgresql://refloop@db.example.org/refloop?sslmode=verify-full',
  REFLOOP_ENV: 'production',
  REFLOOP_KEY: freshKey('2026-11'),
  REFLOOP_TLS_AT_EDGE: 'yes',
  REFLOOP_STATE_ENCRYPTED: 'yes',
  REFLOOP_STATE: STATE,
  REFLOOP_WAREHOUSE_ENCRYPTED: `${STATE}/warehouse`,
  REFLOOP_TRUSTED_PROXIES: '1',
  ...more,
});
const fields = (environment: Record<string, string | undefined>): string[] => {
  const answer = readConfig(environment);
  return answer.ok ? [] : answer.refusal.map(({ field }) => field);
};

test('development starts with a database alone', () => {
  const answer = readConfig(DATABASE);
  expect(answer.ok && answer.value).toMatchObject({
    environment: 'development',
    port: 4020,
    host: '127.0.0.1',
    address: 'http://127.0.0.1:4020',
    migrationDatabaseUrl: DATABASE.DATABASE_URL,
    sites: {
      sites: ['', '/epic-like', '/oracle-like', '/athena-like', '/messages-only'].map((mode) => ({
        iss: `http://localhost:4010${mode}/fhir`,
        admins: ['Practitioner/admin'],
      })),
    },
    keys: [DEVELOPMENT_KEY],
    idleSeconds: 900,
    warnSeconds: 60,
  });
  expect(DEVELOPMENT_KEY.key).toHaveLength(32);
});

test('production starts with keys of its own and what it cannot see attested; the sandbox is not in it', () => {
  const answer = readConfig(production());
  expect(answer.ok && answer.value).toMatchObject({
    environment: 'production',
    sites: { sites: [] },
    sandbox: [],
    warehouseFolder: `${STATE}/warehouse`,
    trustedProxies: 1,
    rateLimits: true,
    drainSeconds: 5,
  });
});

describe('a setting that is wrong is named', () => {
  const development = `${DEVELOPMENT_KEY.kid}:${Buffer.from(DEVELOPMENT_KEY.key).toString('base64')}`;
  const cases: [string, Record<string, string | undefined>, string[]][] = [
    ['no database', {}, ['DATABASE_URL']],
    ['a database of another kind', { DATABASE_URL: 'mysql://x' }, ['DATABASE_URL']],
    ['a port that is a word', { ...DATABASE, REFLOOP_PORT: 'http' }, ['REFLOOP_PORT']],
    ['a port too high', { ...DATABASE, REFLOOP_PORT: '65536' }, ['REFLOOP_PORT']],
    ['idle time longer than the rule allows', { ...DATABASE, REFLOOP_IDLE_SECONDS: '901' }, ['REFLOOP_IDLE_SECONDS']],
    ['a warning after the end', { ...DATABASE, REFLOOP_IDLE_SECONDS: '30' }, ['REFLOOP_IDLE_WARN_SECONDS']],
    ['a time zone that there is not', { ...DATABASE, REFLOOP_TIMEZONE: 'Mars/Olympus' }, ['REFLOOP_TIMEZONE']],
    ['no address in production, where EHRs call', production({ REFLOOP_SANDBOX: 'on' }), ['REFLOOP_ADDRESS']],
    ['an address by http in production', production({ REFLOOP_ADDRESS: 'http://refloop.example.org' }), ['REFLOOP_ADDRESS']],
    ['an address with a path’s slash', { ...DATABASE, REFLOOP_ADDRESS: 'https://refloop.example.org/' }, ['REFLOOP_ADDRESS']],
    ['an address that is none', { ...DATABASE, REFLOOP_ADDRESS: 'refloop' }, ['REFLOOP_ADDRESS']],
    ['a host of files by http', { ...DATABASE, REFLOOP_BULK_FILE_ORIGINS: 'http://files.example.org' }, ['REFLOOP_BULK_FILE_ORIGINS']],
    ['a path in place of a host', { ...DATABASE, REFLOOP_BULK_FILE_ORIGINS: 'https://files.example.org/a' }, ['REFLOOP_BULK_FILE_ORIGINS']],
    ['any host of files', { ...DATABASE, REFLOOP_BULK_FILE_ORIGINS: 'https://*.example.org' }, ['REFLOOP_BULK_FILE_ORIGINS']],
    ['files of the cloud’s metadata', { ...DATABASE, REFLOOP_BULK_FILE_ORIGINS: 'https://169.254.169.254' }, ['REFLOOP_BULK_FILE_ORIGINS']],
    ['an offset in place of a time zone', { ...DATABASE, REFLOOP_TIMEZONE: '+01:00' }, ['REFLOOP_TIMEZONE']],
    ['another environment', { ...DATABASE, REFLOOP_ENV: 'prod' }, ['REFLOOP_ENV']],
    ['a short key', { ...DATABASE, REFLOOP_KEY: 'a:c2hvcnQ=' }, ['REFLOOP_KEY']],
    ['the same name for two keys', { ...DATABASE, REFLOOP_KEY: `${freshKey('a')},${freshKey('a')}` }, ['REFLOOP_KEY']],
    ['no key in production', production({ REFLOOP_KEY: undefined }), ['REFLOOP_KEY']],
    ['the development key in production', production({ REFLOOP_KEY: development }), ['REFLOOP_KEY']],
    [
      'the development key under another name',
      production({ REFLOOP_KEY: development.replace(DEVELOPMENT_KEY.kid, 'other') }),
      ['REFLOOP_KEY'],
    ],
    ['the development key beside a good one', production({ REFLOOP_KEY: `${freshKey('a')},${development}` }), ['REFLOOP_KEY']],
    [
      'nothing attested in production',
      production({ REFLOOP_TLS_AT_EDGE: undefined, REFLOOP_STATE_ENCRYPTED: undefined, REFLOOP_WAREHOUSE_ENCRYPTED: undefined }),
      ['REFLOOP_TLS_AT_EDGE', 'REFLOOP_STATE_ENCRYPTED', 'REFLOOP_WAREHOUSE_ENCRYPTED'],
    ],
    ['a warehouse attested where it was before', production({ REFLOOP_WAREHOUSE: '/mnt/other' }), ['REFLOOP_WAREHOUSE_ENCRYPTED']],
    ['a warehouse attested without saying which', production({ REFLOOP_WAREHOUSE_ENCRYPTED: 'yes' }), ['REFLOOP_WAREHOUSE_ENCRYPTED']],
    [
      'a database elsewhere by plain text in production',
      production({ DATABASE_URL: 'postgresql://refloop@db.example.org/refloop' }),
      ['DATABASE_URL'],
    ],
    [
      'another one for migrations, whose certificate nobody checks',
      production({ REFLOOP_MIGRATION_DATABASE_URL: 'postgresql://owner@db.example.org/refloop?sslmode=no-verify' }),
      ['REFLOOP_MIGRATION_DATABASE_URL'],
    ],
    ['certificates that nobody checks in production', production({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }), ['NODE_TLS_REJECT_UNAUTHORIZED']],
    ['proxies that nobody counted in production', production({ REFLOOP_TRUSTED_PROXIES: undefined }), ['REFLOOP_TRUSTED_PROXIES']],
    ['more proxies than anybody has', { ...DATABASE, REFLOOP_TRUSTED_PROXIES: '6' }, ['REFLOOP_TRUSTED_PROXIES']],
    ['a state folder within the program', { ...DATABASE, REFLOOP_STATE: IN_PROGRAM, REFLOOP_WAREHOUSE: '/srv/w' }, ['REFLOOP_STATE']],
    ['a warehouse within the program', { ...DATABASE, REFLOOP_WAREHOUSE: IN_PROGRAM }, ['REFLOOP_WAREHOUSE']],
    ['no limits in production', production({ REFLOOP_RATE_LIMITS: 'off' }), ['REFLOOP_RATE_LIMITS']],
    [
      'a clock that can be moved in production',
      production({ REFLOOP_SANDBOX_CLOCK: 'http://localhost:4010/clock' }),
      ['REFLOOP_SANDBOX_CLOCK'],
    ],
    ['the sandbox’s telephones in production', production({ REFLOOP_SANDBOX_TEXTS: '/srv/texts.json' }), ['REFLOOP_SANDBOX_TEXTS']],
    ['a clock elsewhere', { ...DATABASE, REFLOOP_SANDBOX_CLOCK: 'http://clock.example.org:80/clock' }, ['REFLOOP_SANDBOX_CLOCK']],
    ['a simulated practice in production', production({ REFLOOP_HISTORY: '30000' }), ['REFLOOP_HISTORY']],
    [
      'made-up amounts in production',
      production({ REFLOOP_ALLOWED_AMOUNTS: 'analytics/assumptions/synthetic.yml' }),
      ['REFLOOP_ALLOWED_AMOUNTS'],
    ],
    ['amounts that are not there', { ...DATABASE, REFLOOP_ALLOWED_AMOUNTS: '/nowhere/amounts.yml' }, ['REFLOOP_ALLOWED_AMOUNTS']],
    ['a simulated practice of no size', { ...DATABASE, REFLOOP_HISTORY: '0' }, ['REFLOOP_HISTORY']],
    ['a drain without end', { ...DATABASE, REFLOOP_DRAIN_SECONDS: '3600' }, ['REFLOOP_DRAIN_SECONDS']],
    ['a sites file that is not there', { ...DATABASE, REFLOOP_SITES: '/nonexistent.json' }, ['REFLOOP_SITES']],
  ];
  test.each(cases)('%s', (_name, environment, expected) => {
    expect(fields(environment)).toEqual(expected);
    const answer = readConfig(environment);
    for (const fault of answer.ok ? [] : answer.refusal) expect(fault.fix).toBeTruthy();
  });
});

test('a warehouse elsewhere is attested by its own name, however it is spelled', () => {
  const elsewhere = { REFLOOP_WAREHOUSE: '/mnt/warehouse', REFLOOP_WAREHOUSE_ENCRYPTED: '/mnt/state/../warehouse/' };
  const answer = readConfig(production(elsewhere));
  expect(answer.ok && answer.value.warehouseFolder).toBe('/mnt/warehouse');
});

test('older keys follow the current one', () => {
  const answer = readConfig({ ...DATABASE, REFLOOP_KEY: `${freshKey('2026-11')}, ${freshKey('2026-05')}` });
  expect(answer.ok && answer.value.keys.map(({ kid }) => kid)).toEqual(['2026-11', '2026-05']);
});

test('the terminal reads field, fault and fix, and no secret', () => {
  const answer = readConfig({ DATABASE_URL: 'nonsense://secret', REFLOOP_KEY: 'secret' });
  const text = answer.ok ? '' : configFaults(answer.refusal);
  expect(text).toMatch(/^Refloop cannot start with these settings:\n {2}DATABASE_URL: Not a PostgreSQL URL\. Set /);
  expect(text).not.toContain('secret');
});

test('the sandbox’s gateway of text messages is the first site’s alone; a file that is none is named, and nothing of it told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'refloop-texts-'));
  const file = join(folder, 'texts.json');
  writeFileSync(file, JSON.stringify({ key: 'k'.repeat(32), secret: 's'.repeat(32) }));
  const read = readConfig({ ...DATABASE, REFLOOP_SANDBOX_TEXTS: file });
  expect(read.ok && read.value.sites.sites.map(({ textMessages }) => textMessages?.url)).toEqual([
    'http://localhost:4010/phone/messages',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  writeFileSync(file, JSON.stringify({ key: 'short-and-secret', secret: 's'.repeat(32) }));
  const refused = readConfig({ ...DATABASE, REFLOOP_SANDBOX_TEXTS: file });
  expect(refused).toMatchObject({ ok: false, refusal: [{ field: 'REFLOOP_SANDBOX_TEXTS' }] });
  expect(JSON.stringify(refused)).not.toContain('short-and-secret');
  rmSync(folder, { recursive: true });
});
