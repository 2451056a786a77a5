/** Exports as other payers write them: Bundles, absolute references, nothing beyond plain Plan-Net. */
import { describe, expect, test } from 'vitest';
import { base, importFiles, inNetwork, NPI, nucc, type Row, reference, role } from './test-export.ts';

const bundle = (entries: readonly object[]) => JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: entries });

describe('an export in another shape gives the same entry', () => {
  test('Bundles of absolute references with versions', async () => {
    const server = 'https://payer.example/fhir';
    const absolute = JSON.parse(
      JSON.stringify([...base(), role('role-1', [inNetwork('standard')])]).replaceAll(
        /"reference":"([^"]+)"/g,
        (_, target: string) => `"reference":"${server}/${target}/_history/3"`,
      ),
    ) as Row[];
    const { directory, report } = await importFiles({
      'page-1.json': bundle(
        absolute.slice(0, 4).map((resource) => ({ fullUrl: `${server}/${resource.resourceType}/${resource.id}`, resource })),
      ),
      'page-2.json': bundle(absolute.slice(4).map((resource) => ({ resource, search: { mode: 'match' } }))),
    });
    expect(report.refused).toEqual([]);
    expect(directory.entries.map((entry) => [entry.id, entry.networks.length])).toEqual([[`${NPI}~main-street~cardiology`, 1]]);
  });

  test('a Bundle whose resources know each other by urn:uuid only', async () => {
    const rows = [...base(), role('role-1', [inNetwork('standard')])];
    const uuid = new Map(
      rows.map((row, index) => [`${row.resourceType}/${row.id}`, `0b6d3ce0-0000-4000-8000-${String(index).padStart(12, '0')}`]),
    );
    const entries = rows.map((row) => {
      const { id: _id, ...resource } = JSON.parse(
        JSON.stringify(row).replaceAll(/"reference":"([^"]+)"/g, (_, target: string) => `"reference":"urn:uuid:${uuid.get(target)}"`),
      ) as Row;
      return { fullUrl: `urn:uuid:${uuid.get(`${row.resourceType}/${row.id}`)}`, resource };
    });
    const { directory, report } = await importFiles({ 'all.json': bundle(entries) });
    expect(report.refused).toEqual([]);
    expect(directory.entries).toHaveLength(1);
    expect(directory.entries[0]?.networks).toHaveLength(1);
    expect(directory.plans).toHaveLength(2);
  });

  test('a practitioner referred to by NPI, a network without a type, networks on InsurancePlan.plan', async () => {
    const rows = base()
      .filter((row) => row.resourceType !== 'InsurancePlan')
      .map((row) => (row.id === 'standard' ? { ...row, type: [{ text: 'Network' }] } : row));
    const plan: Row = {
      resourceType: 'InsurancePlan',
      id: 'silver',
      status: 'active',
      name: 'Silver',
      ownedBy: reference('Organization/acme'),
      plan: [{ identifier: [{ value: 'S-1' }], network: [reference('Organization/standard')] }],
    };
    const byNpi = role('role-1', [inNetwork('standard')], {
      practitioner: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: NPI } },
    });
    const { directory, report } = await importFiles({ 'x.json': bundle([...rows, plan, byNpi].map((resource) => ({ resource }))) });
    expect(report.refused).toEqual([]);
    expect(report.remarks.map((remark) => remark.reason)).toEqual(['type is not ntwk, but rows name it as a network']);
    expect(directory.plans[0]).toMatchObject({ identifiers: ['S-1'], networkIds: ['standard'] });
    expect(directory.entries).toHaveLength(1);
  });

  test('a role without any extension, a second specialty this product does not know, an area that plans cover', async () => {
    const state: Row = { resourceType: 'Location', id: 'connecticut', status: 'active', name: 'Connecticut', address: { state: 'CT' } };
    const rows = base().map((row) => (row.id === 'silver' ? { ...row, coverageArea: [reference('Location/connecticut')] } : row));
    const bare = role('role-1', [], { specialty: [nucc('207R00000X'), nucc('207RC0000X')], telecom: undefined });
    const { directory, report } = await importFiles({ 'x.json': bundle([...rows, state, bare].map((resource) => ({ resource }))) });
    expect(report.refused).toEqual([]);
    expect(directory.entries[0]).toMatchObject({ networks: [], ages: 'all', phone: '(203) 555-0111', channels: ['phone'] });
    expect(report.remarks.map((remark) => remark.reason)).toEqual([
      'specialty 207R00000X is none that this product refers to and was left out',
    ]);
  });
});
