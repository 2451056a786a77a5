/** For tests: data folders made on the spot, and a sink that keeps what it is given and holds the loader to its word. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Resource } from '@medplum/fhirtypes';
import { parseReference, referencesOf } from '../fhir/references.ts';
import type { Sink } from './load-folder.ts';

/** A folder with these files; a name that ends in `.gz` is packed. Resolves to its path. */
export async function folderOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'refloop-data-'));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, name.toLowerCase().endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content);
  }
  return folder;
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

export const ndjson = (...resources: readonly object[]): string => resources.map((resource) => `${JSON.stringify(resource)}\n`).join('');

export const patient = (id: string): object => ({ resourceType: 'Patient', id });
export const observation = (id: string, reference: string): object => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'Weight' },
  subject: { reference },
});

export type Collected = { sink: Sink; stored: Map<string, Resource>; calls: number[] };

/** Stores in memory and refuses, as the FHIR server does, what refers to something neither stored nor in the same call. */
export function collector(): Collected {
  const stored = new Map<string, Resource>();
  const calls: number[] = [];
  const sink: Sink = (resources) => {
    calls.push(resources.length);
    const given = new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id ?? ''}`, resource]));
    const refused: Awaited<ReturnType<Sink>>['refused'] = [];
    for (let before = -1; before !== given.size; ) {
      before = given.size;
      for (const [name, resource] of given) {
        const bad = referencesOf(resource).find(({ text }) => {
          const target = parseReference(text);
          if (target.kind === 'contained' || target.kind === 'elsewhere') return false;
          return (
            target.kind !== 'local' ||
            !(given.has(`${target.resourceType}/${target.id}`) || stored.has(`${target.resourceType}/${target.id}`))
          );
        });
        if (!bad) continue;
        given.delete(name);
        refused.push({ resourceType: resource.resourceType, id: resource.id ?? '', reason: `${bad.path} does not resolve` });
      }
    }
    for (const [name, resource] of given) stored.set(name, resource);
    return Promise.resolve({ taken: given.size, refused });
  };
  return { sink, stored, calls };
}
