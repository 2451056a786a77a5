/**
 * The coded sections of the referral note: problems, medications, allergies, results. Each entry points at the line people read. A section
 * without entries says so by nullFlavor NI, which the templates allow in place of an entry.
 */
import { type Coding, ICD10CM, LOINC, RXNORM, SNOMED } from '@refloop/domain/fhir/read';
import type { PacketItem } from '@refloop/domain/packet/contents';
import { code, ICD10_OID, id, LOINC_OID, REFERRAL_ROOT, RXNORM_OID, SNOMED_OID, since, template, timestamp } from './ccda-parts.ts';
import { itemWords } from './packet-words.ts';
import { element, type XmlElement } from './xml.ts';

const OIDS: Readonly<Record<string, string>> = { [LOINC]: LOINC_OID, [SNOMED]: SNOMED_OID, [RXNORM]: RXNORM_OID, [ICD10CM]: ICD10_OID };

type Coded = { name: 'code' | 'value'; type?: 'CD'; prefer: readonly string[]; line: string };

/** The code of a system that C-CDA prefers, the others as translations, and where the words stand; without any, that it is not known. */
function coded(codings: readonly Coding[], { name, type, prefer, line }: Coded): XmlElement {
  const known = codings.flatMap(({ system = '', code: value, display }) => {
    const oid = OIDS[system];
    return oid === undefined || value === undefined ? [] : [{ oid, value, display }];
  });
  const main = known.find(({ oid }) => prefer.includes(oid));
  const others = known.filter((each) => each !== main);
  return element(
    name,
    {
      'xsi:type': type,
      ...(main ? { code: main.value, codeSystem: main.oid, displayName: main.display } : { nullFlavor: 'OTH' }),
    },
    element('originalText', {}, element('reference', { value: `#${line}` })),
    others.map(({ oid, value, display }) => element('translation', { code: value, codeSystem: oid, displayName: display })),
  );
}

type Section = {
  root: string;
  extension: string;
  code: string;
  display: string;
  title: string;
  /** How its lines are told apart from those of other sections. */
  mark: string;
};

function section(of: Section, items: readonly PacketItem[], entryOf: (item: PacketItem, line: string) => XmlElement): XmlElement {
  const lines = items.map((item, index) => ({ item, line: `${of.mark}${index + 1}` }));
  return element(
    'section',
    { nullFlavor: items.length === 0 ? 'NI' : undefined },
    template(of.root, of.extension),
    code(of.code, LOINC_OID, of.display),
    element('title', {}, of.title),
    element(
      'text',
      {},
      items.length === 0
        ? 'None recorded'
        : element(
            'list',
            {},
            lines.map(({ item, line }) => element('item', {}, element('content', { ID: line }, itemWords(item)))),
          ),
    ),
    lines.map(({ item, line }) => element('entry', { typeCode: 'DRIV' }, entryOf(item, line))),
  );
}

const itemId = (item: PacketItem, part: string): XmlElement => id(`${REFERRAL_ROOT}.3`, `${item.id}#${part}`);
const status = (value: 'active' | 'completed'): XmlElement => element('statusCode', { code: value });

/** A concern that holds one observation (4.3, 4.30). */
const concern = (root: string, item: PacketItem, observation: XmlElement): XmlElement =>
  element(
    'act',
    { classCode: 'ACT', moodCode: 'EVN' },
    template(root, '2015-08-01'),
    itemId(item, 'concern'),
    code('CONC', '2.16.840.1.113883.5.6', 'Concern'),
    status('active'),
    element('effectiveTime', {}, since(item.date)),
    element('entryRelationship', { typeCode: 'SUBJ' }, observation),
  );

export const problemsSection = (items: readonly PacketItem[]): XmlElement =>
  section(
    {
      root: '2.16.840.1.113883.10.20.22.2.5.1',
      extension: '2015-08-01',
      code: '11450-4',
      display: 'Problem list - Reported',
      title: 'Problems',
      mark: 'problem',
    },
    items,
    (item, line) =>
      concern(
        '2.16.840.1.113883.10.20.22.4.3',
        item,
        element(
          'observation',
          { classCode: 'OBS', moodCode: 'EVN' },
          template('2.16.840.1.113883.10.20.22.4.4', '2015-08-01'),
          itemId(item, 'problem'),
          // Problem type with the LOINC translation that CONF:1198-32950 asks for.
          element(
            'code',
            { code: '55607006', codeSystem: SNOMED_OID, displayName: 'Problem' },
            element('translation', { code: '75326-9', codeSystem: LOINC_OID, displayName: 'Problem' }),
          ),
          status('completed'),
          element('effectiveTime', {}, since(item.date)),
          coded(item.codings, { name: 'value', type: 'CD', prefer: [SNOMED_OID], line }),
        ),
      ),
  );

export const medicationsSection = (items: readonly PacketItem[]): XmlElement =>
  section(
    {
      root: '2.16.840.1.113883.10.20.22.2.1.1',
      extension: '2014-06-09',
      code: '10160-0',
      display: 'History of Medication use Narrative',
      title: 'Medications',
      mark: 'medication',
    },
    items,
    (item, line) =>
      element(
        'substanceAdministration',
        { classCode: 'SBADM', moodCode: 'EVN' },
        template('2.16.840.1.113883.10.20.22.4.16', '2014-06-09'),
        itemId(item, 'medication'),
        // The dosage as the chart words it.
        element('text', {}, element('reference', { value: `#${line}` })),
        status('active'),
        element('effectiveTime', { 'xsi:type': 'IVL_TS' }, since(item.date)),
        element('doseQuantity', { nullFlavor: 'UNK' }),
        element(
          'consumable',
          {},
          element(
            'manufacturedProduct',
            { classCode: 'MANU' },
            template('2.16.840.1.113883.10.20.22.4.23', '2014-06-09'),
            element('manufacturedMaterial', {}, coded(item.codings, { name: 'code', prefer: [RXNORM_OID], line })),
          ),
        ),
      ),
  );

/** HL7 example "No known allergies": an observation of an allergy to a substance, negated. */
const isNoneKnown = ({ title }: PacketItem): boolean => /^no (?:known|history)/i.test(title);

export const allergiesSection = (items: readonly PacketItem[]): XmlElement =>
  section(
    {
      root: '2.16.840.1.113883.10.20.22.2.6.1',
      extension: '2015-08-01',
      code: '48765-2',
      display: 'Allergies and adverse reactions Document',
      title: 'Allergies',
      mark: 'allergy',
    },
    items,
    (item, line) =>
      concern(
        '2.16.840.1.113883.10.20.22.4.30',
        item,
        element(
          'observation',
          { classCode: 'OBS', moodCode: 'EVN', negationInd: isNoneKnown(item) ? 'true' : undefined },
          template('2.16.840.1.113883.10.20.24.3.90', '2014-06-09'),
          template('2.16.840.1.113883.10.20.22.4.7', '2014-06-09'),
          itemId(item, 'allergy'),
          element('code', { code: 'ASSERTION', codeSystem: '2.16.840.1.113883.5.4' }),
          element('text', {}, element('reference', { value: `#${line}` })),
          status('completed'),
          element('effectiveTime', {}, since(item.date)),
          // Allergy and Intolerance Type: the precise substance is the participant's.
          element('value', { 'xsi:type': 'CD', code: '419199007', codeSystem: SNOMED_OID, displayName: 'Allergy to substance' }),
          element(
            'participant',
            { typeCode: 'CSM' },
            element(
              'participantRole',
              { classCode: 'MANU' },
              element(
                'playingEntity',
                { classCode: 'MMAT' },
                isNoneKnown(item)
                  ? element('code', { nullFlavor: 'NA' })
                  : coded(item.codings, { name: 'code', prefer: [RXNORM_OID, SNOMED_OID], line }),
              ),
            ),
          ),
        ),
      ),
  );

export const resultsSection = (items: readonly PacketItem[]): XmlElement =>
  section(
    {
      root: '2.16.840.1.113883.10.20.22.2.3.1',
      extension: '2015-08-01',
      code: '30954-2',
      display: 'Relevant diagnostic tests/laboratory data Narrative',
      title: 'Results',
      mark: 'result',
    },
    items,
    (item, line) => {
      const value = timestamp(item.date);
      return element(
        'organizer',
        { classCode: 'CLUSTER', moodCode: 'EVN' },
        template('2.16.840.1.113883.10.20.22.4.1', '2015-08-01'),
        itemId(item, 'organizer'),
        coded(item.codings, { name: 'code', prefer: [LOINC_OID], line }),
        status('completed'),
        element(
          'component',
          {},
          element(
            'observation',
            { classCode: 'OBS', moodCode: 'EVN' },
            template('2.16.840.1.113883.10.20.22.4.2', '2015-08-01'),
            itemId(item, 'result'),
            coded(item.codings, { name: 'code', prefer: [LOINC_OID], line }),
            status('completed'),
            element('effectiveTime', value === undefined ? { nullFlavor: 'UNK' } : { value }),
            element('value', { 'xsi:type': 'ST' }, [item.detail, ...item.text].filter(Boolean).join('. ') || 'see the text'),
          ),
        ),
      );
    },
  );
