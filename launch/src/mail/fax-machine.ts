/**
 * The fax machine of the sandbox's offices: what they send to the practice comes out at the practice's own gateway, which signs the very file and hands
 * it to Refloop (its door for documents that came in: a JWT of the gateway's key with the digest of the file).
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { importJWK, type JWK, SignJWT } from 'jose';

/** By which the site file knows it. */
const NAME = 'sandbox-fax';
const LIFETIME_SECONDS = 120;
const PATIENCE_MS = 20_000;

export type FaxMachine = { send: (pages: Uint8Array<ArrayBuffer>) => Promise<'arrived' | 'not-taken'> };

export type FaxMachineOptions = {
  /** The path of its private JWK. */
  keyFile: string;
  /** Where Refloop is, and the FHIR base of the practice whose fax it is. */
  refloop: string;
  fhirBase: string;
  now: () => Date;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
};

export function createFaxMachine({ keyFile, refloop, fhirBase, now, fetch }: FaxMachineOptions): FaxMachine {
  const jwk = JSON.parse(readFileSync(keyFile, 'utf8')) as JWK;
  const key = importJWK(jwk, 'ES384');
  return {
    send: async (pages) => {
      const at = Math.floor(now().getTime() / 1000);
      const bearer = await new SignJWT({ sha256: createHash('sha256').update(pages).digest('hex') })
        .setProtectedHeader({ alg: 'ES384', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
        .setIssuer(NAME)
        .setSubject(fhirBase)
        .setAudience('/inbound/documents')
        .setJti(randomUUID())
        .setIssuedAt(at)
        .setExpirationTime(at + LIFETIME_SECONDS)
        .sign(await key);
      const taken = await fetch(`${refloop}/inbound/documents`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/octet-stream' },
        body: pages,
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      }).catch(() => undefined);
      return taken?.status === 201 ? 'arrived' : 'not-taken';
    },
  };
}
