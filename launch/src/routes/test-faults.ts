/** For tests of faults: a token that has some, a document to write, and the EHR on a real connection. */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { DocumentReference } from '@medplum/fhirtypes';
import type { FaultName } from '../modes/faults.ts';
import { tokensIn } from './test-backend.ts';
import type { TestEhr } from './test-ehr.ts';

export const SCOPE =
  'launch openid fhirUser online_access patient/Patient.r patient/ServiceRequest.crus patient/DocumentReference.crus patient/Task.crus patient/Provenance.crs patient/Binary.r';

export const faultyToken = async (ehr: TestEhr, ...faults: FaultName[]): Promise<string> =>
  (await tokensIn(ehr, { faults, scope: SCOPE })).access_token;

export const documentOf = (title: string): DocumentReference => ({
  resourceType: 'DocumentReference',
  status: 'current',
  subject: { reference: 'Patient/pat-a' },
  description: title,
  content: [{ attachment: { contentType: 'text/plain', data: 'bm90ZQ==' } }],
});

/** How many documents of this title the EHR holds. */
export async function keptCount(ehr: TestEhr, title: string): Promise<number> {
  const { matches } = await ehr.repository.search<DocumentReference>('DocumentReference', 'patient=pat-a&_count=1000');
  return matches.filter((one) => one.description === title).length;
}

export type Connection = { ask: (method: string, path: string, token?: string, body?: unknown) => Promise<Response> };

/** The EHR on a port of its own: a connection that ends does so only where there is one. */
export async function overConnection(ehr: TestEhr, work: (connection: Connection) => Promise<void>): Promise<void> {
  const server = serve({ fetch: ehr.app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  try {
    await work({
      ask: (method, path, token, body) =>
        fetch(`http://127.0.0.1:${port}${path}`, {
          method,
          headers: {
            ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
            ...(body === undefined ? {} : { 'Content-Type': 'application/fhir+json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
    });
  } finally {
    await new Promise((done) => server.close(done));
  }
}
