/** The environment, read once. A mistake names the variable and the fix; the process then ends with exit code 2. */

import { join, resolve } from 'node:path';
import { AssumptionsUnreadable, type RevenueAssumptions, readAssumptions } from '@refloop/analytics/assumptions';
import { z } from 'zod';
import { sandboxCdsClient } from './cds/registered-client.ts';
import { CHANNEL_ENVIRONMENT, CHANNEL_FIXES, type ChannelSettings, readChannels } from './channels/settings.ts';
import { databaseUrlFault } from './database-tls.ts';
import { readSystemKey } from './ehr/system-key.ts';
import { addressFault } from './ehr-address.ts';
import type { FieldError } from './problem.ts';
import { isInProgram } from './program-folders.ts';
import { readPublicKeys } from './public-keys.ts';
import { readSandboxTexts } from './sandbox-texts.ts';
import {
  type Gateway,
  readSites,
  type Site,
  type Sites,
  type SystemClient,
  sandboxSites,
  systemScopes,
  type TextGateway,
} from './sites.ts';

/** A key that wraps the data keys, and the name it is stored under. */
export type KeyEncryptionKey = { kid: string; key: Uint8Array };

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

/**
 * Protects nothing: it is in the source. Development and tests use it so that a first start needs no set-up; production
 * refuses it by name and by value.
 */
export const DEVELOPMENT_KEY: KeyEncryptionKey = {
  kid: 'development-only',
  key: Buffer.from('refloop-development-key-not-safe', 'utf8'),
};

const whole = (low: number, high: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d+$/, `Not a whole number from ${low} to ${high}`)
    .transform(Number)
    .refine((value) => value >= low && value <= high, `Not a whole number from ${low} to ${high}`);
const number = (fallback: number, low: number, high: number) => whole(low, high).default(fallback);

/** By its name: an offset such as +01:00 knows no summer. */
function isTimezone(name: string): boolean {
  try {
    return !/^[+-]/.test(new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone);
  } catch {
    return false;
  }
}

/** Written as URL writes it, so that it is compared letter by letter. */
const isFileOrigin = (text: string): boolean =>
  /^https:\/\/[a-z0-9.:[\]-]+$/.test(text) && addressFault(text, true) === undefined && new URL(text).origin === text;

const Environment = z.object({
  REFLOOP_ENV: z.enum(['development', 'production'], 'Neither development nor production').default('development'),
  REFLOOP_PORT: number(4020, 0, 65_535),
  REFLOOP_EHR_PORT: number(4010, 0, 65_535),
  REFLOOP_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:-]+$/, 'Not an address')
    .default('127.0.0.1'),
  REFLOOP_ADDRESS: z.string().max(300).optional(),
  REFLOOP_ONLY: z.enum(['api', 'worker', 'gateway'], 'None of api, worker, gateway').optional(),
  REFLOOP_STATE: z.string().min(1).default('.data'),
  DATABASE_URL: z.string('Not set').regex(/^postgres(ql)?:\/\//, 'Not a PostgreSQL URL'),
  REFLOOP_MIGRATION_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'Not a PostgreSQL URL')
    .optional(),
  REFLOOP_SITES: z.string().min(1).optional(),
  REFLOOP_SANDBOX: z.enum(['on', 'off'], 'Neither on nor off').optional(),
  REFLOOP_KEY: z.string().optional(),
  REFLOOP_HISTORY: z
    .union([z.literal('off'), whole(1, 200_000)], 'Neither off nor a whole number from 1 to 200000')
    .default('off')
    .transform((value) => (value === 'off' ? 0 : value)),
  REFLOOP_DIRECTORY_EXPECTED: z.enum(['yes'], 'Not yes').optional(),
  REFLOOP_IDLE_SECONDS: number(900, 1, 900),
  REFLOOP_IDLE_WARN_SECONDS: number(60, 0, 600),
  REFLOOP_TRUSTED_PROXIES: whole(0, 5).optional(),
  REFLOOP_RATE_LIMITS: z.enum(['on', 'off'], 'Neither on nor off').default('on'),
  REFLOOP_DRAIN_SECONDS: whole(0, 60).optional(),
  REFLOOP_TLS_AT_EDGE: z.literal('yes', 'Not yes').optional(),
  REFLOOP_STATE_ENCRYPTED: z.literal('yes', 'Not yes').optional(),
  REFLOOP_SANDBOX_SYSTEM_KEY: z.string().min(1).optional(),
  REFLOOP_SANDBOX_FAX_KEYS: z.string().min(1).optional(),
  REFLOOP_SANDBOX_TEXTS: z.string().min(1).optional(),
  REFLOOP_SANDBOX_COMPLETES: z.enum(['yes', 'no'], 'Neither yes nor no').default('no'),
  REFLOOP_SANDBOX_CLOCK: z
    .string()
    .regex(/^http:\/\/(localhost|127\.0\.0\.1|\[::1\]):\d{1,5}\/clock$/, 'Not the address of a clock on this machine')
    .optional(),
  REFLOOP_WAREHOUSE: z.string().min(1).optional(),
  REFLOOP_WAREHOUSE_ENCRYPTED: z.string().optional(),
  REFLOOP_ALLOWED_AMOUNTS: z.string().min(1).optional(),
  REFLOOP_TIMEZONE: z.string().default('UTC').refine(isTimezone, 'Not a time zone'),
  REFLOOP_BULK_FILE_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()])))
    .refine((origins) => origins.every(isFileOrigin), 'Not a list of https origins'),
  NODE_TLS_REJECT_UNAUTHORIZED: z.string().optional(),
  ...CHANNEL_ENVIRONMENT,
});

const FIXES: Record<string, string> = {
  ...CHANNEL_FIXES,
  REFLOOP_ENV: 'Set it to production where real patients are, else leave it out.',
  REFLOOP_PORT: 'Set a free port, or leave it out for 4020.',
  REFLOOP_EHR_PORT: 'Set a free port, or leave it out for 4010.',
  REFLOOP_HOST: 'Set the address to listen on, or leave it out for 127.0.0.1.',
  REFLOOP_ADDRESS:
    'Set where people and EHRs reach Refloop, such as https://refloop.example.org, without a final slash; in development leave it out for this machine.',
  REFLOOP_ONLY: 'Set it to api, worker or gateway, or leave it out for all of them.',
  REFLOOP_STATE: 'Name a folder, or leave it out for .data.',
  DATABASE_URL: 'Set postgresql://user:password@host/database; npm start sets it by itself.',
  REFLOOP_MIGRATION_DATABASE_URL: 'Set the URL of the role that owns the tables, or leave it out to use DATABASE_URL.',
  REFLOOP_SITES: 'Name a JSON file of sites, or leave it out.',
  REFLOOP_SANDBOX: 'Set it to on or off; it is on in development and off in production.',
  REFLOOP_HISTORY: 'Leave it out; npm start sets it for the sandbox, where off leaves the simulated practice out. Production has none.',
  REFLOOP_TRUSTED_PROXIES:
    'Set how many proxies of your own stand in front of Refloop, 0 to 5; each must add its caller to X-Forwarded-For.',
  REFLOOP_RATE_LIMITS: 'Leave it out; off is for measurements with synthetic data.',
  REFLOOP_DRAIN_SECONDS: 'Set 0 to 60 seconds, or leave it out for 5 in production and 0 in development.',
  REFLOOP_IDLE_SECONDS: 'Set 1 to 900 seconds, or leave it out for 900.',
  REFLOOP_TLS_AT_EDGE: 'Set it to yes once TLS 1.2 or newer ends in front of Refloop; Refloop itself speaks plain HTTP.',
  REFLOOP_STATE_ENCRYPTED: 'Set it to yes once the volumes of REFLOOP_STATE and of PostgreSQL are encrypted.',
  REFLOOP_SANDBOX_FAX_KEYS: 'npm start sets it by itself; else the public keys of the sandbox’s fax machine as {"keys": […]}.',
  REFLOOP_SANDBOX_TEXTS: 'npm start sets it by itself; else the path of a file {"key", "secret"}, 32 characters or more each.',
  REFLOOP_SANDBOX_SYSTEM_KEY: 'npm start sets it by itself; else the path of a file with a private JWK (P-384 or RSA), or env:NAME.',
  REFLOOP_SANDBOX_COMPLETES: 'Set it to yes for Refloop to finish by itself, in the sandbox, what a window left unfinished; else no.',
  REFLOOP_SANDBOX_CLOCK: 'Leave it out; npm start sets it for the sandbox. Production goes by the clock of its machine.',
  REFLOOP_ALLOWED_AMOUNTS: 'Name a file like analytics/assumptions/synthetic.yml, with figures of your own, or leave it out.',
  REFLOOP_WAREHOUSE: 'Name a folder, or leave it out for the folder warehouse in REFLOOP_STATE.',
  REFLOOP_TIMEZONE: 'Set the IANA name of the zone in which the practice reckons days, such as America/Chicago, or leave it out for UTC.',
  REFLOOP_BULK_FILE_ORIGINS:
    'Name the https origins at which EHRs keep the files of exports, without a path, such as https://files.example.org, after commas; or leave it out.',
  NODE_TLS_REJECT_UNAUTHORIZED:
    'Leave it out; where a certificate is not of a public authority, name the file of its authority in NODE_EXTRA_CA_CERTS.',
  REFLOOP_IDLE_WARN_SECONDS: 'Set 0 to 600 seconds, fewer than REFLOOP_IDLE_SECONDS, or leave it out for 60.',
};

const KEY_FIX = 'Set <name>:<base64 of 32 random bytes>, made with `openssl rand -base64 32`; older keys follow after commas.';

export type ConfigAnswer = { ok: true; value: Config } | { ok: false; refusal: FieldError[] };

type KeysRead = { keys: KeyEncryptionKey[]; faults: FieldError[] };

const keyFault = (message: string): KeysRead => ({ keys: [], faults: [{ field: 'REFLOOP_KEY', message, fix: KEY_FIX }] });

function readKeys(text: string | undefined, production: boolean): KeysRead {
  if (text === undefined || text === '') {
    return production ? keyFault('Not set; production has no default') : { keys: [DEVELOPMENT_KEY], faults: [] };
  }
  const keys: KeyEncryptionKey[] = [];
  for (const part of text.split(',')) {
    const match = /^([A-Za-z0-9._-]{1,40}):([A-Za-z0-9+/]{43}=)$/.exec(part.trim());
    if (!match) return keyFault('Not a list of <name>:<base64 of 32 bytes>');
    const [, kid = '', base64 = ''] = match;
    const key = Buffer.from(base64, 'base64');
    if (production && (kid === DEVELOPMENT_KEY.kid || key.equals(DEVELOPMENT_KEY.key)))
      return keyFault('The development key protects nothing');
    if (keys.some((other) => other.kid === kid)) return keyFault(`The name ${kid} is given twice`);
    keys.push({ kid, key });
  }
  return { keys, faults: [] };
}

/** The sandbox's system client, where the start script made it a key. */
function sandboxSystem(
  read: { REFLOOP_SANDBOX_SYSTEM_KEY?: string | undefined; REFLOOP_SANDBOX_COMPLETES: 'yes' | 'no' },
  environment: Record<string, string | undefined>,
  faults: FieldError[],
): SystemClient | undefined {
  if (read.REFLOOP_SANDBOX_SYSTEM_KEY === undefined) return undefined;
  const key = readSystemKey(read.REFLOOP_SANDBOX_SYSTEM_KEY, environment);
  if (!key.ok) {
    faults.push({ field: 'REFLOOP_SANDBOX_SYSTEM_KEY', message: key.message, fix: FIXES['REFLOOP_SANDBOX_SYSTEM_KEY'] ?? '' });
    return undefined;
  }
  const completes = read.REFLOOP_SANDBOX_COMPLETES === 'yes';
  const may = { completes, tracks: true };
  return { clientId: 'refloop-system', key: key.value, scopes: systemScopes(may), ...may };
}

/** The sandbox's fax machine, where the start script made it a key: of the key only the public half is known here. */
function sandboxGateways(text: string | undefined, faults: FieldError[]): Gateway[] {
  if (text === undefined) return [];
  const keys = readPublicKeys(text);
  if (keys) return [{ name: 'sandbox-fax', jwks: keys }];
  faults.push({ field: 'REFLOOP_SANDBOX_FAX_KEYS', message: 'Not a set of public keys', fix: FIXES['REFLOOP_SANDBOX_FAX_KEYS'] ?? '' });
  return [];
}

/** The sandbox's gateway of text messages, where the start script made what both sides know. */
function sandboxTexts(file: string | undefined, ehrPort: number, faults: FieldError[]): TextGateway | undefined {
  if (file === undefined) return undefined;
  const read = readSandboxTexts(file, ehrPort);
  if (read.ok) return read.value;
  faults.push({ field: 'REFLOOP_SANDBOX_TEXTS', message: read.message, fix: FIXES['REFLOOP_SANDBOX_TEXTS'] ?? '' });
  return undefined;
}

/** Of the environment alone, for a command that reads no database: REFLOOP_WAREHOUSE, else a folder of REFLOOP_STATE. */
export function warehouseFolderOf(environment: Record<string, string | undefined>): string {
  const [warehouse, state] = [environment['REFLOOP_WAREHOUSE'] ?? '', environment['REFLOOP_STATE'] ?? ''];
  return resolve(warehouse === '' ? join(state === '' ? '.data' : state, 'warehouse') : warehouse);
}

/** Of the environment alone: what the site assumes about money, null where it names no file. Throws `AssumptionsUnreadable`. */
export function assumptionsOf(environment: Record<string, string | undefined>): RevenueAssumptions | null {
  const file = environment['REFLOOP_ALLOWED_AMOUNTS'] ?? '';
  return file === '' ? null : readAssumptions(resolve(file));
}

/** Made-up money is for the sandbox: beside real patients somebody would believe it. */
function readMoney(given: Record<string, string | undefined>, production: boolean, faults: FieldError[]): RevenueAssumptions | null {
  const fault = (message: string): null => {
    faults.push({ field: 'REFLOOP_ALLOWED_AMOUNTS', message, fix: FIXES['REFLOOP_ALLOWED_AMOUNTS'] ?? '' });
    return null;
  };
  try {
    const assumptions = assumptionsOf(given);
    return production && assumptions?.synthetic ? fault('Made-up amounts in production') : assumptions;
  } catch (error) {
    if (error instanceof AssumptionsUnreadable) return fault(error.message);
    throw error;
  }
}

/** The attestation names the folder, so that it lapses when the warehouse moves to another. */
function warehouseFaults(folder: string, attested: string | undefined): FieldError[] {
  if (attested !== undefined && resolve(attested) === folder) return [];
  const fix = `Set it to ${folder} once the volume of that folder is encrypted; Refloop does not encrypt what lies there.`;
  const message = attested === undefined ? 'Not attested' : `Attested for ${resolve(attested)}, and the warehouse is ${folder}`;
  return [{ field: 'REFLOOP_WAREHOUSE_ENCRYPTED', message, fix }];
}

function databaseFaults(field: string, url: string): FieldError[] {
  const message = databaseUrlFault(url);
  const fix = 'Add ?sslmode=verify-full, and sslrootcert=FILE where the certificate is not of a public authority.';
  return message === undefined ? [] : [{ field, message, fix }];
}

/**
 * Told nothing, Refloop is reached on this machine, which in production nobody outside of it could.
 * @param reachedBy why somebody from outside has to reach Refloop
 */
function addressFaults(given: string | undefined, production: boolean, reachedBy: string | undefined): FieldError[] {
  const fix = FIXES['REFLOOP_ADDRESS'] ?? '';
  if (given === undefined)
    return production && reachedBy !== undefined ? [{ field: 'REFLOOP_ADDRESS', message: `Not set, and ${reachedBy}`, fix }] : [];
  const fault = addressFault(given, production) ?? (given.endsWith('/') ? 'With a final slash' : undefined);
  return fault === undefined ? [] : [{ field: 'REFLOOP_ADDRESS', message: fault, fix }];
}

/** Reads everything and reports every mistake. Touches the sites file, the file of allowed amounts, and the certificate files a database URL names. */
export function readConfig(environment: Record<string, string | undefined>): ConfigAnswer {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const refusal = parsed.error.issues.map((issue) => {
      const field = String(issue.path[0]);
      const fix = FIXES[field];
      return fix === undefined ? { field, message: issue.message } : { field, message: issue.message, fix };
    });
    return { ok: false, refusal };
  }
  const read = parsed.data;
  const production = read.REFLOOP_ENV === 'production';
  const { keys, faults } = readKeys(read.REFLOOP_KEY, production);
  if (read.REFLOOP_IDLE_WARN_SECONDS >= read.REFLOOP_IDLE_SECONDS) {
    const fix = FIXES['REFLOOP_IDLE_WARN_SECONDS'] ?? '';
    faults.push({ field: 'REFLOOP_IDLE_WARN_SECONDS', message: 'Not fewer seconds than REFLOOP_IDLE_SECONDS', fix });
  }
  // What Refloop cannot see for itself, somebody must have attested before patients' data enters.
  for (const attested of ['REFLOOP_TLS_AT_EDGE', 'REFLOOP_STATE_ENCRYPTED'] as const) {
    if (production && read[attested] === undefined) faults.push({ field: attested, message: 'Not attested', fix: FIXES[attested] ?? '' });
  }
  if (production && read.REFLOOP_TRUSTED_PROXIES === undefined) {
    // Guessing none would count all of a hospital as one caller, guessing one would believe what callers make up.
    faults.push({ field: 'REFLOOP_TRUSTED_PROXIES', message: 'Not set', fix: FIXES['REFLOOP_TRUSTED_PROXIES'] ?? '' });
  }
  if (production && read.REFLOOP_HISTORY > 0) {
    const fix = FIXES['REFLOOP_HISTORY'] ?? '';
    faults.push({ field: 'REFLOOP_HISTORY', message: 'A simulated practice in production', fix });
  }
  if (production && read.REFLOOP_SANDBOX_CLOCK !== undefined) {
    const fix = FIXES['REFLOOP_SANDBOX_CLOCK'] ?? '';
    faults.push({ field: 'REFLOOP_SANDBOX_CLOCK', message: 'A clock that can be moved in production', fix });
  }
  if (production && read.REFLOOP_SANDBOX_TEXTS !== undefined) {
    const fix = 'Leave it out; npm start sets it for the sandbox. Production sends texts by the gateways of REFLOOP_SITES.';
    faults.push({ field: 'REFLOOP_SANDBOX_TEXTS', message: 'The telephones of the sandbox in production', fix });
  }
  if (production && read.REFLOOP_RATE_LIMITS === 'off') {
    faults.push({ field: 'REFLOOP_RATE_LIMITS', message: 'Off in production', fix: FIXES['REFLOOP_RATE_LIMITS'] ?? '' });
  }
  if (production && read.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    // Node then checks no certificate at all, neither of an EHR nor of the database, whatever their addresses say.
    const field = 'NODE_TLS_REJECT_UNAUTHORIZED';
    faults.push({ field, message: 'Certificates are not checked', fix: FIXES[field] ?? '' });
  }
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
  const system = sandboxSystem(read, environment, faults);
  const sandbox =
    (read.REFLOOP_SANDBOX ?? (production ? 'off' : 'on')) === 'on'
      ? sandboxSites(
          read.REFLOOP_EHR_PORT,
          system,
          sandboxGateways(read.REFLOOP_SANDBOX_FAX_KEYS, faults),
          sandboxTexts(read.REFLOOP_SANDBOX_TEXTS, read.REFLOOP_EHR_PORT, faults),
        )
      : [];
  const cdsClients = sandbox.length > 0 ? [sandboxCdsClient(read.REFLOOP_EHR_PORT, sandbox)] : [];
  const sites = readSites({ file: read.REFLOOP_SITES, sandbox, cdsClients, production, environment });
  if (!sites.ok) return { ok: false, refusal: [...faults, ...sites.refusal] };
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
