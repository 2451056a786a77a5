import { copyFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Encounter, ExplanationOfBenefit, Observation, PractitionerRole, Resource } from '@medplum/fhirtypes';
import { afterEach, describe, expect, it } from 'vitest';
import { type ImportReport, loadFolder, type Sink } from './load-folder.ts';
import { fingerprintOf } from './source-files.ts';
import { type Collected, collector, folderOf, ndjson, observation, patient, removeFolder } from './test-folder.ts';

const fixture = new URL('../../fixtures/synthea-shape', import.meta.url).pathname;
const made: string[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map(removeFolder));
});

async function folder(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const path = await folderOf(files);
  made.push(path);
  return path;
}

async function load(path: string): Promise<Collected & { report: ImportReport }> {
  const collected = collector();
  const result = await loadFolder(path, collected.sink);
  if (result.kind !== 'loaded') throw new Error(result.reason);
  const { report } = result;
  expect(report.taken + report.refused.length).toBe(report.read);
  return { ...collected, report };
}

const byType = <T extends Resource>(stored: ReadonlyMap<string, Resource>, type: T['resourceType']): T[] =>
  [...stored.values()].filter((resource): resource is T => resource.resourceType === type);

describe('a folder in the shape of a Synthea export', () => {
  it('is taken whole, whatever the order of its files', async () => {
    const { report, stored } = await load(fixture);
    expect(report).toEqual({ read: 12, taken: 12, refused: [] });
    expect(stored.size).toBe(12);
  });

  it('keeps the uuid of a urn:uuid entry as its id and rewrites what refers to it', async () => {
    const { stored } = await load(fixture);
    const [encounter] = byType<Encounter>(stored, 'Encounter');
    const [patientFound] = byType(stored, 'Patient');
    expect(patientFound?.id).toMatch(/^[0-9a-f]{8}-/);
    expect(encounter?.subject?.reference).toBe(`Patient/${patientFound?.id}`);
    expect(JSON.stringify([...stored.values()])).not.toContain('"reference":"urn:uuid:');
  });

  it('resolves conditional references into other files', async () => {
    const { stored } = await load(fixture);
    const [role] = byType<PractitionerRole>(stored, 'PractitionerRole');
    const [practitioner] = byType(stored, 'Practitioner');
    expect(role?.practitioner?.reference).toBe(`Practitioner/${practitioner?.id}`);
    expect(JSON.stringify([...stored.values()])).not.toContain('?identifier=');
  });

  it('is taken without its practitioner and hospital files too, which are then named by identifier', async () => {
    const path = await folder({});
    await copyFile(join(fixture, 'fhir/Wendell57_Sample902.json'), join(path, 'patient.json'));
    const { sink, stored } = collector();
    const result = await loadFolder(path, sink);
    expect(result).toEqual({ kind: 'loaded', report: { read: 8, taken: 8, refused: [] }, keptByIdentifier: 7 });
    const [encounter] = byType<Encounter>(stored, 'Encounter');
    expect(encounter?.participant?.[0]?.individual).toEqual({
      type: 'Practitioner',
      identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '9999994392' },
      display: 'Dr. Orla295 Fixture811',
    });
  });

  it('keeps staff and payers it refers to by Type/id, and the folder leaves out, by that name', async () => {
    const observed = { ...observation('o', 'Patient/p'), performer: [{ reference: 'Practitioner/77', display: 'Dr. Far' }] };
    const path = await folder({ 'a.ndjson': ndjson(patient('p'), observed as Resource) });
    const { report, stored } = await load(path);
    expect(report).toEqual({ read: 2, taken: 2, refused: [] });
    expect(byType<Observation>(stored, 'Observation')[0]?.performer).toEqual([
      {
        type: 'Practitioner',
        identifier: { system: 'urn:refloop:sandbox:reference-of-the-export', value: 'Practitioner/77' },
        display: 'Dr. Far',
      },
    ]);
  });

  it('refuses a conditional reference to a patient the folder does not hold', async () => {
    const { report } = await load(await folder({ 'a.ndjson': ndjson(observation('o', 'Patient?identifier=urn:s|1')) }));
    expect(report).toMatchObject({ read: 1, taken: 0, refused: [{ file: 'a.ndjson', line: 1, resourceType: 'Observation', id: 'o' }] });
  });

  it('leaves references to contained resources alone', async () => {
    const { stored } = await load(fixture);
    const [benefit] = byType<ExplanationOfBenefit>(stored, 'ExplanationOfBenefit');
    expect(benefit?.insurance[0]?.coverage.reference).toBe('#coverage');
  });

  it('takes a conditional create that another Bundle already made as that one resource', async () => {
    const path = await folder({});
    for (const name of await readdir(join(fixture, 'fhir'))) await copyFile(join(fixture, 'fhir', name), join(path, name));
    const again = {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        {
          fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001',
          resource: {
            resourceType: 'Practitioner',
            id: '00000000-0000-4000-8000-000000000001',
            identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '9999994392' }],
          },
          request: { method: 'POST', url: 'Practitioner', ifNoneExist: 'identifier=http://hl7.org/fhir/sid/us-npi|9999994392' },
        },
        {
          fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000002',
          resource: { resourceType: 'PractitionerRole', practitioner: { reference: 'urn:uuid:00000000-0000-4000-8000-000000000001' } },
          request: { method: 'POST', url: 'PractitionerRole' },
        },
      ],
    };
    await writeFile(join(path, 'z.json'), JSON.stringify(again));
    const { report, stored } = await load(path);
    expect(report.refused).toEqual([]);
    expect(byType(stored, 'Practitioner')).toHaveLength(1);
    const roles = byType<PractitionerRole>(stored, 'PractitionerRole').map((role) => role.practitioner?.reference);
    expect(new Set(roles).size).toBe(1);
  });
});

describe('what is read', () => {
  it('finds json and ndjson, plain and packed, whatever the case, in subfolders', async () => {
    const path = await folder({
      'a.NDJSON': ndjson(patient('a')),
      'deep/er/b.json.GZ': JSON.stringify(patient('b')),
      'c.ndjson.gz': ndjson(patient('c')),
      'd.Json': JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [{ resource: patient('d') }] }),
      'notes.txt': 'not read',
      'e.xml': '<Patient/>',
    });
    const { stored } = await load(path);
    expect([...stored.keys()].sort()).toEqual(['Patient/a', 'Patient/b', 'Patient/c', 'Patient/d']);
  });

  it('follows a link to a folder once, also one that leads back', async () => {
    const path = await folder({ 'a.ndjson': ndjson(patient('a')) });
    await symlink(path, join(path, 'again'));
    expect((await load(path)).report).toEqual({ read: 1, taken: 1, refused: [] });
  });

  it('takes the kinds of Bundle, and absolute fullUrls of another server', async () => {
    const base = 'https://ehr.example.org/fhir';
    const entries = [
      { fullUrl: `${base}/Observation/o`, resource: observation('o', `${base}/Patient/p`) },
      { fullUrl: `${base}/Patient/p`, resource: patient('p') },
    ];
    for (const type of ['collection', 'transaction', 'batch', 'searchset', 'document']) {
      const { report, stored } = await load(await folder({ 'b.json': JSON.stringify({ resourceType: 'Bundle', type, entry: entries }) }));
      expect(report).toEqual({ read: 2, taken: 2, refused: [] });
      expect(stored.get('Observation/o')).toMatchObject({ subject: { reference: 'Patient/p' } });
    }
  });

  it('resolves references across files in any order, cycles too', async () => {
    const encounter = (id: string, condition: string): object => ({
      resourceType: 'Encounter',
      id,
      status: 'finished',
      class: { code: 'AMB' },
      diagnosis: [{ condition: { reference: condition } }],
    });
    const condition = (id: string, at: string): object => ({
      resourceType: 'Condition',
      id,
      subject: { reference: 'Patient/p' },
      encounter: { reference: at },
    });
    const path = await folder({
      '1.ndjson': ndjson(condition('c', 'Encounter/e'), observation('o', 'Patient/p')),
      '2.ndjson': ndjson(encounter('e', 'Condition/c')),
      '3.ndjson': ndjson(patient('p')),
    });
    expect((await load(path)).report).toEqual({ read: 4, taken: 4, refused: [] });
  });
});

describe('what is refused', () => {
  it('names file and line of each bad line and takes the others', async () => {
    const path = await folder({
      'sub/mixed.ndjson': [
        JSON.stringify(patient('one')),
        '',
        '{"resourceType":"Patient","id":',
        '[1,2]',
        JSON.stringify({ id: 'nameless' }),
        JSON.stringify({ resourceType: 'Patient' }),
        JSON.stringify(observation('lost', 'Patient/nobody')),
        JSON.stringify(patient('two')),
      ].join('\n'),
    });
    const { report, stored } = await load(path);
    expect([...stored.keys()]).toEqual(['Patient/one', 'Patient/two']);
    expect(report.read).toBe(7);
    expect(report.refused.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'sub/mixed.ndjson:3',
      'sub/mixed.ndjson:4',
      'sub/mixed.ndjson:5',
      'sub/mixed.ndjson:6',
      'sub/mixed.ndjson:7',
    ]);
    expect(report.refused[4]).toMatchObject({ resourceType: 'Observation', id: 'lost' });
    for (const { reason } of report.refused) expect(reason).toMatch(/\w/);
  });

  it('names the line of a bad entry in a Bundle and takes the others', async () => {
    const path = await folder({
      'bundle.json': `{
  "resourceType": "Bundle",
  "type": "collection",
  "entry": [
    { "resource": { "resourceType": "Patient", "id": "good" } },
    { "resource": { "resourceType": "Patient", "id": tru } },
    { "request": { "method": "DELETE", "url": "Patient/x" } },
    null,
    { "resource": { "resourceType": "Patient", "id": "last" } }
  ]
}`,
    });
    const { report, stored } = await load(path);
    expect([...stored.keys()].sort()).toEqual(['Patient/good', 'Patient/last']);
    expect(report.refused.map(({ line }) => line)).toEqual([6, 7, 8]);
  });

  it('says so when a file is cut off, and keeps what came before', async () => {
    const whole = JSON.stringify({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: patient('a') }, { resource: patient('b') }],
    });
    const path = await folder({ 'cut.json': whole.slice(0, -12) });
    const { report, stored } = await load(path);
    expect([...stored.keys()]).toEqual(['Patient/a']);
    expect(report.refused[0]).toMatchObject({ file: 'cut.json', line: 1 });
    expect(report.refused[0]?.reason).toMatch(/byte \d+ does not end/);
  });

  it('says so when a packed file is damaged', async () => {
    const { gzipSync } = await import('node:zlib');
    const packed = gzipSync(ndjson(patient('a'), patient('b')));
    const path = await folder({
      'x.ndjson.gz': packed.subarray(0, packed.length - 9),
      'y.ndjson.gz': Buffer.from('no gzip'),
      'z.ndjson': ndjson(patient('z')),
    });
    const { report, stored } = await load(path);
    expect(stored.has('Patient/z')).toBe(true);
    expect(report.refused.filter(({ file }) => file.endsWith('.gz')).map(({ file }) => file)).toEqual(['x.ndjson.gz', 'y.ndjson.gz']);
    for (const { reason } of report.refused) expect(reason).toMatch(/cannot be unpacked/);
  });

  it('gives the byte offset of a record over 16 MiB, in NDJSON and in a Bundle, and goes on', async () => {
    const big = { ...patient('big'), name: [{ text: 'x'.repeat(17 * 1024 * 1024) }] };
    const opening = '{"resourceType":"Bundle","type":"collection","entry":[';
    const path = await folder({
      'lines.ndjson': ndjson(patient('a'), big, patient('b')),
      'bundle.json': `${opening}${JSON.stringify({ resource: big })},${JSON.stringify({ resource: patient('c') })}]}`,
    });
    const { report, stored } = await load(path);
    expect([...stored.keys()].sort()).toEqual(['Patient/a', 'Patient/b', 'Patient/c']);
    const first = Buffer.byteLength(ndjson(patient('a')));
    expect(report.refused.map(({ file, line, reason }) => ({ file, line, reason }))).toEqual([
      { file: 'bundle.json', line: 1, reason: `The record that begins at byte ${opening.length} of the unpacked file is over 16 MiB.` },
      { file: 'lines.ndjson', line: 2, reason: `The record that begins at byte ${first} of the unpacked file is over 16 MiB.` },
    ]);
  });

  it('refuses a conditional reference that several resources answer to', async () => {
    const practitioner = (id: string): object => ({ resourceType: 'Practitioner', id, identifier: [{ system: 'urn:s', value: '1' }] });
    const role = { resourceType: 'PractitionerRole', id: 'r', practitioner: { reference: 'Practitioner?identifier=urn:s|1' } };
    const { report } = await load(await folder({ 'a.ndjson': ndjson(role, practitioner('p'), practitioner('q')) }));
    expect(report.taken).toBe(2);
    expect(report.refused).toEqual([
      expect.objectContaining({
        file: 'a.ndjson',
        line: 1,
        resourceType: 'PractitionerRole',
        id: 'r',
        reason: expect.stringContaining('several'),
      }),
    ]);
  });

  it('takes the same resource twice as one, and names the earlier of two that differ', async () => {
    const same = await load(await folder({ 'a.ndjson': ndjson(patient('a')), 'b.ndjson': ndjson(patient('a')) }));
    expect(same.report).toEqual({ read: 2, taken: 2, refused: [] });
    const changed = { ...patient('a'), gender: 'female' };
    const { report, stored } = await load(await folder({ 'a.ndjson': ndjson(patient('a')), 'b.ndjson': ndjson(changed) }));
    expect(stored.get('Patient/a')).toMatchObject({ gender: 'female' });
    expect(report.refused).toEqual([
      expect.objectContaining({ file: 'a.ndjson', line: 1, reason: expect.stringContaining('b.ndjson, line 1') }),
    ]);
  });

  it('calls a folder without data, or without itself, unusable', async () => {
    const { sink } = collector();
    const empty = await folder({ 'readme.txt': 'nothing' });
    expect(await loadFolder(empty, sink)).toMatchObject({ kind: 'unusable', reason: expect.stringContaining('no *.json') });
    expect(await loadFolder(join(empty, 'missing'), sink)).toMatchObject({ kind: 'unusable', reason: expect.stringContaining('ENOENT') });
  });
});

describe('a large folder', () => {
  it('is handed over in calls of bounded size, each whole in itself, with progress told', async () => {
    const patients = Array.from({ length: 3000 }, (_, index) => patient(`p${index}`));
    const observations = patients.map((_, index) => observation(`o${index}`, `Patient/p${2999 - index}`));
    const path = await folder({ 'a-observations.ndjson': ndjson(...observations), 'b-patients.ndjson.gz': ndjson(...patients) });
    const { sink, calls } = collector();
    const told: number[] = [];
    const result = await loadFolder(path, sink, { onProgress: ({ taken }) => told.push(taken) });
    expect(result).toEqual({ kind: 'loaded', report: { read: 6000, taken: 6000, refused: [] }, keptByIdentifier: 0 });
    expect(Math.max(...calls)).toBeLessThan(1100);
    expect(told.at(-1)).toBe(6000);
    expect(told).toHaveLength(calls.length);
  });

  it('leaves nothing in the scratch folder, also when the sink fails', async () => {
    const scratch = await folder({});
    const path = await folder({ 'a.ndjson': ndjson(patient('a')) });
    const failing: Sink = async () => {
      expect(await readdir(scratch)).toEqual([]);
      throw new Error('no database');
    };
    await expect(loadFolder(path, failing, { scratch })).rejects.toThrow('no database');
    expect(await readdir(scratch)).toEqual([]);
  });
});

describe('fingerprintOf', () => {
  it('is equal for a copy, and different after a change of name or content', async () => {
    const files = { 'a.ndjson': ndjson(patient('a')), 'sub/b.json': JSON.stringify(patient('b')), 'notes.txt': '1' };
    const original = await fingerprintOf(await folder(files));
    expect(await fingerprintOf(await folder({ ...files, 'notes.txt': '2' }))).toBe(original);
    expect(await fingerprintOf(await folder({ ...files, 'a.ndjson': ndjson(patient('c')) }))).not.toBe(original);
    const { 'a.ndjson': first, ...rest } = files;
    expect(await fingerprintOf(await folder({ ...rest, 'c.ndjson': first }))).not.toBe(original);
  });
});
