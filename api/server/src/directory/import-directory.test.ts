import { gunzipSync, gzipSync } from 'node:zlib';
import type { Directory } from '@refloop/domain/network/directory';
import { DIRECTORY_EXTENSION, PLAN_NET_CODES, PLAN_NET_EXTENSION, SYNTHETIC_TAG } from '@refloop/domain/network/plan-net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accepting,
  base,
  clinic,
  importFiles,
  importRows,
  inNetwork,
  location,
  NPI,
  ndjson,
  network,
  nucc,
  plan,
  practitioner,
  type Row,
  reference,
  role,
  verified,
} from './test-export.ts';

const standardRole = (fields: object = {}) =>
  role('role-1', [inNetwork('standard'), accepting('newpt', 'standard'), verified('2026-10-20')], fields);
const premiumRole = (fields: object = {}) =>
  role('role-2', [inNetwork('premium'), accepting('existptonly', 'premium'), verified('2026-09-01')], fields);

describe('what a directory becomes', () => {
  test('roles of one practitioner, place and specialty are one entry, with each network’s own statement', async () => {
    const wait = {
      url: DIRECTORY_EXTENSION.averageWait,
      extension: [
        { url: 'days', valueInteger: 12 },
        { url: 'asOf', valueDate: '2026-10-01' },
      ],
    };
    const rating = {
      url: DIRECTORY_EXTENSION.patientRating,
      extension: [
        { url: 'stars', valueDecimal: 4.6 },
        { url: 'count', valueInteger: 31 },
      ],
    };
    const { directory, report } = await importRows([
      ...base(),
      role('role-1', [inNetwork('standard'), accepting('newpt', 'standard'), verified('2026-10-20'), wait], {
        period: { start: '2025-01-01' },
      }),
      role('role-2', [
        inNetwork('premium'),
        accepting('existptonly', 'premium'),
        verified('2026-09-01'),
        rating,
        { url: DIRECTORY_EXTENSION.acceptsEmergencies, valueBoolean: true },
        { url: DIRECTORY_EXTENSION.agesServed, valueCode: 'adults' },
        { url: DIRECTORY_EXTENSION.slidingScale, valueBoolean: false },
      ]),
    ]);
    expect(report.refused).toEqual([]);
    expect(directory).toMatchObject({ format: 'refloop-directory-1', asOf: '2026-11-01', synthetic: false });
    expect(directory.plans).toEqual([
      {
        id: 'gold',
        name: 'Acme gold',
        payer: { id: 'acme', name: 'Acme of CT' },
        identifiers: ['GOLD'],
        networkIds: ['premium'],
        productType: 'qhp',
      },
      {
        id: 'silver',
        name: 'Acme silver',
        payer: { id: 'acme', name: 'Acme of CT' },
        identifiers: ['SILVER'],
        networkIds: ['standard'],
        productType: 'qhp',
      },
    ]);
    expect(directory.networks).toEqual([
      { id: 'premium', name: 'Acme premium', payerId: 'acme' },
      { id: 'standard', name: 'Acme standard', payerId: 'acme' },
    ]);
    const [entry, second] = directory.entries;
    expect(second).toBeUndefined();
    expect(entry).toEqual({
      id: `${NPI}~main-street~cardiology`,
      npi: NPI,
      practitionerId: 'solo',
      roleIds: ['role-1', 'role-2'],
      name: { family: 'Solo', given: 'Hanna M.', credential: 'MD' },
      gender: 'female',
      nucc: '207RC0000X',
      specialty: 'cardiology',
      organization: { id: 'clinic', name: 'Hartford Heart Clinic' },
      location: {
        id: 'main-street',
        name: 'Hartford Heart Clinic',
        line: '123 Main Street',
        city: 'Hartford',
        state: 'CT',
        zip: '06103',
        unit: [expect.closeTo(0.2221, 3), expect.closeTo(-0.712, 3), expect.closeTo(0.6661, 3)],
        precision: 'address',
      },
      phone: '203-555-0111',
      fax: '203-555-0112',
      channels: ['fax', 'phone'],
      languages: ['en', 'ja'],
      ages: 'adults',
      acceptsEmergencies: true,
      slidingScale: false,
      wait: { days: 12, asOf: '2026-10-01' },
      rating: { stars: 4.6, count: 31 },
      networks: [
        { networkId: 'premium', accepting: 'existptonly', verifiedOn: '2026-09-01', source: 'Acme of CT' },
        { networkId: 'standard', accepting: 'newpt', from: '2025-01-01', verifiedOn: '2026-10-20', source: 'Acme of CT' },
      ],
      contradictions: [],
    });
  });

  test('the bytes are the directory, and the same rows give the same hash in whatever order and files they come', async () => {
    const rows: Row[] = [
      ...base(),
      standardRole(),
      premiumRole(),
      role('role-3', [inNetwork('standard'), accepting('nopt', 'standard'), verified('2026-10-20')], {
        telecom: [{ system: 'phone', value: '203-555-0199' }],
      }),
      role('role-4', [inNetwork('premium')], {
        location: [reference('Location/river')],
        specialty: [nucc('207RC0001X'), nucc('207RC0000X')],
      }),
      location('river', { address: { line: ['9 River Rd'], city: 'Hartford', state: 'CT', postalCode: '06106' }, position: undefined }),
      { ...location('river'), meta: { lastUpdated: '2025-01-01T00:00:00Z' } },
    ];
    const first = await importRows(rows);
    expect(JSON.parse(gunzipSync(first.bytes).toString('utf8')) as Directory).toEqual(first.directory);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length }),
        fc.integer({ min: 0, max: rows.length }),
        async (shuffled, cut) => {
          const again = await importFiles({
            'a.ndjson': ndjson(shuffled.slice(0, cut)),
            'b/c.ndjson.gz': gzipSync(ndjson(shuffled.slice(cut))),
          });
          expect(again.hash).toBe(first.hash);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('a location without a position stands at its ZIP code’s centroid and says so', async () => {
    const { directory } = await importRows([
      ...base().filter((row) => row.id !== 'main-street'),
      location('main-street', { position: undefined }),
      standardRole(),
    ]);
    expect(directory.entries[0]?.location.precision).toBe('zip');
  });

  test('a group’s contract counts for its practitioners, and is as old as the older of the two rows', async () => {
    const affiliation: Row = {
      resourceType: 'OrganizationAffiliation',
      id: 'contract',
      meta: { lastUpdated: '2026-11-01T00:00:00Z' },
      extension: [verified('2026-08-15')],
      active: true,
      period: { start: '2024-01-01', end: '2026-12-31' },
      participatingOrganization: reference('Organization/clinic'),
      network: [reference('Organization/standard'), reference('Organization/nowhere')],
    };
    const named = role('role-1', [accepting('newpt'), verified('2026-10-20')], { period: { start: '2025-06-01' } });
    const { directory, report } = await importRows([...base(), affiliation, named]);
    expect(directory.entries[0]?.networks).toEqual([
      {
        networkId: 'standard',
        accepting: 'newpt',
        from: '2025-06-01',
        until: '2026-12-31',
        verifiedOn: '2026-08-15',
        source: 'Acme of CT',
      },
    ]);
    expect(report.remarks.map((remark) => remark.reason)).toEqual([
      'network Organization/nowhere is not in this directory and was left out',
    ]);

    const elsewhere = await importRows([...base(), { ...affiliation, location: [reference('Location/other')] }, named]);
    expect(elsewhere.directory.entries[0]?.networks).toEqual([]);
  });

  test('an obstetrician who lists gynaecology too is one entry, a cardiologist who lists electrophysiology two', async () => {
    const both = await importRows([...base(), standardRole({ specialty: [nucc('207VG0400X'), nucc('207V00000X')] })]);
    expect(both.directory.entries.map((entry) => entry.nucc)).toEqual(['207V00000X']);
    const two = await importRows([...base(), standardRole({ specialty: [nucc('207RC0000X'), nucc('207RC0001X')] })]);
    expect(two.directory.entries.map((entry) => entry.specialty)).toEqual(['cardiac-electrophysiology', 'cardiology']);
  });

  test('electronic ways in come from endpoints; an e-mail address in telecom is not taken for a Direct one', async () => {
    const endpoint = (id: string, code: string, address: string): Row => ({
      resourceType: 'Endpoint',
      id,
      meta: {},
      status: 'active',
      connectionType: { system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type', code },
      address,
    });
    const rows = [
      ...base().filter((row) => row.id !== 'clinic'),
      clinic({ endpoint: [reference('Endpoint/direct')] }),
      endpoint('direct', 'direct-project', 'mailto:referrals@direct.clinic.example'),
      endpoint('fhir', 'hl7-fhir-rest', 'https://clinic.example/fhir'),
      endpoint('pictures', 'dicom-wado-rs', 'https://clinic.example/wado'),
    ];
    const mail = [{ system: 'email', value: 'office@clinic.example' }];
    const { directory, report } = await importRows([
      ...rows,
      standardRole({ endpoint: [reference('Endpoint/fhir'), reference('Endpoint/pictures')], telecom: mail }),
    ]);
    expect(directory.entries[0]).toMatchObject({ direct: 'referrals@direct.clinic.example', channels: ['fhir', 'direct', 'phone'] });
    expect(report.refused.map((finding) => finding.id)).toEqual(['pictures']);
    const plain = await importRows([...base(), standardRole({ telecom: mail })]);
    expect(plain.directory.entries[0]?.direct).toBeUndefined();
  });

  test('video visits, new patients at the location, and the newest statement win', async () => {
    const video: Row = {
      resourceType: 'HealthcareService',
      id: 'video',
      meta: {},
      active: true,
      extension: [
        {
          url: PLAN_NET_EXTENSION.deliveryMethod,
          extension: [{ url: 'type', valueCodeableConcept: { coding: [{ system: PLAN_NET_CODES.deliveryMethod, code: 'virtual' }] } }],
        },
      ],
    };
    const selfScheduling = (value: boolean) => ({ url: DIRECTORY_EXTENSION.selfScheduling, valueBoolean: value });
    const { directory } = await importRows([
      ...base().filter((row) => row.id !== 'main-street'),
      location('main-street', { extension: [accepting('nopt', 'standard'), accepting('existptfam')] }),
      video,
      role('role-1', [inNetwork('standard'), verified('2026-10-20'), selfScheduling(true)], {
        healthcareService: [reference('HealthcareService/video')],
      }),
      role('role-2', [inNetwork('premium'), verified('2026-10-19'), selfScheduling(false)]),
    ]);
    expect(directory.entries[0]).toMatchObject({ telehealth: true, selfScheduling: true });
    expect(directory.entries[0]?.networks.map((row) => row.accepting)).toEqual(['existptfam', 'nopt']);
  });

  test('the tag of generated data marks the whole directory', async () => {
    const tagged = await importRows([...base(), { ...standardRole(), meta: { lastUpdated: '2026-11-01', tag: [SYNTHETIC_TAG] } }]);
    expect(tagged.directory.synthetic).toBe(true);
  });

  test('the directory is of its newest row’s day, slips into the future aside, else of the day of the import', async () => {
    const dated = (lastUpdated: string | undefined) => ({ ...standardRole(), meta: { lastUpdated } });
    expect((await importRows([...base(), dated('2026-11-18T23:00:00Z')])).directory.asOf).toBe('2026-11-18');
    expect((await importRows([...base(), dated('2099-01-01T00:00:00Z')])).directory.asOf).toBe('2026-11-01');
    expect((await importRows([{ ...base()[0], meta: {} } as Row])).directory.asOf).toBe('2026-11-20');
  });

  test('without a stated day the last update counts as verification, unless the site says that it must not', async () => {
    const rows = [...base(), role('role-1', [inNetwork('standard')])];
    expect((await importRows(rows)).directory.entries[0]?.networks[0]?.verifiedOn).toBe('2026-11-01');
    expect((await importRows(rows, { trustLastUpdated: false })).directory.entries[0]?.networks[0]).not.toHaveProperty('verifiedOn');
  });
});

describe('contradictions are kept on the entry', () => {
  const about = async (...rows: Row[]) => {
    const { directory } = await importRows([...base(), ...rows]);
    return directory.entries.map((entry) => entry.contradictions.map((item) => `${item.about} ${item.networkId ?? ''}`.trim()));
  };

  test('two running rows of one network disagree on new patients', async () => {
    expect(await about(standardRole(), role('role-3', [inNetwork('standard'), accepting('nopt'), verified('2026-10-19')]))).toEqual([
      ['accepting standard'],
    ]);
    // A row that has ended is history, not a contradiction.
    const ended = role('role-3', [inNetwork('standard'), accepting('nopt'), verified('2026-10-19')], { period: { end: '2026-06-30' } });
    expect(await about(standardRole(), ended)).toEqual([[]]);
  });

  test('a row of the same day or later says that the contract has ended', async () => {
    const ended = role('role-3', [inNetwork('standard'), accepting('newpt'), verified('2026-10-20')], { period: { end: '2026-06-30' } });
    expect(await about(standardRole(), ended)).toEqual([['network standard']]);
    expect(await about(standardRole(), role('role-3', [inNetwork('standard'), verified('2026-10-25')], { active: false }))).toEqual([
      ['network standard'],
    ]);
    expect(await about(standardRole(), role('role-3', [inNetwork('standard'), verified('2026-01-01')], { active: false }))).toEqual([[]]);
  });

  test('two telephone numbers, however they are written', async () => {
    const dialled = (value: string) => premiumRole({ telecom: [{ system: 'phone', value }] });
    expect(await about(standardRole(), dialled('+1 (203) 555-0111'))).toEqual([[]]);
    expect(await about(standardRole(), dialled('203-555-0144'))).toEqual([['phone']]);
  });

  test('a position far from the ZIP code is not believed', async () => {
    const { directory, report } = await importRows([
      ...base().filter((row) => row.id !== 'main-street'),
      location('main-street', { position: { latitude: 34.05, longitude: -118.24 } }),
      standardRole(),
    ]);
    expect(directory.entries[0]?.location.precision).toBe('zip');
    expect(directory.entries[0]?.contradictions[0]).toMatchObject({
      about: 'address',
      detail: expect.stringMatching(/^The listed position is 2\d{3} miles from ZIP code 06103\.$/),
    });
    expect(report.remarkCount).toBe(1);
  });

  test('payers that list one practitioner at two addresses of one group, no network at both', async () => {
    const river = location('river', { address: { line: ['9 River Rd'], city: 'Hartford', state: 'CT', postalCode: '06106' } });
    expect(await about(river, standardRole(), premiumRole({ location: [reference('Location/river')] }))).toEqual([
      ['address'],
      ['address'],
    ]);
    const atBoth = premiumRole({ location: [reference('Location/river'), reference('Location/main-street')] });
    expect(await about(river, standardRole(), atBoth)).toEqual([[], []]);
  });

  test('certificates of another specialty; a general certificate says nothing', async () => {
    const rows = (codes: string[]) => [
      ...base().filter((row) => row.id !== 'solo'),
      practitioner({ qualification: codes.map((code) => ({ code: nucc(code) })) }),
      standardRole(),
    ];
    const contradictions = async (codes: string[]) =>
      (await importRows(rows(codes))).directory.entries[0]?.contradictions.map((item) => item.about);
    expect(await contradictions(['207N00000X'])).toEqual(['specialty']);
    expect(await contradictions(['207R00000X'])).toEqual([]);
    expect(await contradictions(['207RC0001X'])).toEqual([]);
    expect(await contradictions([])).toEqual([]);
  });
});

describe('rows that cannot be relied on are refused with file, line and reason', () => {
  const replaced = (changed: Row): Row[] => [
    ...[...base(), standardRole()].filter((row) => row.id !== changed.id || row.resourceType !== changed.resourceType),
    changed,
  ];
  test.each<[string, Row, string]>([
    ['no NPI', practitioner({ identifier: [{ system: 'urn:other', value: NPI }] }), 'Practitioner/solo identifier: none has the system'],
    [
      'bad check digit',
      practitioner({ identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567890' }] }),
      'Practitioner/solo identifier: 1234567890 is not ten digits with a right check digit',
    ],
    ['no name', practitioner({ name: [] }), 'Practitioner/solo name: neither family nor text'],
    ['inactive practitioner', practitioner({ active: false }), 'Practitioner/solo active is false'],
    [
      'unknown specialty',
      standardRole({ specialty: [nucc('207R00000X')] }),
      'PractitionerRole/role-1 specialty 207R00000X is none that this product refers to',
    ],
    ['no specialty', standardRole({ specialty: [] }), 'PractitionerRole/role-1 specialty: no code of'],
    [
      'network not there',
      role('role-1', [inNetwork('bronze')]),
      'PractitionerRole/role-1 network-reference Organization/bronze is not in this directory',
    ],
    [
      'network unreadable',
      role('role-1', [{ url: PLAN_NET_EXTENSION.networkReference, valueReference: { display: 'ACME' } }]),
      'PractitionerRole/role-1 network-reference is ACME',
    ],
    [
      'practitioner not there',
      standardRole({ practitioner: reference('Practitioner/leia') }),
      'PractitionerRole/role-1 practitioner Practitioner/leia is not in this directory',
    ],
    ['no practitioner', standardRole({ practitioner: undefined }), 'PractitionerRole/role-1 practitioner is without a reference'],
    ['no location', standardRole({ location: [] }), 'PractitionerRole/role-1 location is missing'],
    [
      'location not there',
      standardRole({ location: [reference('Location/x')] }),
      'PractitionerRole/role-1 location x is not in this directory',
    ],
    [
      'period reversed',
      standardRole({ period: { start: '2026-02-01', end: '2026-01-31' } }),
      'PractitionerRole/role-1 period.end lies before period.start',
    ],
    [
      'no position and unknown ZIP',
      location('main-street', { position: undefined, address: { postalCode: '00014' } }),
      'Location/main-street no position, and ZIP code 00014 is unknown',
    ],
    ['no ZIP', location('main-street', { address: { city: 'Hartford' } }), 'Location/main-street address.postalCode is missing'],
    [
      'position abroad, unknown ZIP',
      location('main-street', { position: { latitude: 15, longitude: 3 }, address: { postalCode: '00014' } }),
      'Location/main-street the position lies outside the United States',
    ],
    [
      'plan without owner',
      plan('silver', 'standard', { ownedBy: undefined, administeredBy: undefined }),
      'InsurancePlan/silver ownedBy is missing',
    ],
    [
      'plan with no network of this directory',
      plan('silver', 'bronze'),
      'InsurancePlan/silver network: Organization/bronze is not in this directory',
    ],
    ['not a directory’s resource', { resourceType: 'Patient', id: 'p' }, 'Patient/p Patient is no resource of a Plan-Net directory'],
    ['no id', { resourceType: 'Practitioner', id: 'not an id' }, 'Practitioner/not an id id is missing or is not a FHIR id'],
  ])('%s', async (_, changed, expected) => {
    const rows = replaced(changed);
    const { report } = await importRows(rows);
    const found = report.refused.map((finding) => `${finding.resourceType}/${finding.id} ${finding.reason}`);
    expect(found.some((line) => line.startsWith(expected)) ? expected : found).toBe(expected);
    const first = report.refused.find((finding) => finding.id === changed.id);
    expect(first).toMatchObject({ file: 'export.ndjson', line: rows.length });
    expect(report.refusedCount).toBe(report.refused.length);
  });

  test('a network whose payer is not named is taken with a remark', async () => {
    const rows = [...base().filter((row) => row.id !== 'standard'), network('standard', { partOf: undefined }), standardRole()];
    const { directory, report } = await importRows(rows);
    expect(directory.networks).toEqual([
      { id: 'premium', name: 'Acme premium', payerId: 'acme' },
      { id: 'standard', name: 'Acme standard', payerId: 'standard' },
    ]);
    expect(report.remarks).toEqual([expect.objectContaining({ id: 'standard', reason: expect.stringContaining('partOf is missing') })]);
  });

  test('an id that appears twice: the newer row stands', async () => {
    const older = { ...practitioner({ name: [{ family: 'Older' }] }), meta: { lastUpdated: '2020-01-01T00:00:00Z' } };
    const { directory, report } = await importRows([...base(), older, standardRole()]);
    expect(directory.entries[0]?.name.family).toBe('Solo');
    expect(report.refused).toEqual([expect.objectContaining({ id: 'solo', reason: expect.stringContaining('appears twice') })]);
  });

  test('what is unreadable stops nobody else, and its text is not repeated', async () => {
    const cut = gzipSync(ndjson([...base(), standardRole()])).subarray(0, 200);
    const { directory, report } = await importFiles({
      'a.ndjson': `${ndjson(base())}{"name": "Secret Person",\n[]\n\n{"id": "x"}\n${ndjson([standardRole()])}`,
      'b.ndjson.gz': cut,
      'c.json': 'nothing',
      'readme.txt': 'not read',
    });
    expect(directory.entries).toHaveLength(1);
    expect(report.refused.map(({ file, line, reason }) => `${file}:${line} ${reason}`)).toEqual([
      'a.ndjson:9 not JSON',
      'a.ndjson:10 not a JSON object',
      'a.ndjson:12 resourceType is missing',
      expect.stringMatching(/^b\.ndjson\.gz:0 the file could not be read to its end/),
      'c.json:1 not JSON',
    ]);
    expect(JSON.stringify(report)).not.toContain('Secret');
  });

  test('a folder that is not there, or holds nothing, is an error that names it', async () => {
    await expect(importFiles({ 'readme.txt': 'x' })).rejects.toThrow(/holds no \.ndjson or \.json file/);
  });

  test('fields of the wrong shape read as missing', async () => {
    const odd: Row[] = [
      { resourceType: 'Practitioner', id: 'odd', name: 'Solo', identifier: 7 },
      { resourceType: 'PractitionerRole', id: 'odd', extension: 'x', practitioner: [], specialty: { coding: 'x' } },
      { resourceType: 'Location', id: 'odd', address: 'Main Street', position: { latitude: '41', longitude: null } },
      { resourceType: 'InsurancePlan', id: 'odd', name: ['x'] },
      { resourceType: 'Organization', id: 'odd', type: null, name: {} },
    ];
    const { report } = await importRows(odd);
    expect(report.refusedCount).toBe(5);
  });
});
