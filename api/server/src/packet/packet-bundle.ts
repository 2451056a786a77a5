/**
 * The packet as a FHIR R4 document: a Bundle that begins with a Composition (FHIR R4 §3.3.1), which holds all that it speaks of. Made from the
 * packet's facts, not from the chart's resources, so that nothing comes along that nobody looked at. References are urn:uuid within it.
 */
import { createHash } from 'node:crypto';
import type { Bundle, BundleEntry, CompositionSection, Narrative, Resource } from '@medplum/fhirtypes';
import { SYNTHETIC_TAG } from '@refloop/domain/network/plan-net';
import type { PacketItem, PacketSection } from '@refloop/domain/packet/contents';
import { FILE_TYPES } from '@refloop/domain/packet/file';
import { TOOTH_SYSTEM, toothWords } from '@refloop/domain/packet/tooth';
import { NPI_SYSTEM, placerIdentifier } from '@refloop/domain/write-back/identifiers';
import { type AttachedFile, given, resourceOf, STATUS } from './item-resource.ts';
import { WITHHELD_WORDS } from './packet.ts';
import type { SentPacket } from './packet-ccda.ts';
import { type FileBytes, itemWords, notEnclosedWords, SECTION_WORDS } from './packet-words.ts';
import { element, type XmlElement, xmlText } from './xml.ts';

const LOINC = 'http://loinc.org';

/** A name-based UUID of version 8 (RFC 9562 §5.8): the same packet gives the same document. */
function uuidOf(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const XHTML = 'http://www.w3.org/1999/xhtml';
const narrative = (...content: readonly XmlElement[]): Narrative => ({
  status: 'generated',
  div: xmlText(element('div', { xmlns: XHTML }, content)) as Narrative['div'],
});
const listed = (lines: readonly string[]): Narrative =>
  narrative(
    element(
      'ul',
      {},
      lines.map((line) => element('li', {}, line)),
    ),
  );

const PRIORITIES = { routine: 'routine', urgent: 'urgent', emergency: 'stat' } as const;
const priorityOf = (urgency: string): 'routine' | 'urgent' | 'stat' | undefined =>
  urgency === 'routine' || urgency === 'urgent' || urgency === 'emergency' ? PRIORITIES[urgency] : undefined;

const GENDERS = ['female', 'male', 'other', 'unknown'] as const;

/** LOINC of the section of each part, as C-CDA has them. */
const SECTION_CODES: Readonly<Partial<Record<PacketSection, string>>> = {
  problems: '11450-4',
  medications: '10160-0',
  allergies: '48765-2',
  results: '30954-2',
};

type Added = { reference: string };

/**
 * @param files of the packet, by SHA-256: each goes with the entry that it is the content of
 * @returns a Bundle of type document, identified and dated; the same packet gives the same Bundle
 */
export function packetBundle(packet: SentPacket, files: FileBytes = new Map()): Bundle {
  const { chart, patient, specialist, referring, request, referralId } = packet;
  const meta = packet.synthetic ? { meta: { tag: [{ ...SYNTHETIC_TAG }] } } : {};
  const entries: BundleEntry[] = [];
  const add = (name: string, resource: Resource): Added => {
    const fullUrl = `urn:uuid:${uuidOf(referralId, chart.madeAt, name)}`;
    entries.push({ fullUrl, resource: { ...resource, ...meta } });
    return { reference: fullUrl };
  };
  const known = (words: string): boolean => words !== '' && words !== 'not recorded';
  const phone = (value: string) => (known(value) ? { telecom: [{ system: 'phone' as const, value }] } : {});
  const priority = priorityOf(request.urgency);
  const gender = GENDERS.find((each) => each === patient.sex);

  const subject = add('Patient', {
    resourceType: 'Patient',
    ...(known(patient.recordNumber)
      ? {
          identifier: [
            {
              type: { coding: [{ system: `${STATUS}/v2-0203`, code: 'MR' }] },
              value: patient.recordNumber,
              assigner: { display: referring.practice },
            },
          ],
        }
      : {}),
    name: [
      {
        use: 'official',
        family: chart.person.family || patient.name,
        ...(chart.person.given.length === 0 ? {} : { given: chart.person.given }),
      },
    ],
    ...phone(patient.phone),
    ...(gender === undefined ? {} : { gender }),
    ...given('birthDate', known(patient.born) ? patient.born : ''),
    ...(known(patient.address) ? { address: [addressOf(packet)] } : {}),
    ...(chart.person.language === ''
      ? {}
      : { communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: chart.person.language }] }, preferred: true }] }),
  });
  const practice = add('Organization', { resourceType: 'Organization', name: referring.practice, ...phone(chart.callback) });
  const author = add('Practitioner', { resourceType: 'Practitioner', name: [{ text: referring.clinician }] });
  const recipient = add('Specialist', {
    resourceType: 'Practitioner',
    identifier: [{ system: NPI_SYSTEM, value: specialist.npi }],
    name: [{ text: specialist.name }],
    ...phone(specialist.phone),
  });
  const coverage = add('Coverage', {
    resourceType: 'Coverage',
    status: 'active',
    beneficiary: subject,
    payor: [{ display: request.coverage }],
  });
  const order = add('ServiceRequest', {
    resourceType: 'ServiceRequest',
    identifier: [placerIdentifier(referralId)],
    status: 'active',
    intent: 'order',
    ...(priority === undefined ? {} : { priority }),
    // SNOMED CT 3457005, patient referral; what is asked for stands in words.
    code: { coding: [{ system: 'http://snomed.info/sct', code: '3457005', display: 'Patient referral' }], text: request.kind },
    subject,
    authoredOn: packet.approvedAt,
    requester: author,
    performer: [recipient],
    reasonCode: [
      { ...(chart.reasonCodes.length === 0 ? {} : { coding: chart.reasonCodes.map((coding) => ({ ...coding })) }), text: request.reason },
    ],
    ...(chart.teeth.length === 0
      ? {}
      : { bodySite: chart.teeth.map((tooth) => ({ coding: [{ system: TOOTH_SYSTEM, code: tooth }], text: toothWords(tooth) })) }),
    insurance: [coverage],
    note: [{ text: request.question }, { text: `Authorization: ${chart.authorization}` }],
  });

  const fileFor = ({ id }: PacketItem): AttachedFile | undefined => {
    const enclosed = chart.files?.enclosed.find(({ item }) => item === id);
    const bytes = enclosed && files.get(enclosed.sha256);
    return enclosed && bytes && { contentType: FILE_TYPES[enclosed.kind], bytes };
  };
  const sections: CompositionSection[] = [
    {
      title: 'Reason for referral',
      code: { coding: [{ system: LOINC, code: '42349-1', display: 'Reason for referral' }] },
      text: listed([
        `Reason: ${request.reason}`,
        ...request.codes.map((code) => `Diagnosis: ${code}`),
        `Question: ${request.question}`,
        `Coverage: ${request.coverage}. Authorization: ${chart.authorization}`,
        ...(chart.callback === '' ? [] : [`Call back: ${chart.callback}`]),
        ...(chart.answerWithin === null ? [] : [`Please answer within ${chart.answerWithin}.`]),
      ]),
      entry: [order],
    },
    {
      title: 'Referral note',
      code: { coding: [{ system: LOINC, code: '51847-2', display: 'Evaluation + Plan note' }] },
      text: narrative(...packet.note.sections.flatMap(({ lines }) => lines.map(({ text }) => element('p', {}, text)))),
    },
  ];
  for (const section of Object.keys(SECTION_WORDS) as PacketSection[]) {
    const own = chart.items.filter((item) => item.section === section);
    if (own.length === 0) continue;
    const loinc = SECTION_CODES[section];
    sections.push({
      title: SECTION_WORDS[section],
      ...(loinc === undefined ? {} : { code: { coding: [{ system: LOINC, code: loinc }] } }),
      text: listed(own.map(itemWords)),
      entry: own.map((item) => add(item.id, resourceOf(item, subject, fileFor(item)))),
    });
  }
  const absent = [
    ...chart.lacking.map((label) => `${label}: not included.`),
    ...(chart.files?.notEnclosed ?? []).map(notEnclosedWords),
    ...(chart.withheld ? [WITHHELD_WORDS] : []),
  ];
  if (absent.length > 0) sections.push({ title: 'Not in this packet', text: listed(absent) });

  const composition: BundleEntry = {
    fullUrl: `urn:uuid:${uuidOf(referralId, chart.madeAt, 'Composition')}`,
    resource: {
      resourceType: 'Composition',
      ...meta,
      status: 'final',
      type: { coding: [{ system: LOINC, code: '57133-1', display: 'Referral note' }] },
      subject,
      date: chart.madeAt,
      author: [author],
      title: packet.title,
      custodian: practice,
      section: sections,
    },
  };
  return {
    resourceType: 'Bundle',
    ...meta,
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${uuidOf(referralId, chart.madeAt)}` },
    type: 'document',
    timestamp: chart.madeAt,
    entry: [composition, ...entries],
  };
}

function addressOf({ chart: { person }, patient }: SentPacket) {
  const { line, city, state, postalCode } = person;
  if (line.length === 0 && city === '') return { text: patient.address };
  return {
    use: 'home' as const,
    ...(line.length === 0 ? {} : { line }),
    ...(city === '' ? {} : { city }),
    ...(state === '' ? {} : { state }),
    ...(postalCode === '' ? {} : { postalCode }),
  };
}
