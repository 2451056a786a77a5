/** A small payer's export for tests: two networks of one payer, a plan on each, one cardiologist in Hartford. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DIRECTORY_EXTENSION, PLAN_NET_CODES, PLAN_NET_EXTENSION } from '@refloop/domain/network/plan-net';
import { type ImportedDirectory, importDirectory } from './import-directory.ts';

export type Row = { resourceType: string; id: string; [field: string]: unknown };

const UPDATED = '2026-11-01T08:00:00Z';
const concept = (system: string, code: string) => ({ coding: [{ system, code }] });
export const nucc = (code: string) => concept('http://nucc.org/provider-taxonomy', code);
export const reference = (target: string) => ({ reference: target });

export const NPI = '1234567893';

const row = (resourceType: string, id: string, fields: object): Row => ({ resourceType, id, meta: { lastUpdated: UPDATED }, ...fields });

export const payer = () =>
  row('Organization', 'acme', { active: true, name: 'Acme of CT', type: [concept(PLAN_NET_CODES.organizationType, 'payer')] });
export const network = (id: string, fields: object = {}) =>
  row('Organization', id, {
    active: true,
    name: `Acme ${id}`,
    type: [concept(PLAN_NET_CODES.organizationType, 'ntwk')],
    partOf: reference('Organization/acme'),
    ...fields,
  });
export const plan = (id: string, networkId: string, fields: object = {}) =>
  row('InsurancePlan', id, {
    status: 'active',
    name: `Acme ${id}`,
    identifier: [{ value: id.toUpperCase() }],
    type: [concept(PLAN_NET_CODES.productType, 'qhp')],
    ownedBy: reference('Organization/acme'),
    administeredBy: reference('Organization/acme'),
    network: [reference(`Organization/${networkId}`)],
    ...fields,
  });
export const practitioner = (fields: object = {}) =>
  row('Practitioner', 'solo', {
    active: true,
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: NPI }],
    name: [{ family: 'Solo', given: ['Hanna', 'M.'], suffix: ['MD'] }],
    gender: 'female',
    communication: [concept('urn:ietf:bcp:47', 'ja'), concept('urn:ietf:bcp:47', 'en')],
    qualification: [{ code: nucc('207RC0000X') }],
    ...fields,
  });
export const clinic = (fields: object = {}) => row('Organization', 'clinic', { active: true, name: 'Hartford Heart Clinic', ...fields });
export const location = (id = 'main-street', fields: object = {}) =>
  row('Location', id, {
    status: 'active',
    name: 'Hartford Heart Clinic',
    telecom: [{ system: 'phone', value: '(203) 555-0111' }],
    address: { line: ['123 Main Street'], city: 'Hartford', state: 'CT', postalCode: '06103-1234' },
    position: { latitude: 41.767, longitude: -72.677 },
    ...fields,
  });
export const accepting = (code: string, networkId?: string) => ({
  url: PLAN_NET_EXTENSION.newPatients,
  extension: [
    { url: 'acceptingPatients', valueCodeableConcept: concept(PLAN_NET_CODES.acceptingPatients, code) },
    ...(networkId === undefined ? [] : [{ url: 'fromNetwork', valueReference: reference(`Organization/${networkId}`) }]),
  ],
});
export const inNetwork = (networkId: string) => ({
  url: PLAN_NET_EXTENSION.networkReference,
  valueReference: reference(`Organization/${networkId}`),
});
export const verified = (date: string) => ({ url: DIRECTORY_EXTENSION.verifiedOn, valueDate: date });
export const role = (id: string, extension: readonly object[], fields: object = {}) =>
  row('PractitionerRole', id, {
    extension,
    active: true,
    practitioner: reference('Practitioner/solo'),
    organization: reference('Organization/clinic'),
    specialty: [nucc('207RC0000X')],
    location: [reference('Location/main-street')],
    telecom: [
      { system: 'phone', value: '203-555-0111' },
      { system: 'fax', value: '203-555-0112' },
    ],
    ...fields,
  });

/** Everything but the roles. */
export const base = (): Row[] => [
  payer(),
  network('standard'),
  network('premium'),
  plan('silver', 'standard'),
  plan('gold', 'premium'),
  practitioner(),
  clinic(),
  location(),
];

export const ndjson = (rows: readonly Row[]): string => rows.map((line) => `${JSON.stringify(line)}\n`).join('');

/** Writes the files into a fresh folder, imports it, removes it. */
export async function importFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: { trustLastUpdated?: boolean } = {},
): Promise<ImportedDirectory> {
  const folder = await mkdtemp(join(tmpdir(), 'refloop-import-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    return await importDirectory({ source: folder, importedOn: '2026-11-20', ...options });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const importRows = (rows: readonly Row[], options: { trustLastUpdated?: boolean } = {}): Promise<ImportedDirectory> =>
  importFiles({ 'export.ndjson': ndjson(rows) }, options);
