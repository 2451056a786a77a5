/** The public keys of a registered client: given with the registration, or read from its JWKS URL at each use, so that a rotated key counts at once. */
import type { JWK } from 'jose';
import { z } from 'zod';

export type ClientKeys = { kind: 'inline'; keys: JWK[] } | { kind: 'uri'; uri: string };

export type ReadKeys = { kind: 'keys'; keys: JWK[] } | { kind: 'unreadable'; reason: string };

const READ_MILLISECONDS = 3000;
const ATTEMPTS = 2;
const LARGEST_JWKS = 64 * 1024;

export const jwksShape = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().min(1) })).min(1) });

/** The body as text; undefined where it is larger, of which no more than that is read. */
async function readAtMost({ body }: Response, bytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let read = 0;
  for await (const chunk of body ?? []) {
    read += chunk.byteLength;
    if (read > bytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function fetchKeys(uri: string): Promise<JWK[] | undefined> {
  try {
    const response = await fetch(uri, {
      headers: { Accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(READ_MILLISECONDS),
    });
    const text = response.ok ? await readAtMost(response, LARGEST_JWKS) : undefined;
    return text === undefined ? undefined : (jwksShape.parse(JSON.parse(text)).keys as JWK[]);
  } catch {
    return undefined;
  }
}

/** The keys, or why they cannot be had: a JWKS URL is asked twice, three seconds each with its body, for 64 KiB at most, and redirected nowhere. */
export async function readClientKeys(keys: ClientKeys): Promise<ReadKeys> {
  if (keys.kind === 'inline') return { kind: 'keys', keys: keys.keys };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await fetchKeys(keys.uri);
    if (found) return { kind: 'keys', keys: found };
  }
  return { kind: 'unreadable', reason: 'The registered jwks_uri of this client answers no key set. Make it answer, then try again.' };
}
