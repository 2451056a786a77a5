/**
 * XML 1.0, written. A document is a tree of elements; every value is escaped, and a character that XML 1.0 has no place for becomes U+FFFD,
 * so that what is written is well-formed whatever it says.
 */
export type XmlNode = XmlElement | string;
export type XmlElement = { name: string; attributes: Readonly<Record<string, string | undefined>>; children: readonly XmlNode[] };

/** Attributes without a value are left out, and so are children that are undefined. */
export const element = (
  name: string,
  attributes: XmlElement['attributes'] = {},
  ...children: readonly (XmlNode | readonly XmlNode[] | undefined)[]
): XmlElement => ({ name, attributes, children: children.flatMap((child) => child ?? []) });

// https://www.w3.org/TR/xml/#charsets, without the lone surrogates that UTF-8 cannot hold.
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const plain = (words: string): string => words.toWellFormed().replaceAll(NOT_XML, '\uFFFD');
const escaped = (words: string): string => plain(words).replaceAll(/[&<>]/g, (sign) => SIGNS[sign] ?? sign);
/** White space in an attribute is read back as spaces unless it is written by number (XML 1.0, 3.3.3). */
const escapedAttribute = (words: string): string =>
  plain(words).replaceAll(/[&<>"\t\n\r]/g, (sign) => SIGNS[sign] ?? `&#${sign.charCodeAt(0)};`);

function written(node: XmlNode): string {
  if (typeof node === 'string') return escaped(node);
  const attributes = Object.entries(node.attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapedAttribute(value)}"`))
    .join('');
  if (node.children.length === 0) return `<${node.name}${attributes}/>`;
  return `<${node.name}${attributes}>${node.children.map(written).join('')}</${node.name}>`;
}

/** A tree as it stands within another document. */
export const xmlText = (root: XmlElement): string => written(root);

export const xmlDocument = (root: XmlElement): string => `<?xml version="1.0" encoding="UTF-8"?>\n${written(root)}\n`;
