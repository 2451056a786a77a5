/** The sandbox EHR's settings, from the environment. A bad one is named, with what to write instead. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { jwksShape } from './auth/client-keys.ts';
import { REFERRAL_SCOPES, type RegisteredClient, refloopClient, refloopSystemClient } from './auth/clients.ts';

export type EhrConfig = {
  port: number;
  /** Where browsers reach the EHR; also the issuer. */
  origin: string;
  databaseUrl: string;
  /** The folder for what is kept beside the database. */
  stateFolder: string;
  /** Where mails to the offices are taken; none where it is not told. */
  mailPort?: number;
  /** The path of the private JWK of the offices' fax machine; they have none where it is not told. */
  faxKeyFile?: string;
  /** The path of the file with what lets the practice in at the gateway of text messages and signs what patients write; there is none where it is not told. */
  textsFile?: string;
  /** A folder of FHIR files that takes the place of the built-in patients. */
  dataFolder?: string;
  /** Refloop first, then its background service, then those of REFLOOP_EHR_CLIENTS. */
  clients: [RegisteredClient & { launchUrl: string }, ...RegisteredClient[]];
};

export type ConfigCheck = { kind: 'config'; config: EhrConfig } | { kind: 'refused'; problems: string[] };

const absoluteUrl = z.url({ protocol: /^https?$/ }).refine((url) => !url.includes('#'), 'must have no #fragment');

const oneClient = z
  .strictObject({
    clientId: z.string().min(1).max(200),
    name: z.string().min(1).max(200).optional(),
    secret: z.string().min(32, 'must have 32 characters or more').optional(),
    jwks: jwksShape.optional(),
    jwksUri: absoluteUrl.optional(),
    redirectUris: z.array(absoluteUrl).optional(),
    launchUrl: absoluteUrl.optional(),
    scopes: z.string().min(1).optional(),
  })
  .refine((client) => [client.secret, client.jwks, client.jwksUri].filter((proof) => proof !== undefined).length <= 1, {
    path: ['secret'],
    message: 'give one of secret, jwks and jwksUri',
  })
  .refine((client) => client.jwks !== undefined || client.jwksUri !== undefined || (client.redirectUris ?? []).length > 0, {
    path: ['redirectUris'],
    message: 'must name one address or more; only a client with keys can do without',
  })
  .refine((client) => (client.jwks === undefined && client.jwksUri === undefined) || client.scopes !== undefined, {
    path: ['scopes'],
    message: 'must be given for a client with keys, such as system/ServiceRequest.rs',
  });

const clientsFile = z.strictObject({ clients: z.array(oneClient) });

type ClientInFile = z.infer<typeof oneClient>;

function authenticationOf(one: ClientInFile): RegisteredClient['authentication'] {
  if (one.jwks !== undefined) return { kind: 'asymmetric', keys: { kind: 'inline', keys: one.jwks.keys } };
  if (one.jwksUri !== undefined) return { kind: 'asymmetric', keys: { kind: 'uri', uri: one.jwksUri } };
  return one.secret === undefined ? { kind: 'public' } : { kind: 'symmetric', secret: one.secret };
}

/** Reads the file of further apps; each problem names the file and the place in it. */
function readClients(file: string): { clients: RegisteredClient[]; problems: string[] } {
  const refuse = (problem: string) => ({ clients: [], problems: [`REFLOOP_EHR_CLIENTS: ${file} ${problem}`] });
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return refuse(error instanceof SyntaxError ? 'is not valid JSON.' : 'cannot be read. Give the path of a JSON file.');
  }
  const parsed = clientsFile.safeParse(content);
  if (!parsed.success) {
    return {
      clients: [],
      problems: parsed.error.issues.map(
        (issue) => `REFLOOP_EHR_CLIENTS: ${file}, ${issue.path.join('.') || 'the file'}: ${issue.message}.`,
      ),
    };
  }
  const clients = parsed.data.clients.map(
    (one): RegisteredClient => ({
      clientId: one.clientId,
      name: one.name ?? one.clientId,
      authentication: authenticationOf(one),
      redirectUris: one.redirectUris ?? [],
      ...(one.launchUrl === undefined ? {} : { launchUrl: one.launchUrl }),
      scopes: one.scopes ?? REFERRAL_SCOPES,
    }),
  );
  const ids = ['refloop', 'refloop-system', ...clients.map((client) => client.clientId)];
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  return twice === undefined
    ? { clients, problems: [] }
    : refuse(`names the client ${twice} twice (refloop and refloop-system are built in). Give each its own clientId.`);
}

/** Reads all settings and reports all problems at once. */
export function readConfig(environment: Record<string, string | undefined>): ConfigCheck {
  const problems: string[] = [];
  const port = (name: string, standard: number): number => {
    const text = environment[name];
    if (text === undefined || text === '') return standard;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= 65_535) return value;
    problems.push(`${name} is "${text}"; it must be a port, a whole number from 1 to 65535.`);
    return standard;
  };
  const ehrPort = port('REFLOOP_EHR_PORT', 4010);
  const mailPort = environment['REFLOOP_EHR_MAIL_PORT'] ? port('REFLOOP_EHR_MAIL_PORT', 0) : undefined;
  const refloopPort = port('REFLOOP_PORT', 4020);
  if (ehrPort === refloopPort) problems.push(`REFLOOP_EHR_PORT and REFLOOP_PORT are both ${ehrPort}; give each its own.`);
  const databaseUrl = environment['EHR_DATABASE_URL'] ?? '';
  if (!/^postgres(ql)?:\/\//.test(databaseUrl)) {
    problems.push('EHR_DATABASE_URL must be a PostgreSQL URL, such as postgresql://user@host/database. npm start sets it by itself.');
  }
  const clientsPath = environment['REFLOOP_EHR_CLIENTS'];
  const further = clientsPath ? readClients(resolve(clientsPath)) : { clients: [], problems: [] };
  problems.push(...further.problems);
  if (problems.length > 0) return { kind: 'refused', problems };
  const dataFolder = environment['REFLOOP_DATA'];
  const refloopOrigin = `http://127.0.0.1:${refloopPort}`;
  return {
    kind: 'config',
    config: {
      port: ehrPort,
      origin: `http://localhost:${ehrPort}`,
      databaseUrl,
      stateFolder: resolve(environment['REFLOOP_STATE'] || '.data'),
      ...(mailPort === undefined ? {} : { mailPort }),
      ...(environment['REFLOOP_EHR_FAX_KEY'] ? { faxKeyFile: resolve(environment['REFLOOP_EHR_FAX_KEY']) } : {}),
      ...(environment['REFLOOP_EHR_TEXTS'] ? { textsFile: resolve(environment['REFLOOP_EHR_TEXTS']) } : {}),
      ...(dataFolder ? { dataFolder: resolve(dataFolder) } : {}),
      clients: [refloopClient(refloopOrigin), refloopSystemClient(refloopOrigin), ...further.clients],
    },
  };
}

/** Where the report of an import is kept. */
export const importReportFile = (stateFolder: string): string => join(stateFolder, 'import-report.json');
