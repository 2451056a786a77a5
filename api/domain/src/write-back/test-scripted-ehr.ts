/** An EHR for tests: it keeps what is written and fails as the script says, after or before the write took effect. */
import type { EhrFailure, EhrPort, EhrWrite, Resource } from '../fhir/ehr-port.ts';
import { ok, refuse } from '../result.ts';

/** What happens to one write: `lost` = written, answer lost; `late` = written only after so many looks. */
export type WriteFate =
  | { kind: 'answered' }
  | { kind: 'lost' }
  | { kind: 'dropped' }
  | { kind: 'late'; looks: number }
  | { kind: 'status'; status: number };

export type ScriptedEhr = EhrPort & { stored: Map<string, Resource>; writes: EhrWrite[]; looks: string[] };

export type EhrHabits = {
  /** What the EHR makes of a resource before it keeps it: drops fields, rewrites them. */
  keeps?: (resource: Resource) => Resource;
  /** When it stores something, ISO 8601. */
  now?: () => string;
};

const noAnswer: EhrFailure = { kind: 'no-answer', detail: 'No answer within 15 seconds' };

/** @param fates one for each write in turn; further ones are answered */
export function scriptedEhr(fates: readonly WriteFate[], before: readonly Resource[] = [], habits: EhrHabits = {}): ScriptedEhr {
  const stored = new Map(before.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
  const writes: EhrWrite[] = [];
  const looks: string[] = [];
  const delayed: { looks: number; store: () => void }[] = [];

  const store = ({ method, path, resource }: EhrWrite): Resource => {
    const id = method === 'PUT' ? (path.split('/')[1] ?? '') : `made-${stored.size + 1}`;
    const version = Number(stored.get(`${resource.resourceType}/${id}`)?.meta?.versionId ?? '0') + 1;
    const meta = { versionId: String(version), ...(habits.now ? { lastUpdated: habits.now() } : {}) };
    const kept = { ...(habits.keeps?.(resource) ?? resource), id, meta };
    stored.set(`${resource.resourceType}/${id}`, kept);
    return kept;
  };

  return {
    base: 'https://ehr.example.org/fhir',
    stored,
    writes,
    looks,
    get: async (path) => {
      looks.push(path);
      for (const late of delayed) {
        late.looks -= 1;
        if (late.looks === 0) late.store();
      }
      const direct = stored.get(path);
      if (direct) return ok(direct);
      const [type = '', query = ''] = path.split('?');
      if (query === '') return refuse({ kind: 'http', status: 404, detail: 'Not found' });
      const identifier = /(?:^|&)identifier=[^&]*?(?:%7C|\|)([^&]+)/.exec(query)?.[1];
      const entry = [...stored.values()]
        .filter((resource) => resource.resourceType === type)
        .filter((resource) => identifier === undefined || JSON.stringify(resource).includes(identifier))
        .map((resource) => ({ resource }));
      return ok({ resourceType: 'Bundle', entry });
    },
    write: async (write) => {
      writes.push(write);
      const fate = fates[writes.length - 1] ?? { kind: 'answered' };
      const current = stored.get(write.path)?.meta?.versionId;
      if (write.ifMatch !== undefined && current !== undefined && current !== write.ifMatch) {
        return refuse({ kind: 'http', status: 412, detail: 'The version is not the newest.' });
      }
      switch (fate.kind) {
        case 'answered': {
          const kept = store(write);
          return ok({ reference: `${kept.resourceType}/${kept.id}`, versionId: kept.meta?.versionId, resource: kept });
        }
        case 'lost':
          store(write);
          return refuse(noAnswer);
        case 'dropped':
          return refuse(noAnswer);
        case 'late':
          delayed.push({ looks: fate.looks, store: () => void store(write) });
          return refuse(noAnswer);
        case 'status':
          return refuse({ kind: 'http', status: fate.status, detail: 'As scripted' });
      }
    },
  };
}
