/** The packet as a C-CDA referral note, read by another library, against the SHALLs of C-CDA R2.1 by their conformance numbers. */
import { packetCcda, type SentPacket } from '@refloop/server/packet/packet-ccda';
import { barePacket, sentPacket } from '@refloop/server/packet/test-packet';
import { DOMParser, type Document, type Element } from '@xmldom/xmldom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** Refuses what is not well-formed. */
function parsed(text: string): Document {
  return new DOMParser({
    onError: (level, message) => {
      // It wonders about the very character that stands for what XML has no place for.
      if (level === 'warning' && /replacement character/.test(message)) return;
      throw new Error(`${level}: ${message}`);
    },
  }).parseFromString(text, 'text/xml');
}

const children = (of: Element, name: string): Element[] =>
  Array.from(of.childNodes).filter((node): node is Element => node.nodeType === 1 && (node as Element).localName === name);

/** All that the path leads to, element by element from the root on. */
function at(of: Element, path: string): Element[] {
  return path.split('/').reduce((found, name) => found.flatMap((each) => children(each, name)), [of]);
}

const attribute = (of: Element | undefined, name: string): string | null => of?.getAttribute(name) ?? null;
const isTemplate = (root: string, extension: string | null) => (of: Element) =>
  children(of, 'templateId').some((each) => attribute(each, 'root') === root && attribute(each, 'extension') === extension);

function rootOf(packet: SentPacket): Element {
  const root = parsed(packetCcda(packet)).documentElement;
  if (!root) throw new Error('The document has no root');
  return root;
}

const sectionsOf = (root: Element): Element[] => at(root, 'component/structuredBody/component/section');

describe.each([
  ['with something in every part', sentPacket],
  ['with nothing but what has to be', barePacket],
])('%s', (_, made) => {
  const root = rootOf(made());
  const one = (path: string): Element => {
    const found = at(root, path);
    expect(found.length, path).toBe(1);
    return found[0] as Element;
  };

  test('the header is the US Realm Header of a Referral Note', () => {
    expect([root.namespaceURI, root.localName]).toEqual(['urn:hl7-org:v3', 'ClinicalDocument']);
    expect(attribute(one('realmCode'), 'code'), 'CONF:1198-16791').toBe('US');
    expect(attribute(one('typeId'), 'root'), 'CONF:1198-5250').toBe('2.16.840.1.113883.1.3');
    expect(isTemplate('2.16.840.1.113883.10.20.22.1.1', '2015-08-01')(root), 'CONF:1198-5252').toBe(true);
    expect(isTemplate('2.16.840.1.113883.10.20.22.1.14', '2015-08-01')(root), 'CONF:1198-28947').toBe(true);
    expect(attribute(one('code'), 'code'), 'CONF:1198-28949').toBe('57133-1');
    for (const path of [
      'id',
      'title',
      'effectiveTime',
      'confidentialityCode',
      'languageCode',
      'custodian',
      'recordTarget/patientRole/patient/birthTime',
    ])
      one(path);
    // CONF:1198-5271, 5280, 5284, 6394, 5322, 5323
    for (const path of [
      'addr',
      'telecom',
      'id',
      'patient/name',
      'patient/administrativeGenderCode',
      'patient/raceCode',
      'patient/ethnicGroupCode',
    ])
      one(`recordTarget/patientRole/${path}`);
    for (const path of ['time', 'assignedAuthor/addr', 'assignedAuthor/telecom', 'assignedAuthor/assignedPerson/name'])
      one(`author/${path}`);
    for (const path of ['id', 'name', 'telecom', 'addr']) one(`custodian/assignedCustodian/representedCustodianOrganization/${path}`);
    // CONF:1198-31589 to 31594
    one('informationRecipient/intendedRecipient/informationRecipient/name');
  });

  test('CONF:1198-31648: it names whom to call back', () => {
    const back = at(root, 'participant').find((each) => attribute(each, 'typeCode') === 'CALLBCK');
    expect(back && at(back, 'associatedEntity').map((each) => attribute(each, 'classCode'))).toEqual(['ASSIGNED']);
    for (const path of ['id', 'telecom', 'associatedPerson/name'])
      expect(back && at(back, `associatedEntity/${path}`).length, path).toBe(1);
  });

  test.each([
    ['CONF:1198-29086', '2.16.840.1.113883.10.20.22.2.5.1', '2015-08-01', '11450-4'],
    ['CONF:1198-30911', '2.16.840.1.113883.10.20.22.2.6.1', '2015-08-01', '48765-2'],
    ['CONF:1198-29063 medications', '2.16.840.1.113883.10.20.22.2.1.1', '2014-06-09', '10160-0'],
    ['reason for referral', '1.3.6.1.4.1.19376.1.5.3.1.3.1', '2014-06-09', '42349-1'],
    ['CONF:1198-29102 assessment and plan', '2.16.840.1.113883.10.20.22.2.9', '2014-06-09', '51847-2'],
    ['CONF:1198-29090 results', '2.16.840.1.113883.10.20.22.2.3.1', '2015-08-01', '30954-2'],
  ])(
    '%s: exactly one such section, with title and text, and an entry or the word that there is none',
    (_name, templateRoot, extension, loinc) => {
      const found = sectionsOf(root).filter(isTemplate(templateRoot, extension));
      expect(found.length).toBe(1);
      const [section] = found as [Element];
      expect(attribute(children(section, 'code')[0], 'code')).toBe(loinc);
      expect([children(section, 'title').length, children(section, 'text').length]).toEqual([1, 1]);
      const narrativeOnly = loinc === '42349-1' || loinc === '51847-2';
      if (!narrativeOnly) expect(children(section, 'entry').length > 0 || attribute(section, 'nullFlavor') === 'NI').toBe(true);
    },
  );

  test('each reference leads to a line of its own section', () => {
    for (const section of sectionsOf(root)) {
      const lines = Array.from(section.getElementsByTagName('content')).map((each) => `#${attribute(each, 'ID')}`);
      const references = Array.from(section.getElementsByTagName('reference')).map((each) => attribute(each, 'value'));
      for (const reference of references) expect(lines).toContain(reference);
    }
  });
});

describe('entries', () => {
  const root = rootOf(sentPacket());
  const all = (templateRoot: string, extension: string): Element[] =>
    Array.from(root.getElementsByTagName('*')).filter(isTemplate(templateRoot, extension));

  test.each([
    [
      'problem concern',
      '2.16.840.1.113883.10.20.22.4.3',
      '2015-08-01',
      2,
      ['id', 'code', 'statusCode', 'effectiveTime/low', 'entryRelationship/observation'],
    ],
    ['problem', '2.16.840.1.113883.10.20.22.4.4', '2015-08-01', 2, ['id', 'code/translation', 'statusCode', 'effectiveTime/low', 'value']],
    [
      'allergy concern',
      '2.16.840.1.113883.10.20.22.4.30',
      '2015-08-01',
      1,
      ['id', 'code', 'statusCode', 'effectiveTime', 'entryRelationship/observation'],
    ],
    [
      'allergy',
      '2.16.840.1.113883.10.20.22.4.7',
      '2014-06-09',
      1,
      ['id', 'code', 'statusCode', 'effectiveTime/low', 'value', 'participant/participantRole/playingEntity/code'],
    ],
    [
      'medication',
      '2.16.840.1.113883.10.20.22.4.16',
      '2014-06-09',
      1,
      ['id', 'statusCode', 'effectiveTime', 'doseQuantity', 'consumable/manufacturedProduct/manufacturedMaterial/code'],
    ],
    ['result organizer', '2.16.840.1.113883.10.20.22.4.1', '2015-08-01', 2, ['id', 'code', 'statusCode', 'component/observation']],
    ['result', '2.16.840.1.113883.10.20.22.4.2', '2015-08-01', 2, ['id', 'code', 'statusCode', 'effectiveTime', 'value']],
  ])('%s', (_, templateRoot, extension, count, paths) => {
    const found = all(templateRoot, extension);
    expect(found.length).toBe(count);
    for (const each of found) for (const path of paths) expect(at(each, path).length, path).toBe(1);
  });

  test('the code a section prefers stands first, the others beside it', () => {
    const [value] = all('2.16.840.1.113883.10.20.22.4.4', '2015-08-01').flatMap((each) => at(each, 'value'));
    expect([attribute(value, 'code'), attribute(value, 'codeSystem')]).toEqual(['6456007', '2.16.840.1.113883.6.96']);
    expect(value && at(value, 'translation').map((each) => attribute(each, 'code'))).toEqual(['I47.10']);
  });
});

test('no known allergies are said as such', () => {
  const [known] = sentPacket().chart.items.filter(({ section }) => section === 'allergies');
  if (!known) throw new Error('The packet has no allergy');
  const root = rootOf(sentPacket({}, { items: [{ ...known, title: 'No known drug allergies' }] }));
  const [observation] = Array.from(root.getElementsByTagName('observation')).filter(
    isTemplate('2.16.840.1.113883.10.20.22.4.7', '2014-06-09'),
  );
  expect(attribute(observation, 'negationInd')).toBe('true');
});

const HOSTILE = [
  '<',
  '>',
  '&',
  '"',
  "'",
  ']]>',
  '<!--',
  '-->',
  '<?xml?>',
  '&amp;',
  '&#0;',
  '\0',
  '\u0007',
  '\uD800',
  '\uFFFE',
  '😀',
  '\r\n',
  '\t',
  '<!DOCTYPE x [<!ENTITY e "y">]>&e;',
];
const hostileWords = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })), { maxLength: 6 })
  .map((parts) => parts.join(''));

test('whatever a chart says, the document is well-formed and says it', () => {
  fc.assert(
    fc.property(hostileWords, hostileWords, (words, more) => {
      const [first] = sentPacket().chart.items;
      if (!first) throw new Error('The packet has no item');
      const item = { ...first, title: words, detail: more, codings: [{ system: 'http://snomed.info/sct', code: words, display: more }] };
      const packet = sentPacket({ referring: { clinician: words, practice: more } }, { items: [item], callback: more });
      const root = rootOf(packet);
      const [practice] = at(root, 'custodian/assignedCustodian/representedCustodianOrganization/name');
      const expected = more.toWellFormed().replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
      // A parser reads every line end as \n (XML 1.0, 2.11).
      expect(practice?.textContent).toBe(expected.replaceAll(/\r\n?/g, '\n'));
      expect(root.getElementsByTagName('script').length).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test('the same packet gives the same text', () => expect(packetCcda(sentPacket())).toBe(packetCcda(sentPacket())));
