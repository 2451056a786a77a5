import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../fhir/test-server.ts';
import { resources } from './test-charts.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('the sandbox FHIR server', () => {
  it('takes every built-in resource, and finds a chart by its patient', async () => {
    const report = await server.repository.loadResources(resources);
    expect(report).toEqual({ taken: resources.length, refused: [] });
    const { matches } = await server.repository.search('ServiceRequest', 'patient=child&status=draft');
    expect(matches.map(({ id }) => id)).toEqual(['child-referral']);
  });
});
