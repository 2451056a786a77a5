/** For tests: an EHR that calls CDS services, with a key of its own. */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { CdsClient } from './registered-client.ts';

export const TEST_ADDRESS = 'http://127.0.0.1:4020';

export type TestClient = {
  client: CdsClient;
  jwk: JWK;
  /** A good token for this path, but for what is told. */
  token: (path: string, more?: { claims?: Record<string, unknown>; header?: Record<string, unknown>; now?: Date }) => Promise<string>;
};

export async function newTestClient(iss: string, sites: string[], alg: 'ES384' | 'RS384' = 'ES384'): Promise<TestClient> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const kid = `key of ${iss}`;
  const jwk: JWK = { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' };
  return {
    client: { iss, jku: undefined, jwks: { keys: [jwk] }, sites },
    jwk,
    token: (path, { claims = {}, header = {}, now = new Date() } = {}) => {
      const iat = Math.floor(now.getTime() / 1000);
      const whole = { iss, aud: `${TEST_ADDRESS}${path}`, iat, exp: iat + 300, jti: randomUUID(), ...claims };
      // What a test takes away is left out, not sent as null.
      const told = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
      const kept = Object.fromEntries(Object.entries({ alg, typ: 'JWT', kid, ...header }).filter(([, value]) => value !== undefined));
      return new SignJWT(told).setProtectedHeader({ ...kept, alg }).sign(pair.privateKey);
    },
  };
}

/** A call of order-select for pat-1, with everything sent along. */
export const selectCall = (
  fhirServer: string,
  order: Record<string, unknown>,
  chart: Record<string, unknown>[],
): Record<string, unknown> => ({
  hook: 'order-select',
  hookInstance: randomUUID(),
  fhirServer,
  context: {
    userId: 'Practitioner/dr-lee',
    patientId: 'pat-1',
    selections: [`ServiceRequest/${String(order['id'])}`],
    draftOrders: { resourceType: 'Bundle', type: 'collection', entry: [{ resource: order }] },
  },
  prefetch: {
    patient: chart.find(({ resourceType }) => resourceType === 'Patient') ?? null,
    coverage: {
      resourceType: 'Bundle',
      type: 'searchset',
      entry: chart.filter(({ resourceType }) => resourceType === 'Coverage').map((resource) => ({ resource })),
    },
  },
});
