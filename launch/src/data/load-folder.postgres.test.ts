import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../fhir/test-server.ts';
import { loadFolder } from './load-folder.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('into the FHIR server', () => {
  it('loads a folder in the shape of a Synthea export, and again without harm', async () => {
    const folder = new URL('../../fixtures/synthea-shape', import.meta.url).pathname;
    for (const _ of [1, 2]) {
      const result = await loadFolder(folder, (resources) => server.repository.loadResources(resources));
      expect(result).toEqual({ kind: 'loaded', report: { read: 12, taken: 12, refused: [] }, keptByIdentifier: 0 });
    }
    const { matches } = await server.repository.search('Condition', 'patient.name=Sample902');
    expect(matches).toHaveLength(1);
  });
});
