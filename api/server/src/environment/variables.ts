/** The variables Refloop reads, what each may say, and how a mistake in it is mended. */
import { z } from 'zod';
import { CHANNEL_ENVIRONMENT, CHANNEL_FIXES } from '../channels/settings.ts';
import { addressFault } from '../ehr-address.ts';
import type { FieldError } from '../problem.ts';

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

export const Variables = z.object({
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
export type Variables = z.infer<typeof Variables>;

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

/** A mistake in a variable, with its fix where there is one for it. */
export function variableFault(field: string, message: string): FieldError {
  const fix = FIXES[field];
  return fix === undefined ? { field, message } : { field, message, fix };
}
