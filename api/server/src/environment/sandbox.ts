/** The sandbox EHR's own entries among the sites, and what the start script made for both sides. */
import { readSystemKey } from '../ehr/system-key.ts';
import type { FieldError } from '../problem.ts';
import { readPublicKeys } from '../public-keys.ts';
import { readSandboxTexts } from '../sandbox-texts.ts';
import { type Gateway, type Site, type SystemClient, sandboxSites, systemScopes, type TextGateway } from '../sites.ts';
import { type Variables, variableFault } from './variables.ts';

/** The sandbox's system client, where the start script made it a key. */
function sandboxSystem(read: Variables, environment: Record<string, string | undefined>, faults: FieldError[]): SystemClient | undefined {
  if (read.REFLOOP_SANDBOX_SYSTEM_KEY === undefined) return undefined;
  const key = readSystemKey(read.REFLOOP_SANDBOX_SYSTEM_KEY, environment);
  if (!key.ok) {
    faults.push(variableFault('REFLOOP_SANDBOX_SYSTEM_KEY', key.message));
    return undefined;
  }
  const completes = read.REFLOOP_SANDBOX_COMPLETES === 'yes';
  const may = { completes, tracks: true, reads: true };
  return { clientId: 'refloop-system', key: key.value, scopes: systemScopes(may), ...may };
}

/** The sandbox's fax machine, where the start script made it a key: of the key only the public half is known here. */
function sandboxGateways(text: string | undefined, faults: FieldError[]): Gateway[] {
  if (text === undefined) return [];
  const keys = readPublicKeys(text);
  if (keys) return [{ name: 'sandbox-fax', jwks: keys }];
  faults.push(variableFault('REFLOOP_SANDBOX_FAX_KEYS', 'Not a set of public keys'));
  return [];
}

/** The sandbox's gateway of text messages, where the start script made what both sides know. */
function sandboxTexts(file: string | undefined, ehrPort: number, faults: FieldError[]): TextGateway | undefined {
  if (file === undefined) return undefined;
  const read = readSandboxTexts(file, ehrPort);
  if (read.ok) return read.value;
  faults.push(variableFault('REFLOOP_SANDBOX_TEXTS', read.message));
  return undefined;
}

/** One entry a mode; none where the sandbox is not served, as in production unless it is told to. */
export function readSandbox(read: Variables, environment: Record<string, string | undefined>, faults: FieldError[]): Site[] {
  const system = sandboxSystem(read, environment, faults);
  const isServed = read.REFLOOP_SANDBOX ?? (read.REFLOOP_ENV === 'production' ? 'off' : 'on');
  if (isServed === 'off') return [];
  return sandboxSites(read.REFLOOP_EHR_PORT, system, sandboxGateways(read.REFLOOP_SANDBOX_FAX_KEYS, faults), {
    texts: sandboxTexts(read.REFLOOP_SANDBOX_TEXTS, read.REFLOOP_EHR_PORT, faults),
    patientMail: read.REFLOOP_SMTP_URL !== undefined,
  });
}
