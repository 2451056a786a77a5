import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NothingToRead, type Read, readExport } from './read-export.ts';
import { MAX_LINE_BYTES } from './read-lines.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refloop-export-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, content: string | Buffer): Promise<void> => writeFile(join(folder, name), content);
const patient = (id: string): string => JSON.stringify({ resourceType: 'Patient', id });

async function read(input = folder): Promise<{ rows: string[]; refused: string[]; all: Read[] }> {
  const all: Read[] = [];
  for await (const each of readExport(input)) all.push(each);
  return {
    rows: all.flatMap((each) => ('refused' in each ? [] : [`${each.table} ${each.row.id}`])),
    refused: all.flatMap((each) => ('refused' in each ? [`${each.refused.file}:${each.refused.line} ${each.refused.reason}`] : [])),
    all,
  };
}

test('lines of any ending, plain and .gz, in subfolders too; other types are passed over', async () => {
  await mkdir(join(folder, 'more'));
  await put('Patient.ndjson', `\uFEFF${patient('a')}\r\n\r\n${patient('b')}`);
  await put('more/Patient.ndjson.gz', gzipSync(`${patient('c')}\n`));
  await put('Observation.ndjson', `${JSON.stringify({ resourceType: 'Observation', id: 'o' })}\n`);
  await put('readme.txt', 'not read');
  expect(await read()).toMatchObject({ rows: ['patient a', 'patient b', 'patient c'], refused: [] });
});

test('what cannot be read is told with file and line, and stops nothing', async () => {
  const lines: (string | Buffer)[] = [
    patient('a'),
    '{"resourceType":"Patient"',
    '[]',
    '{"id":"x"}',
    '{"resourceType":"Patient"}',
    '{"resourceType":"ServiceRequest","id":"r","subject":{"reference":"Group/g"}}',
    Buffer.from([0x22, 0xff, 0x22]),
    patient('b'),
  ];
  await put('all.ndjson', Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
  const { rows, refused, all } = await read();
  expect(rows).toEqual(['patient a', 'patient b']);
  expect(refused).toEqual([
    'all.ndjson:2 It is not JSON.',
    'all.ndjson:3 It is no resource.',
    'all.ndjson:4 resourceType is missing.',
    'all.ndjson:5 id is missing.',
    'all.ndjson:6 subject names no Patient.',
    'all.ndjson:7 It is not UTF-8.',
  ]);
  expect(all[5]).toEqual({
    refused: { file: 'all.ndjson', line: 6, resourceType: 'ServiceRequest', id: 'r', reason: 'subject names no Patient.' },
  });
});

test('a line of more than 16 MiB is told by its place in bytes; the lines around it are taken', async () => {
  await put(
    'big.ndjson',
    Buffer.concat([Buffer.from(`${patient('a')}\n`), Buffer.alloc(MAX_LINE_BYTES + 1, 0x20), Buffer.from(`\n${patient('b')}\n`)]),
  );
  expect(await read()).toMatchObject({
    rows: ['patient a', 'patient b'],
    refused: [`big.ndjson:2 It is longer than 16 MiB (${MAX_LINE_BYTES + 1} bytes from byte ${patient('a').length + 1}).`],
  });
});

test('a .gz that breaks off gives what was whole and says where it ended', async () => {
  const many = Array.from({ length: 5000 }, (_, number) => patient(`p${number}-${Math.sin(number)}`)).join('\n');
  const whole = gzipSync(many);
  await put('Patient.ndjson.gz', whole.subarray(0, whole.length / 2));
  const { rows, refused } = await read();
  expect(rows.length).toBeGreaterThan(1000);
  expect(refused).toEqual([expect.stringMatching(new RegExp(`^Patient.ndjson.gz:${rows.length + 1} The file breaks off here`))]);
});

test('a Bundle: references by urn:uuid are resolved, an entry without an id keeps its uuid, a line that is a Bundle too', async () => {
  const entry = [
    { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', id: 'p' } },
    { fullUrl: 'urn:uuid:2', resource: { resourceType: 'ServiceRequest', subject: { reference: 'urn:uuid:1' } } },
    {
      fullUrl: 'https://ehr.example.org/fhir/Task/t',
      resource: {
        resourceType: 'Task',
        id: 't',
        for: { reference: 'urn:uuid:1' },
        basedOn: [{ reference: 'urn:uuid:2' }],
        focus: { reference: 'CarePlan/c' },
      },
    },
    { response: { status: '201' } },
  ];
  await put('bundle.json', JSON.stringify({ resourceType: 'Bundle', entry }));
  const fromBundle = await read(join(folder, 'bundle.json'));
  expect(fromBundle).toMatchObject({ rows: ['patient p', 'service_request 2', 'task t'], refused: [] });
  expect(fromBundle.all[1]).toMatchObject({ row: { patient: 'p' } });
  expect(fromBundle.all[2]).toMatchObject({ row: { patient: 'p', based_on: ['2'], focus: null } });
  await rm(join(folder, 'bundle.json'));
  await put('bundles.ndjson', `${JSON.stringify({ resourceType: 'Bundle', entry })}\n`);
  expect((await read()).all).toEqual(fromBundle.all);
});

test('a folder without anything to read, or none at all, is named', async () => {
  await expect(read()).rejects.toThrow(NothingToRead);
  await expect(read(join(folder, 'none'))).rejects.toThrow('Name a folder of NDJSON files, or a FHIR Bundle.');
  await put('broken.json', '{');
  expect((await read()).refused).toEqual(['broken.json:null It is not JSON.']);
});
