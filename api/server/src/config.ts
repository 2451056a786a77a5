/** The environment, read once. A mistake names the variable and the fix; the process then ends with exit code 2. */

import { resolve } from 'node:path';
import type { RevenueAssumptions } from '@refloop/analytics/assumptions';
import { sandboxCdsClient } from './cds/registered-client.ts';
import { type ChannelSettings, readChannels } from './channels/settings.ts';
import { type KeyEncryptionKey, readKeys } from './environment/keys.ts';
import { addressFaults, databaseFaults, productionFaults } from './environment/production.ts';
import { readSandbox } from './environment/sandbox.ts';
import { Variables, variableFault } from './environment/variables.ts';
import { readMoney, warehouseFaults, warehouseFolderOf } from './environment/warehouse.ts';
import type { FieldError } from './problem.ts';
import { isInProgram } from './program-folders.ts';
import { readSites, type Site, type Sites } from './sites.ts';

export type Config = {
  environment: 'development' | 'production';
  port: number;
  /** Address to listen on. */
  host: string;
  /** Where Refloop is reached, without a final slash: what links lead to, and what EHRs call. */
  address: string;
  /** Which part of Refloop this process is; all of it unless told. */
  only: 'api' | 'worker' | 'gateway' | undefined;
  stateFolder: string;
  /** Where the analytics warehouse keeps its snapshots: a limited data set, still PHI, and not encrypted by us. */
  warehouseFolder: string;
  /** What the site assumes about money; null where it has named no file. */
  assumptions: RevenueAssumptions | null;
  /** Exact https origins at which files of Bulk exports may lie, besides the EHR's own. */
  bulkFileOrigins: string[];
  /** IANA name of the zone in which the practice reckons days; UTC unless set. */
  timezone: string;
  databaseUrl: string;
  migrationDatabaseUrl: string;
  sites: Sites;
  channels: ChannelSettings;
  /** The sandbox's own entries, one a mode; none where it is not served. */
  sandbox: Site[];
  /** The first wraps what is new; all of them unwrap. */
  keys: KeyEncryptionKey[];
  /** Where the sandbox EHR tells its clock, which can be moved; undefined where the practice goes by the machine's. Never in production. */
  sandboxClock: string | undefined;
  /** How many referrals of a simulated practice the sandbox's site holds besides its own; 0 for none. */
  history: number;
  /** The first directory is being published right now: not ready until it is there. */
  directoryExpected: boolean;
  idleSeconds: number;
  warnSeconds: number;
  /** How many proxies of the site stand in front and add to X-Forwarded-For. */
  trustedProxies: number;
  /** Whether requests are counted against the limits. */
  rateLimits: boolean;
  /** Seconds between being told to stop and closing the port. */
  drainSeconds: number;
};

export type ConfigAnswer = { ok: true; value: Config } | { ok: false; refusal: FieldError[] };

/** Reads everything and reports every mistake. Touches the sites file, the file of allowed amounts, and the certificate files a database URL names. */
export function readConfig(environment: Record<string, string | undefined>): ConfigAnswer {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Variables.safeParse(given);
  if (!parsed.success) {
    return { ok: false, refusal: parsed.error.issues.map(({ path, message }) => variableFault(String(path[0]), message)) };
  }
  const read = parsed.data;
  const production = read.REFLOOP_ENV === 'production';
  const { keys, faults } = readKeys(read.REFLOOP_KEY, production);
  if (read.REFLOOP_IDLE_WARN_SECONDS >= read.REFLOOP_IDLE_SECONDS) {
    faults.push(variableFault('REFLOOP_IDLE_WARN_SECONDS', 'Not fewer seconds than REFLOOP_IDLE_SECONDS'));
  }
  if (production) faults.push(...productionFaults(read));
  const stateFolder = resolve(read.REFLOOP_STATE);
  const warehouseFolder = warehouseFolderOf(given);
  for (const [field, folder] of [
    ['REFLOOP_STATE', stateFolder],
    ['REFLOOP_WAREHOUSE', warehouseFolder],
  ] as const) {
    if (!isInProgram(folder)) continue;
    const fix = 'Name a folder outside the folders api and node_modules: what reads documents from outside may read these.';
    faults.push({ field, message: 'Within the program', fix });
  }
  const assumptions = readMoney(given, production, faults);
  if (production) faults.push(...warehouseFaults(warehouseFolder, read.REFLOOP_WAREHOUSE_ENCRYPTED));
  const migrationDatabaseUrl = read.REFLOOP_MIGRATION_DATABASE_URL ?? read.DATABASE_URL;
  if (production) {
    faults.push(...databaseFaults('DATABASE_URL', read.DATABASE_URL));
    if (migrationDatabaseUrl !== read.DATABASE_URL) faults.push(...databaseFaults('REFLOOP_MIGRATION_DATABASE_URL', migrationDatabaseUrl));
  }
  const address = read.REFLOOP_ADDRESS ?? `http://127.0.0.1:${read.REFLOOP_PORT}`;
  const channels = readChannels(read, { address, production });
  faults.push(...channels.faults);
  const sandbox = readSandbox(read, environment, faults);
  const cdsClients = sandbox.length > 0 ? [sandboxCdsClient(read.REFLOOP_EHR_PORT, sandbox)] : [];
  const sites = readSites({ file: read.REFLOOP_SITES, sandbox, cdsClients, production, environment });
  if (!sites.ok) return { ok: false, refusal: [...faults, ...sites.refusal] };
  if (!channels.settings.smtp && sites.value.sites.some(({ patientMail }) => patientMail))
    faults.push(variableFault('REFLOOP_SMTP_URL', 'Not set, and a site of REFLOOP_SITES has "patientMail": true'));
  const reachedBy =
    sites.value.cdsClients.length > 0 ? 'EHRs call Refloop (cdsClients)' : channels.settings.smtp && 'offices are sent links';
  faults.push(...addressFaults(read.REFLOOP_ADDRESS, production, reachedBy));
  if (faults.length > 0) return { ok: false, refusal: faults };
  return {
    ok: true,
    value: {
      environment: read.REFLOOP_ENV,
      port: read.REFLOOP_PORT,
      host: read.REFLOOP_HOST,
      address,
      only: read.REFLOOP_ONLY,
      stateFolder,
      warehouseFolder,
      assumptions,
      bulkFileOrigins: read.REFLOOP_BULK_FILE_ORIGINS,
      timezone: read.REFLOOP_TIMEZONE,
      databaseUrl: read.DATABASE_URL,
      migrationDatabaseUrl,
      sites: sites.value,
      channels: channels.settings,
      sandbox,
      keys,
      sandboxClock: read.REFLOOP_SANDBOX_CLOCK,
      history: read.REFLOOP_HISTORY,
      directoryExpected: read.REFLOOP_DIRECTORY_EXPECTED === 'yes',
      idleSeconds: read.REFLOOP_IDLE_SECONDS,
      warnSeconds: read.REFLOOP_IDLE_WARN_SECONDS,
      trustedProxies: read.REFLOOP_TRUSTED_PROXIES ?? 0,
      rateLimits: read.REFLOOP_RATE_LIMITS === 'on',
      drainSeconds: read.REFLOOP_DRAIN_SECONDS ?? (production ? 5 : 0),
    },
  };
}

/** The mistakes as lines for the terminal. */
export const configFaults = (faults: FieldError[]): string =>
  [
    'Refloop cannot start with these settings:',
    ...faults.map(({ field, message, fix }) => `  ${field}: ${message}.${fix ? ` ${fix}` : ''}`),
  ].join('\n');
