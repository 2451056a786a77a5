/**
 * The packet as a C-CDA R2.1 Referral Note (2.16.840.1.113883.10.20.22.1.14:2015-08-01). Templates and cardinalities as in the FSH of C-CDA
 * 2.1 (HL7/CDA-ccda); what we do not know is said by a nullFlavor, never made up. Values stand as the chart words them.
 */
import type { Coding } from '@refloop/domain/fhir/read';
import type { PacketItem, PacketSection } from '@refloop/domain/packet/contents';
import { toothWords } from '@refloop/domain/packet/tooth';
import { allergiesSection, medicationsSection, problemsSection, resultsSection } from './ccda-entries.ts';
import {
  code,
  id,
  LOINC_OID,
  NPI_OID,
  narrativeSection,
  REFERRAL_ROOT,
  telecom,
  template,
  timestamp,
  UNKNOWN_ADDRESS,
} from './ccda-parts.ts';
import { type ChartPart, type Packet, WITHHELD_WORDS } from './packet.ts';
import { fileWords, itemWords, notEnclosedWords, SECTION_WORDS } from './packet-words.ts';
import { element, type XmlElement, xmlDocument } from './xml.ts';

/** FHIR administrative-gender as HL7 v3 AdministrativeGender (2.16.840.1.113883.5.1); it has no code for another one. */
const GENDERS: Readonly<Record<string, string>> = { female: 'F', male: 'M' };

export type SentPacket = Packet & { chart: ChartPart };

const unknown = (name: string): XmlElement => element(name, { nullFlavor: 'UNK' });

/** A name that is known as one line only stands whole as the family name. */
function personName(words: string): XmlElement {
  return element('name', {}, element('given', { nullFlavor: 'UNK' }), element('family', {}, words));
}

function recordTarget({ patient, chart: { person } }: SentPacket): XmlElement {
  const known = (name: string, words: string): XmlElement => (words === '' ? unknown(name) : element(name, {}, words));
  const address = element(
    'addr',
    { use: 'HP' },
    person.line.length === 0 ? unknown('streetAddressLine') : person.line.map((line) => element('streetAddressLine', {}, line)),
    known('city', person.city),
    person.state === '' ? undefined : element('state', {}, person.state),
    person.postalCode === '' ? undefined : element('postalCode', {}, person.postalCode),
    element('country', {}, 'US'),
  );
  const gender = GENDERS[patient.sex];
  const born = timestamp(patient.born);
  return element(
    'recordTarget',
    {},
    element(
      'patientRole',
      {},
      // The number is the practice's own: no root for it is registered, so it stands beside the referral's.
      id(`${REFERRAL_ROOT}.1`, patient.recordNumber),
      address,
      telecom(patient.phone, 'HP'),
      element(
        'patient',
        {},
        element(
          'name',
          { use: 'L' },
          person.given.length === 0 ? unknown('given') : person.given.map((given) => element('given', {}, given)),
          known('family', person.family),
        ),
        gender === undefined
          ? element('administrativeGenderCode', { nullFlavor: 'UNK' })
          : element('administrativeGenderCode', { code: gender, codeSystem: '2.16.840.1.113883.5.1' }),
        born === undefined ? unknown('birthTime') : element('birthTime', { value: born }),
        // Not asked of the chart: a specialist needs neither to see the patient.
        unknown('raceCode'),
        unknown('ethnicGroupCode'),
        person.language === ''
          ? undefined
          : element(
              'languageCommunication',
              {},
              element('languageCode', { code: person.language }),
              element('preferenceInd', { value: 'true' }),
            ),
      ),
    ),
  );
}

function parties({ referralId, approvedAt, referring, specialist, chart }: SentPacket): XmlElement[] {
  const callback = telecom(chart.callback, 'WP');
  return [
    element(
      'author',
      {},
      element('time', { value: timestamp(approvedAt) }),
      element(
        'assignedAuthor',
        {},
        element('id', { nullFlavor: 'UNK', root: NPI_OID }),
        UNKNOWN_ADDRESS,
        callback,
        element('assignedPerson', {}, personName(referring.clinician)),
      ),
    ),
    element(
      'custodian',
      {},
      element(
        'assignedCustodian',
        {},
        element(
          'representedCustodianOrganization',
          {},
          element('id', { nullFlavor: 'UNK' }),
          element('name', {}, referring.practice),
          callback,
          UNKNOWN_ADDRESS,
        ),
      ),
    ),
    element(
      'informationRecipient',
      {},
      element(
        'intendedRecipient',
        {},
        id(NPI_OID, specialist.npi),
        telecom(specialist.phone, 'WP'),
        element('informationRecipient', {}, personName(specialist.name)),
        element('receivedOrganization', {}, element('name', {}, specialist.organization)),
      ),
    ),
    // Whom to call with questions (CONF:1198-31647).
    element(
      'participant',
      { typeCode: 'CALLBCK' },
      element(
        'associatedEntity',
        { classCode: 'ASSIGNED' },
        id(REFERRAL_ROOT, referralId),
        callback,
        element('associatedPerson', {}, personName(referring.clinician)),
        element('scopingOrganization', {}, element('name', {}, referring.practice)),
      ),
    ),
  ];
}

const codingWords = ({ code: value, display }: Coding): string => [value, display].filter(Boolean).join(' · ');

/** The reason, what is asked, and all that only people read. */
function reason({ request, chart }: SentPacket): XmlElement {
  return narrativeSection({
    templates: [template('1.3.6.1.4.1.19376.1.5.3.1.3.1', '2014-06-09')],
    code: code('42349-1', LOINC_OID, 'Reason for referral'),
    title: 'Reason for referral',
    lines: [
      `Kind: ${request.kind}. Urgency: ${request.urgency}.`,
      `Reason: ${request.reason}`,
      ...chart.reasonCodes.map((coding) => `Diagnosis: ${codingWords(coding)}`),
      `Question: ${request.question}`,
      ...(chart.teeth.length === 0 ? [] : [`Teeth: ${chart.teeth.map(toothWords).join(', ')}`]),
      `Coverage: ${request.coverage}. Authorization: ${chart.authorization}`,
      ...(chart.answerWithin === null ? [] : [`Please answer within ${chart.answerWithin}.`]),
      ...(chart.files?.enclosed ?? []).map(
        (file) => `${fileWords(file)}: not in this form of the packet; it is enclosed with the PDF and the FHIR form.`,
      ),
      ...chart.lacking.map((label) => `${label}: not included.`),
      ...(chart.files?.notEnclosed ?? []).map(notEnclosedWords),
      ...(chart.withheld ? [WITHHELD_WORDS] : []),
    ],
  });
}

/** The signed note, line by line. A Referral Note holds an assessment and a plan, together or apart (CONF:1198-29102). */
const assessment = ({ note }: SentPacket): XmlElement =>
  narrativeSection({
    templates: [template('2.16.840.1.113883.10.20.22.2.9', '2014-06-09')],
    code: code('51847-2', LOINC_OID, 'Evaluation + Plan note'),
    title: 'Referral note',
    lines: note.sections.flatMap(({ lines }) => lines.map(({ text }) => text)),
  });

/** Images and documents: no section of C-CDA is theirs, so they stand as text under their title, without a code. */
function attachments(items: readonly PacketItem[], section: PacketSection): XmlElement[] {
  if (items.length === 0) return [];
  const lines = items.map(itemWords);
  return [narrativeSection({ title: SECTION_WORDS[section], lines })];
}

/** @returns the document as text, well-formed; the same packet gives the same text */
export function packetCcda(packet: SentPacket): string {
  const of = (section: PacketSection) => packet.chart.items.filter((item) => item.section === section);
  const sections = [
    reason(packet),
    assessment(packet),
    problemsSection(of('problems')),
    medicationsSection(of('medications')),
    allergiesSection(of('allergies')),
    resultsSection(of('results')),
    ...attachments(of('imaging'), 'imaging'),
    ...attachments(of('documents'), 'documents'),
  ];
  return xmlDocument(
    element(
      'ClinicalDocument',
      { xmlns: 'urn:hl7-org:v3', 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', 'xmlns:sdtc': 'urn:hl7-org:sdtc' },
      element('realmCode', { code: 'US' }),
      element('typeId', { root: '2.16.840.1.113883.1.3', extension: 'POCD_HD000040' }),
      template('2.16.840.1.113883.10.20.22.1.1', '2015-08-01'),
      template('2.16.840.1.113883.10.20.22.1.14', '2015-08-01'),
      id(`${REFERRAL_ROOT}.2`, `${packet.referralId}-${packet.chart.madeAt}`),
      code('57133-1', LOINC_OID, 'Referral note'),
      element('title', {}, packet.synthetic ? `${packet.title} (synthetic, not for care)` : packet.title),
      element('effectiveTime', { value: timestamp(packet.chart.madeAt) }),
      element('confidentialityCode', { code: 'N', codeSystem: '2.16.840.1.113883.5.25' }),
      element('languageCode', { code: 'en-US' }),
      recordTarget(packet),
      ...parties(packet),
      element(
        'component',
        {},
        element(
          'structuredBody',
          {},
          sections.map((section) => element('component', {}, section)),
        ),
      ),
    ),
  );
}
