/**
 * The EHRs this Refloop serves: the sandbox's own entry and those of the REFLOOP_SITES file. Read once at start; every
 * mistake is told with the field and the fix before anything listens.
 */
import { readFileSync } from 'node:fs';
import type { PatientChannel } from '@refloop/domain/patient/outreach';
import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { type CdsClient, CdsClientEntry, readCdsClients } from './cds/registered-client.ts';
import type { PublicSite } from './client/session.ts';
import { readSystemKey, type SystemKey, sameKey, textOf } from './ehr/system-key.ts';
import { addressFault } from './ehr-address.ts';
import type { FieldError } from './problem.ts';
import { JsonWebKeySet, publicKeyFault } from './public-keys.ts';
import type { Scope } from './store/store.ts';

export type Site = {
  tenant: string;
  name: string;
  /** FHIR base, compared exactly: no slash is added or taken away. */
  iss: string;
  clientId: string;
  scopes: string;
  /** What the id_token's `iss` must equal; undefined = as the EHR's own discovery says. */
  issuer: string | undefined;
  /** Keys given inline instead of the EHR's jwks_uri. */
  jwks: JSONWebKeySet | undefined;
  /** Origins that may show Refloop in a frame. */
  embed: string[];
  /** fhirUser of the first admins, relative. */
  admins: string[];
  /** Where offices and patients call; undefined where the site gives none. */
  phone?: string | undefined;
  /** The gateway of its text messages; without one none are sent. */
  textMessages?: TextGateway | undefined;
  /** Whether e-mails to its patients leave, by the mail server of REFLOOP_SMTP_URL; none do unless told. */
  patientMail?: boolean | undefined;
  /** Refloop's own access to this EHR, apart from any clinician's; undefined where the site gives none. */
  system: SystemClient | undefined;
  /** Who may hand over documents that came in: the site’s fax server, its mailbox. Each signs with a key of its own. */
  gateways?: Gateway[];
};

export type TextGateway = {
  url: string;
  /** The number they come from, E.164. */
  from: string;
  /** What lets Refloop in there. */
  key: string;
  /** By which the gateway signs what patients answer. */
  secret: string;
};

export type Gateway = { name: string; jwks: JSONWebKeySet };

export type SystemClient = {
  clientId: string;
  key: SystemKey;
  scopes: string;
  /** Whether Refloop finishes by itself what a clinician approved and their window did not finish; else it looks, and they finish. */
  completes: boolean;
  /** Whether Refloop keeps the Tasks of its referrals there up to date, files the notes that came back, and looks for what has changed. */
  tracks: boolean;
  /** Whether Refloop looks in the chart for what a packet lacks. */
  reads?: boolean;
};

export type Sites = { sites: Site[]; cdsClients: CdsClient[] };

/**
 * What Refloop asks for where a site entry names no scopes: the order, its note, its work and where they came from to
 * write; what a match and a referral letter are made of to read (SMART App Launch 2.2 scopes).
 */
export const DEFAULT_SCOPES = [
  'launch openid fhirUser online_access offline_access launch/patient launch/encounter launch/servicerequest',
  'patient/Patient.r patient/Coverage.rs patient/ServiceRequest.crus patient/Condition.rs patient/Encounter.rs',
  'patient/DocumentReference.crs patient/Binary.r patient/Communication.crs patient/Task.crs patient/Provenance.crs',
  'patient/MedicationRequest.rs patient/AllergyIntolerance.rs patient/Observation.rs patient/DiagnosticReport.rs',
  'patient/Procedure.rs patient/RelatedPerson.rs user/Practitioner.rs user/PractitionerRole.rs',
].join(' ');

/** What reconciliation needs to look for what was written. */
export const LOOKING_SCOPES =
  'system/Patient.r system/ServiceRequest.rs system/DocumentReference.rs system/Binary.r system/Communication.rs system/Task.rs system/Provenance.rs';
/** And what it needs to finish writing, where the site wants that. */
export const COMPLETING_SCOPES =
  'system/Patient.r system/ServiceRequest.crus system/DocumentReference.crs system/Binary.r system/Communication.crs system/Task.crs system/Provenance.crs';

/** And what it needs to follow its referrals there: their Tasks to move, notes that came back to file and to enter in error, what becomes of them to read, notifications to ask for, and what patients consent to have sent. */
export const TRACKING_SCOPES =
  'system/Task.crus system/Appointment.rs system/Encounter.rs system/DocumentReference.crus system/ServiceRequest.rs system/Subscription.cru system/Consent.rs';

/**
 * The same without what an earlier version did not ask for, where a client that was registered before is refused it: a note that is taken off
 * is taken out of the chart by a person then. Undefined where nothing can be left out.
 */
export function scopesOfBefore(scopes: string): string | undefined {
  const before = scopes.replace('system/DocumentReference.crus', 'system/DocumentReference.crs');
  return before === scopes ? undefined : before;
}

/** And what it needs to look in the chart for what a packet lacks. */
export const READING_SCOPES =
  'system/Condition.rs system/MedicationRequest.rs system/AllergyIntolerance.rs system/Observation.rs system/DiagnosticReport.rs system/Procedure.rs system/Consent.rs';

/** What Refloop asks for where a site entry names no scopes for its own access. */
export const systemScopes = ({ completes, tracks, reads }: Pick<SystemClient, 'completes' | 'tracks' | 'reads'>): string => {
  const scopes = [completes ? COMPLETING_SCOPES : LOOKING_SCOPES, ...(tracks ? [TRACKING_SCOPES] : []), ...(reads ? [READING_SCOPES] : [])];
  return [...new Set(scopes.join(' ').split(' '))].join(' ');
};

const Origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'Not an origin such as https://ehr.example.org, without path or final slash',
  );
const FhirUser = z.string().regex(/^(Practitioner|PractitionerRole)\/[A-Za-z0-9\-.]{1,64}$/, 'Not a fhirUser such as Practitioner/123');

const SiteEntry = z.strictObject({
  tenant: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Lower-case letters, digits and hyphens, at most 63'),
  name: z.string().min(1).max(200),
  iss: z.string().max(2000),
  clientId: z.string().min(1).max(300),
  scopes: z.string().min(1).optional(),
  issuer: z.string().max(2000).optional(),
  jwks: JsonWebKeySet.optional(),
  embed: z.array(Origin).optional(),
  admins: z.array(FhirUser).optional(),
  phone: z
    .string()
    .regex(/^\+?[\d ().-]{7,30}$/, 'Not a telephone number')
    .optional(),
  textMessages: z
    .strictObject({
      url: z.string().max(2000),
      from: z.string().regex(/^\+\d{8,15}$/, 'Not a number such as +15552100199'),
      key: z.string().min(1).max(2000),
      secret: z.string().min(1).max(2000),
    })
    .optional(),
  patientMail: z.boolean().optional(),
  system: z
    .strictObject({
      clientId: z.string().min(1).max(300),
      key: z.string().min(1).max(2000),
      scopes: z
        .string()
        .regex(/^system\/\S+( +system\/\S+)*$/, 'Not a list of system/ scopes')
        .optional(),
      completes: z.boolean().optional(),
      tracks: z.boolean().optional(),
      reads: z.boolean().optional(),
    })
    .optional(),
  gateways: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Lower-case letters, digits and hyphens, at most 63'),
        jwks: JsonWebKeySet,
      }),
    )
    .optional(),
});

const SitesFile = z.strictObject({
  sites: z.array(SiteEntry),
  cdsClients: z.array(CdsClientEntry).default([]),
});

type Entry = z.output<typeof SiteEntry>;

const systemClient = ({ system }: Entry, key: SystemKey | undefined): SystemClient | undefined => {
  if (!system || !key) return undefined;
  const may = { completes: system.completes ?? false, tracks: system.tracks ?? false, reads: system.reads ?? false };
  return { clientId: system.clientId, key, scopes: system.scopes ?? systemScopes(may), ...may };
};

/** Long enough that nobody guesses it (RFC 2104 advises the length of the digest). */
const SHORTEST_SECRET = 32;

type GatewayAnswer = { ok: true; value: TextGateway } | { ok: false; faults: { name: string; message: string }[] };

/** The secrets read from where they lie; what is wrong in words that hold nothing of them. */
function readGateway(
  { url, from, key, secret }: NonNullable<Entry['textMessages']>,
  options: { production: boolean; environment?: Record<string, string | undefined> },
): GatewayAnswer {
  const environment = options.environment ?? {};
  const [opens, signs] = [textOf(key, environment), textOf(secret, environment)];
  const fault = addressFault(url, options.production);
  const faults = [
    ...(fault ? [{ name: 'url', message: fault }] : []),
    ...(opens.ok ? [] : [{ name: 'key', message: opens.message }]),
    ...(signs.ok ? [] : [{ name: 'secret', message: signs.message }]),
    ...(signs.ok && signs.text.trim().length < SHORTEST_SECRET
      ? [{ name: 'secret', message: `Shorter than ${SHORTEST_SECRET} characters` }]
      : []),
  ];
  if (faults.length > 0 || !opens.ok || !signs.ok) return { ok: false, faults };
  return { ok: true, value: { url, from, key: opens.text.trim(), secret: signs.text.trim() } };
}

const toSite = (entry: Entry, key: SystemKey | undefined, textMessages?: TextGateway): Site => ({
  tenant: entry.tenant,
  name: entry.name,
  iss: entry.iss,
  clientId: entry.clientId,
  scopes: entry.scopes ?? DEFAULT_SCOPES,
  issuer: entry.issuer,
  jwks: entry.jwks as JSONWebKeySet | undefined,
  embed: entry.embed ?? [new URL(entry.iss).origin],
  admins: entry.admins ?? [],
  phone: entry.phone,
  textMessages,
  patientMail: entry.patientMail,
  system: systemClient(entry, key),
  gateways: (entry.gateways ?? []).map(({ name, jwks }) => ({ name, jwks: jwks as JSONWebKeySet })),
});

const ENTRY_FIX =
  'An entry is {"tenant", "name", "iss", "clientId", "scopes"?, "issuer"?, "jwks"?, "embed"?, "admins"?, "phone"?, "textMessages"?, "patientMail"?, "system"?, "gateways"?}.';

/** How each field of an entry is mended; what stands deeper inside is mended with its field. */
const FIXES: Readonly<Record<string, string>> = {
  tenant: 'Give the organisation a short name of its own, such as "north-clinic"; entries of one organisation share it.',
  name: 'Give the name people know this EHR by, such as "North clinic".',
  iss: 'Give the FHIR base as the EHR sends it in iss, with https.',
  clientId: 'Give the client id the EHR assigned to Refloop.',
  scopes: 'Leave it out for all that Refloop uses, or list scopes apart by spaces; launch, openid and fhirUser are among them.',
  issuer: 'Give the issuer as it stands in the id_token, or leave it out to take the EHR’s own word.',
  jwks: 'Give the EHR’s public keys as {"keys": […]}, or leave it out to fetch them from the EHR.',
  embed: 'List the origins whose pages may frame Refloop, such as ["https://ehr.example.org"].',
  admins: 'List the fhirUser of the first administrators, such as ["Practitioner/123"].',
  phone: 'Give the number at which an office or a patient reaches whoever sees to referrals, such as "+1 510 555 0100", or leave it out.',
  textMessages: 'Give {"url", "from", "key", "secret"}, or leave it out; key and secret are paths of files, or env:NAME.',
  patientMail: 'Give true where e-mails to patients leave by the mail server of REFLOOP_SMTP_URL, or leave it out.',
  system:
    'Give {"clientId", "key", "scopes"?, "completes"?, "tracks"?, "reads"?}, or leave it out; key is the path of a file with a private JWK (P-384 or RSA), or env:NAME.',
};

/** The fix for a mistake at this place of the file: `sites.0.embed.1` is mended as `embed` is. */
function fixAt(path: readonly PropertyKey[]): string {
  const [list, , field] = path;
  if (list === 'cdsClients') return 'A CDS Hooks client is {"iss", "jku"?, "sites"?} or {"iss", "jwks"?, "sites"?}.';
  if (list !== 'sites' || path.length === 1) return 'The file is {"sites": [entry, …], "cdsClients": [client, …]}.';
  return (typeof field === 'string' ? FIXES[field] : undefined) ?? ENTRY_FIX;
}

/** Without these no launch can end in a session (SMART App Launch 2.2). */
const NEEDED_SCOPES = ['launch', 'openid', 'fhirUser'];

export type SitesAnswer = { ok: true; value: Sites } | { ok: false; refusal: FieldError[] };

/** Reads the text of a sites file. Every mistake is reported, not only the first. */
export function parseSites(
  text: string,
  options: { production: boolean; taken: Site[]; environment?: Record<string, string | undefined> },
): SitesAnswer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const fix = 'Write one JSON object: {"sites": […], "cdsClients": […]}.';
    // The parser quotes the file, which may hold a key where a key does not belong.
    const [place] = /at position \d+ \(line \d+ column \d+\)/.exec((error as Error).message) ?? [];
    return { ok: false, refusal: [{ field: '(file)', message: place ? `Not JSON, ${place}` : 'Not JSON', fix }] };
  }
  const parsed = SitesFile.safeParse(json);
  if (!parsed.success) {
    const refusal = parsed.error.issues.map((issue) => ({
      field: issue.path.map(String).join('.') || '(file)',
      message: issue.message,
      fix: fixAt(issue.path),
    }));
    return { ok: false, refusal };
  }
  const faults: FieldError[] = [];
  const seen = new Set(options.taken.map((site) => site.iss));
  const keys = new Map<string, SystemKey>();
  const gateways = new Map<string, TextGateway>();
  for (const [index, entry] of parsed.data.sites.entries()) {
    const field = (name: string): string => `sites.${index}.${name}`;
    const fault = addressFault(entry.iss, options.production);
    if (fault) faults.push({ field: field('iss'), message: fault, fix: fixAt(['sites', index, 'iss']) });
    const missing = entry.scopes === undefined ? [] : NEEDED_SCOPES.filter((scope) => !entry.scopes?.split(/\s+/).includes(scope));
    if (missing.length > 0)
      faults.push({ field: field('scopes'), message: `Without ${missing.join(', ')}`, fix: fixAt(['sites', index, 'scopes']) });
    for (const [number, key] of (entry.jwks?.keys ?? []).entries()) {
      const wrong = publicKeyFault(key);
      if (wrong) faults.push({ field: field(`jwks.keys.${number}`), message: wrong, fix: fixAt(['sites', index, 'jwks']) });
    }
    if (seen.has(entry.iss))
      faults.push({ field: field('iss'), message: 'Another entry has this iss', fix: 'Keep one entry for each FHIR base.' });
    seen.add(entry.iss);
    if (entry.textMessages) {
      // What may be an emergency comes from any number: where nobody has a role yet it is still somebody’s by name.
      if ((entry.admins ?? []).length === 0)
        faults.push({
          field: field('admins'),
          message: 'Nobody is named, and texts may tell of an emergency that somebody here has to hear of',
          fix: fixAt(['sites', index, 'admins']),
        });
      const read = readGateway(entry.textMessages, options);
      if (read.ok) {
        // What comes in is known to be of a site by the secret alone: it would reach the first of two.
        const same = parsed.data.sites.slice(0, index).find(({ iss }) => gateways.get(iss)?.secret === read.value.secret);
        if (same)
          faults.push({
            field: field('textMessages.secret'),
            message: `“${same.name}” and “${entry.name}” have the same secret, so that what patients write would reach “${same.name}” alone`,
            fix: 'Give each entry an account of its own at the gateway, with a secret of its own.',
          });
        gateways.set(entry.iss, read.value);
      } else
        faults.push(
          ...read.faults.map(({ name, message }) => ({
            field: field(`textMessages.${name}`),
            message,
            fix: FIXES['textMessages'] ?? ENTRY_FIX,
          })),
        );
    }
    if (entry.system) {
      const read = readSystemKey(entry.system.key, options.environment ?? {});
      if (read.ok) {
        const others = [...keys.values(), ...options.taken.flatMap(({ system }) => system?.key ?? [])];
        const another = others.some(({ kid, jwk }) => kid === read.value.kid && !sameKey(jwk, read.value.jwk));
        if (another) {
          const fix = 'Write a kid of its own into each key: EHRs know a key by it.';
          faults.push({ field: field('system.key'), message: `Another key has the kid ${read.value.kid}`, fix });
        }
        keys.set(entry.iss, read.value);
      } else faults.push({ field: field('system.key'), message: read.message, fix: fixAt(['sites', index, 'system']) });
    }
    if (entry.issuer !== undefined) {
      const issuerFault = addressFault(entry.issuer, options.production);
      if (issuerFault) faults.push({ field: field('issuer'), message: issuerFault, fix: fixAt(['sites', index, 'issuer']) });
    }
  }
  const clients = readCdsClients(parsed.data.cdsClients, parsed.data.sites, options);
  faults.push(...clients.faults);
  if (faults.length > 0) return { ok: false, refusal: faults };
  return {
    ok: true,
    value: {
      sites: parsed.data.sites.map((entry) => toSite(entry, keys.get(entry.iss), gateways.get(entry.iss))),
      cdsClients: clients.read,
    },
  };
}

/** The sandbox EHR of this project: framed from 127.0.0.1 too, which for a browser is another site than localhost. */
export const sandboxSite = (ehrPort: number, system?: SystemClient, gateways: Gateway[] = []): Site => ({
  tenant: 'sandbox',
  name: 'Sandbox clinic',
  iss: `http://localhost:${ehrPort}/fhir`,
  clientId: 'refloop',
  scopes: DEFAULT_SCOPES,
  issuer: undefined,
  jwks: undefined,
  embed: [`http://localhost:${ehrPort}`, `http://127.0.0.1:${ehrPort}`],
  admins: ['Practitioner/admin'],
  phone: '510-555-0150',
  system,
  gateways,
});

/** The FHIR bases under which the sandbox behaves like EHRs of the field (launch/README.md); each is an EHR of its own to Refloop. */
const SANDBOX_MODES = ['epic-like', 'oracle-like', 'athena-like', 'messages-only'];

/** Where the practice of a scope is called back; empty where its entry says nothing. */
export const phoneOf =
  (sites: readonly Site[]) =>
  ({ tenant, issuer }: Pick<Scope, 'tenant' | 'issuer'>): string =>
    sites.find((site) => site.tenant === tenant && site.iss === issuer)?.phone ?? '';

/**
 * The sandbox in mode `full` first, then one entry for each vendor mode.
 * @param texts an account at the gateway is one site's: what patients write reaches that one, so it is the first's alone
 * @param patientMail whether there is a mail server
 */
export function sandboxSites(
  ehrPort: number,
  system?: SystemClient,
  gateways: Gateway[] = [],
  { texts, patientMail }: { texts?: TextGateway | undefined; patientMail?: boolean } = {},
): Site[] {
  const full = { ...sandboxSite(ehrPort, system, gateways), patientMail };
  const modes = SANDBOX_MODES.map((mode) => ({ ...full, name: `${full.name}, ${mode}`, iss: `http://localhost:${ehrPort}/${mode}/fhir` }));
  return [{ ...full, textMessages: texts }, ...modes];
}

/** The sandbox's entry, unless it is left out, and those of the file. */
export function readSites(options: {
  file: string | undefined;
  sandbox: Site[];
  /** The sandbox's own, where it is served. */
  cdsClients?: CdsClient[];
  production: boolean;
  environment?: Record<string, string | undefined>;
}): SitesAnswer {
  const own = options.sandbox;
  const cdsClients = options.cdsClients ?? [];
  if (options.file === undefined) return { ok: true, value: { sites: own, cdsClients } };
  let text: string;
  try {
    text = readFileSync(options.file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const fix = 'Name a file that exists and that Refloop may read, or leave REFLOOP_SITES out.';
    return { ok: false, refusal: [{ field: 'REFLOOP_SITES', message: `${options.file} cannot be read (${code})`, fix }] };
  }
  const parsed = parseSites(text, { production: options.production, taken: own, environment: options.environment ?? {} });
  if (!parsed.ok) return parsed;
  return { ok: true, value: { sites: [...own, ...parsed.value.sites], cdsClients: [...parsed.value.cdsClients, ...cdsClients] } };
}

/** By which channels this site writes to patients. */
export const patientChannelsOf = ({ textMessages, patientMail }: Pick<Site, 'textMessages' | 'patientMail'> = {}): PatientChannel[] => [
  ...(textMessages ? (['text'] as const) : []),
  ...(patientMail ? (['email'] as const) : []),
];

export const findSite = (sites: readonly Site[], iss: string): Site | undefined => sites.find((site) => site.iss === iss);

export const scopeOf = (site: Site): Scope => ({ tenant: site.tenant, issuer: site.iss, site: site.name });

/** What the launch page may know before anybody has signed in. */
export const publicSite = (site: Site): PublicSite => ({ iss: site.iss, name: site.name, clientId: site.clientId, scopes: site.scopes });
