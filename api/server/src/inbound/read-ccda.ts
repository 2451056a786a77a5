/**
 * A C-CDA document (HL7 CDA R2, US Realm Header of C-CDA R2.1): header and sections as its author wrote them for people. The coded entries below
 * a section are not read; the narrative is what was attested (CDA R2).
 */
import { isNpi } from '@refloop/domain/network/npi';
import type { Identity } from '@refloop/domain/patient-match/identity';
import { natureOf } from './document-nature.ts';
import { findingsOfSections } from './key-findings.ts';
import { narrativeText } from './narrative.ts';
import { namesSeveral } from './patients-named.ts';
import { type DocumentPart, type Header, LIMITS, nobody, type ReadDocument, unreadable } from './read-document.ts';
import { childrenOf, elementAt, textOf, type XmlElement, xmlTree } from './xml-tree.ts';

const HL7 = 'urn:hl7-org:v3';
const NPI_ROOT = '2.16.840.1.113883.4.6';
/** Social security numbers, which are nobody’s record number. */
const SSN_ROOT = '2.16.840.1.113883.4.1';

const valueOf = (element: XmlElement | undefined, name: string): string => element?.attributes[name] ?? '';

/** `201308010500-0800` to its day. */
function dayOf(element: XmlElement | undefined): string {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})/.exec(valueOf(element, 'value')) ?? [];
  return year && month && day ? `${year}-${month}-${day}` : '';
}

/** The name in use: not a former one, nor one only for searching. */
const nameOf = (person: XmlElement | undefined): XmlElement | undefined => {
  const names = childrenOf(person, 'name');
  return names.find((name) => valueOf(name, 'use').split(' ').includes('L')) ?? names[0];
};

function spokenName(person: XmlElement | undefined): string {
  const name = nameOf(person);
  const parts = ['given', 'family', 'suffix'].flatMap((part) =>
    childrenOf(name, part)
      .filter((each) => valueOf(each, 'qualifier') !== 'CL')
      .map(textOf),
  );
  return parts.filter(Boolean).join(' ') || textOf(name);
}

const SEXES: Readonly<Record<string, Identity['sex']>> = { F: 'female', M: 'male', UN: 'other' };

function patientIn(document: XmlElement): Identity {
  const role = elementAt(document, 'recordTarget', 'patientRole');
  const patient = elementAt(role, 'patient');
  const name = nameOf(patient);
  const address = childrenOf(role, 'addr')[0];
  const phone = childrenOf(role, 'telecom').find((each) => valueOf(each, 'value').startsWith('tel:'));
  return {
    ...nobody(),
    family: childrenOf(name, 'family').map(textOf).join(' '),
    given: childrenOf(name, 'given')
      .filter((each) => valueOf(each, 'qualifier') !== 'CL')
      .map(textOf)
      .filter(Boolean),
    // AC is an academic degree (HL7 EntityNamePartQualifier).
    suffix: textOf(childrenOf(name, 'suffix').find((each) => valueOf(each, 'qualifier') !== 'AC')),
    born: dayOf(elementAt(patient, 'birthTime')),
    sex: SEXES[valueOf(elementAt(patient, 'administrativeGenderCode'), 'code')] ?? '',
    line: textOf(childrenOf(address, 'streetAddressLine')[0]),
    city: textOf(elementAt(address, 'city')),
    postalCode: textOf(elementAt(address, 'postalCode')),
    phone: valueOf(phone, 'value').replace(/^tel:/, ''),
    recordNumbers: childrenOf(role, 'id')
      .filter((id) => valueOf(id, 'root') !== SSN_ROOT)
      .map((id) => valueOf(id, 'extension'))
      .filter(Boolean),
  };
}

const encounterOf = (document: XmlElement): XmlElement | undefined => elementAt(document, 'componentOf', 'encompassingEncounter');

const performersOf = (document: XmlElement): XmlElement[] =>
  childrenOf(document, 'documentationOf')
    .flatMap((each) => childrenOf(elementAt(each, 'serviceEvent'), 'performer'))
    .flatMap((each) => childrenOf(each, 'assignedEntity'));

const signersOf = (document: XmlElement): XmlElement[] =>
  [...childrenOf(document, 'legalAuthenticator'), ...childrenOf(document, 'authenticator')].flatMap((each) =>
    childrenOf(each, 'assignedEntity'),
  );

const authorsOf = (document: XmlElement): XmlElement[] =>
  childrenOf(document, 'author').flatMap((each) => childrenOf(each, 'assignedAuthor'));

const responsibleFor = (document: XmlElement): XmlElement[] =>
  childrenOf(elementAt(encounterOf(document), 'responsibleParty'), 'assignedEntity');

function npisIn(document: XmlElement): string[] {
  const entities = [
    ...authorsOf(document),
    ...signersOf(document),
    ...performersOf(document),
    ...responsibleFor(document),
    ...childrenOf(encounterOf(document), 'encounterParticipant').flatMap((each) => childrenOf(each, 'assignedEntity')),
  ];
  const ids = entities.flatMap((entity) => [
    ...childrenOf(entity, 'id'),
    ...childrenOf(elementAt(entity, 'representedOrganization'), 'id'),
  ]);
  const npis = ids.filter((id) => valueOf(id, 'root') === NPI_ROOT).map((id) => valueOf(id, 'extension'));
  return [...new Set(npis)].filter(isNpi);
}

/**
 * Who wrote it. Many systems name themselves as the author (CDA R2, assignedAuthoringDevice): then who answers for the visit, else who signed,
 * else the one who performed the service; of several performers nobody can say which.
 */
function authorIn(document: XmlElement): string {
  const performers = performersOf(document);
  const people = [
    ...authorsOf(document),
    ...responsibleFor(document),
    ...signersOf(document),
    ...(performers.length === 1 ? performers : []),
  ];
  return people.map((each) => spokenName(elementAt(each, 'assignedPerson'))).find((name) => name !== '') ?? '';
}

/** Of the author, be it a person or a machine; else who keeps the document. */
const organizationIn = (document: XmlElement): string =>
  authorsOf(document)
    .map((each) => textOf(elementAt(each, 'representedOrganization', 'name')))
    .find((name) => name !== '') ??
  textOf(elementAt(document, 'custodian', 'assignedCustodian', 'representedCustodianOrganization', 'name'));

function headerOf(document: XmlElement): Header {
  const encounter = elementAt(encounterOf(document), 'effectiveTime');
  return {
    patient: patientIn(document),
    author: authorIn(document),
    organization: organizationIn(document),
    npis: npisIn(document),
    date: dayOf(elementAt(encounter, 'low')) || dayOf(encounter) || dayOf(elementAt(document, 'effectiveTime')),
    orders: childrenOf(document, 'inFulfillmentOf').flatMap((each) =>
      childrenOf(elementAt(each, 'order'), 'id').map((id) => valueOf(id, 'extension') || valueOf(id, 'root')),
    ),
  };
}

type Section = { title: string; code: string; text: string };

/** Sections within sections stand behind the one they are in. */
function sectionsIn(holder: XmlElement | undefined): Section[] {
  return childrenOf(holder, 'component').flatMap((component) =>
    childrenOf(component, 'section').flatMap((section) => {
      const narrative = elementAt(section, 'text');
      const code = elementAt(section, 'code');
      const title = textOf(elementAt(section, 'title')) || valueOf(code, 'displayName');
      return [{ title, code: valueOf(code, 'code'), text: narrative ? narrativeText(narrative) : '' }, ...sectionsIn(section)];
    }),
  );
}

/** What is inside a C-CDA document that only wraps a file (Unstructured Document, CDA R2 nonXMLBody). */
export type Wrapped = { mediaType: string; bytes: Uint8Array };

/** @param readWrapped reads a file that the document only wraps */
export async function readCcda(bytes: Uint8Array, readWrapped: (wrapped: Wrapped) => Promise<ReadDocument>): Promise<ReadDocument> {
  const tree = xmlTree(bytes);
  if (!tree.ok) return unreadable(tree.refusal);
  const document = tree.value;
  if (document.space !== HL7 || document.name !== 'ClinicalDocument') return unreadable('other-xml');
  const header = headerOf(document);
  const title = textOf(elementAt(document, 'title')) || valueOf(elementAt(document, 'code'), 'displayName');
  const declared = {
    code: valueOf(elementAt(document, 'code'), 'code'),
    templates: childrenOf(document, 'templateId').map((each) => valueOf(each, 'root')),
  };
  // The number in the header may be one of the system that wrote it, which it prints nowhere.
  const several = (pages: readonly DocumentPart[]): boolean =>
    childrenOf(document, 'recordTarget').length > 1 || namesSeveral(pages, { ...header.patient, recordNumbers: [] });
  const file = elementAt(document, 'component', 'nonXMLBody', 'text');
  if (file) {
    const inner = await readWrapped({ mediaType: valueOf(file, 'mediaType'), bytes: new Uint8Array(Buffer.from(textOf(file), 'base64')) });
    if (inner.kind === 'unreadable') return inner;
    const nature = natureOf(inner.parts, inner.extracts, declared);
    return { ...inner, title, header, nature, several: several(inner.parts) };
  }
  const sections = sectionsIn(elementAt(document, 'component', 'structuredBody')).filter(({ text }) => text !== '');
  const parts: DocumentPart[] = sections.slice(0, LIMITS.pages).map(({ title: heading, text }) => ({ title: heading, text }));
  const extracts = findingsOfSections(
    parts,
    sections.map(({ code }) => code),
  );
  return {
    kind: 'read',
    format: 'c-cda',
    title,
    header,
    parts,
    extracts,
    nature: natureOf(parts, extracts, declared),
    several: several(parts),
    cut: sections.length > parts.length,
  };
}
