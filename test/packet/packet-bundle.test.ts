/** The packet as a FHIR document, under the validator that the sandbox EHR stores by. */
import { createHash } from 'node:crypto';
import { validateResource } from '@medplum/core';
import type { Bundle } from '@medplum/fhirtypes';
import { definitions } from '@refloop/launch/fhir/definitions';
import { checkResource } from '@refloop/launch/fhir/validation';
import { packetBundle } from '@refloop/server/packet/packet-bundle';
import type { SentPacket } from '@refloop/server/packet/packet-ccda';
import { barePacket, ITEMS, sentPacket } from '@refloop/server/packet/test-packet';
import { describe, expect, test } from 'vitest';

/** The EHR stores no Bundle, so it has no word on one; the validator beneath has. That a urn:uuid tells no type is no fault of it. */
function checkBundle(bundle: Bundle) {
  definitions();
  return validateResource(bundle).filter(({ details }) => !details?.text?.startsWith('Invalid reference: got "urn:uuid:'));
}

const resources = (packet: SentPacket) => (packetBundle(packet).entry ?? []).map(({ fullUrl, resource }) => ({ fullUrl, resource }));
const dental = () => sentPacket({}, { teeth: ['30', 'A'] });

describe.each([
  ['with something in every part', sentPacket],
  ['with nothing but what has to be', barePacket],
  ['with teeth', dental],
])('%s', (_, made) => {
  test('the bundle and each resource in it stand before the validator', () => {
    const bundle = packetBundle(made());
    expect(checkBundle(bundle)).toEqual([]);
    for (const { resource } of resources(made())) expect(resource && checkResource(resource), resource?.resourceType).toEqual([]);
  });

  test('it is a document: identified, dated, the Composition first, all that is referred to within it', () => {
    const bundle = packetBundle(made());
    expect(bundle).toMatchObject({ type: 'document', timestamp: made().chart.madeAt, identifier: { system: 'urn:ietf:rfc:3986' } });
    expect(bundle.entry?.[0]?.resource?.resourceType).toBe('Composition');
    const held = new Set(bundle.entry?.map(({ fullUrl }) => fullUrl));
    expect(held.size, 'every fullUrl once').toBe(bundle.entry?.length);
    const referred = [...JSON.stringify(bundle).matchAll(/"reference":"([^"]+)"/g)].map(([, reference]) => reference);
    expect(referred.length).toBeGreaterThan(3);
    for (const reference of referred) expect(held).toContain(reference);
  });
});

test('every item of the packet is an entry of its section', () => {
  const [composition] = resources(sentPacket());
  const sections = composition?.resource?.resourceType === 'Composition' ? (composition.resource.section ?? []) : [];
  expect(sections.map(({ title }) => title)).toEqual([
    'Reason for referral',
    'Referral note',
    'Problems',
    'Medications',
    'Allergies',
    'Results',
    'Images and their reports',
    'Documents',
    'Not in this packet',
  ]);
  const entries = sections.slice(2, 8).flatMap(({ entry }) => entry ?? []);
  expect(entries.length).toBe(ITEMS.length);
});

test('teeth are the body sites of the order, by the ADA’s numbers', () => {
  const order = resources(dental()).find(({ resource }) => resource?.resourceType === 'ServiceRequest')?.resource;
  expect(order).toMatchObject({
    bodySite: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem', code: '30' }],
        text: 'Tooth 30 (lower)',
      },
      { coding: [{ code: 'A' }], text: 'Tooth A (upper, primary)' },
    ],
  });
});

test('whatever is written is words: markup in the narrative stays text', () => {
  const bundle = packetBundle(sentPacket({ request: { ...sentPacket().request, question: '</div><script>alert(1)</script>&' } }));
  expect(checkBundle(bundle)).toEqual([]);
  expect(JSON.stringify(bundle)).toContain('&lt;/div&gt;&lt;script&gt;');
});

test('the same packet gives the same document, another day another one', () => {
  expect(packetBundle(sentPacket())).toEqual(packetBundle(sentPacket()));
  expect(packetBundle(sentPacket({}, { madeAt: '2026-11-29T16:05:00.000Z' })).identifier).not.toEqual(
    packetBundle(sentPacket()).identifier,
  );
});

describe('files of the chart', () => {
  const bytes = new Uint8Array(Buffer.from('%PDF-1.4 a scan'));
  const enclosed = (item: string) => ({
    item,
    title: 'x',
    date: '',
    kind: 'pdf' as const,
    bytes: bytes.byteLength,
    sha256: 'scan',
    page: null,
  });
  const made = () =>
    sentPacket(
      {},
      {
        files: {
          enclosed: [enclosed('DocumentReference/note'), enclosed('DiagnosticReport/echo')],
          notEnclosed: [{ item: 'DocumentReference/panoramic', title: 'Panoramic radiograph', date: '', why: 'too-large' }],
        },
      },
    );
  const bundle = packetBundle(made(), new Map([['scan', bytes]]));
  const entry = (type: string, title: string) =>
    bundle.entry
      ?.map(({ resource }) => resource)
      .find((resource) => resource?.resourceType === type && JSON.stringify(resource).includes(title));

  test('go with the entry that they are the content of, and all of it stands before the validator', () => {
    const attachment = {
      contentType: 'application/pdf',
      data: Buffer.from(bytes).toString('base64'),
      size: bytes.byteLength,
      hash: createHash('sha1').update(bytes).digest('base64'),
    };
    expect(entry('DocumentReference', 'Progress note')).toMatchObject({
      content: [{ attachment }, { attachment: { contentType: 'text/plain' } }],
    });
    expect(entry('DiagnosticReport', 'Echocardiogram')).toMatchObject({ presentedForm: [attachment] });
    expect(checkBundle(bundle)).toEqual([]);
    for (const { resource } of bundle.entry ?? []) expect(resource && checkResource(resource), resource?.resourceType).toEqual([]);
  });

  test('that one is not enclosed, and why, stands in the document', () =>
    expect(JSON.stringify(bundle)).toContain('Panoramic radiograph: not enclosed, its title goes alone: it is larger than 10 MB.'));
});
