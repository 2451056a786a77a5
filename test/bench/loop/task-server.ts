/** The other side of the outbox, in a thread of its own: a FHIR server over HTTP that keeps Tasks with their versions (If-Match, search by identifier). */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

export type KeptTask = {
  resourceType: 'Task';
  id: string;
  identifier: { system: string; value: string }[];
  status: string;
  meta: { versionId: string };
};

export type TaskServer = { base: string; close: () => Promise<void> };

export async function startTaskServer(): Promise<TaskServer> {
  const worker = new Worker(new URL(import.meta.url));
  const port = await new Promise<number>((done, failed) => {
    worker.once('message', done);
    worker.once('error', failed);
  });
  return { base: `http://127.0.0.1:${port}/fhir`, close: async () => void (await worker.terminate()) };
}

function serve(): void {
  const tasks = new Map<string, KeptTask>();
  const byIdentifier = new Map<string, string>();
  const keep = (id: string, resource: KeptTask, version: number): KeptTask => {
    const kept = { ...resource, id, meta: { versionId: String(version) } };
    tasks.set(id, kept);
    for (const { system, value } of kept.identifier) byIdentifier.set(`${system}|${value}`, id);
    return kept;
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const [, , , id] = pathname.split('/');
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/fhir+json' });
      response.end(JSON.stringify(body));
    };
    const held = id === undefined ? undefined : tasks.get(id);
    if (request.method === 'GET' && id !== undefined) return held ? answer(200, held) : answer(404, { resourceType: 'OperationOutcome' });
    if (request.method === 'GET') {
      const found = tasks.get(byIdentifier.get(searchParams.get('identifier') ?? '') ?? '');
      return answer(200, {
        resourceType: 'Bundle',
        type: 'searchset',
        entry: found ? [{ resource: found, search: { mode: 'match' } }] : [],
      });
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const resource = JSON.parse(Buffer.concat(chunks).toString('utf8')) as KeptTask;
      if (request.method === 'POST') return answer(201, keep(`t${tasks.size + 1}`, resource, 1));
      if (!held || id === undefined) return answer(404, { resourceType: 'OperationOutcome' });
      const { versionId } = held.meta;
      if (request.headers['if-match'] !== `W/"${versionId}"`) return answer(412, { resourceType: 'OperationOutcome' });
      return answer(200, keep(id, resource, Number(versionId) + 1));
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port, []));
}

if (!isMainThread) serve();
