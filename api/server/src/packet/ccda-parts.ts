/** Small parts of a C-CDA document, each with the identifiers HL7 gives them. */
import { element, type XmlElement } from './xml.ts';

export const LOINC_OID = '2.16.840.1.113883.6.1';
export const SNOMED_OID = '2.16.840.1.113883.6.96';
export const RXNORM_OID = '2.16.840.1.113883.6.88';
export const ICD10_OID = '2.16.840.1.113883.6.90';
export const NPI_OID = '2.16.840.1.113883.4.6';

/**
 * An OID of our own under 2.25, which anybody makes from a UUID without asking (ITU-T X.667); ours is the UUID
 * 5f0c1d1e-7b1a-4c53-9a5e-3d0c2e6f8b41.
 */
export const REFERRAL_ROOT = `2.25.${BigInt('0x5f0c1d1e7b1a4c539a5e3d0c2e6f8b41')}`;

export const template = (root: string, extension?: string): XmlElement => element('templateId', { root, extension });

export const code = (value: string, codeSystem: string, displayName?: string): XmlElement =>
  element('code', { code: value, codeSystem, displayName });

export const id = (root: string, extension: string): XmlElement => element('id', { root, extension });

/** `2026-05-12` or an instant as HL7 v3 writes it, as exact as it is known; undefined for no date. */
export function timestamp(date: string): string | undefined {
  const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?Z)?)?)?$/.exec(date);
  if (!found) return undefined;
  const [, ...parts] = found;
  const digits = parts.filter((part) => part !== undefined).join('');
  return digits.length > 8 ? `${digits}+0000` : digits;
}

/** The bounds of an interval whose end is not known; without a beginning that is said too. */
export const since = (date: string): XmlElement => {
  const value = timestamp(date);
  return value === undefined ? element('low', { nullFlavor: 'UNK' }) : element('low', { value });
};

/** RFC 3966 as v3 asks for it; a number we do not have is unknown. */
export function telecom(number: string, use: 'HP' | 'WP'): XmlElement {
  const dialled = number.replaceAll(/[^\d+]/g, '');
  return dialled === '' ? element('telecom', { nullFlavor: 'UNK' }) : element('telecom', { use, value: `tel:${dialled}` });
}

export const UNKNOWN_ADDRESS: XmlElement = element(
  'addr',
  { nullFlavor: 'UNK' },
  element('streetAddressLine', { nullFlavor: 'UNK' }),
  element('city', { nullFlavor: 'UNK' }),
);

/** A section that people read. Without a line it says that there is nothing. */
export function narrativeSection(of: {
  templates?: readonly XmlElement[];
  code?: XmlElement;
  title: string;
  lines: readonly string[];
}): XmlElement {
  return element(
    'section',
    {},
    of.templates,
    of.code,
    element('title', {}, of.title),
    element(
      'text',
      {},
      of.lines.length === 0
        ? 'None recorded'
        : element(
            'list',
            {},
            of.lines.map((line) => element('item', {}, line)),
          ),
    ),
  );
}
