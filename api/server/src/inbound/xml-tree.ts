/**
 * XML from outside as a tree, within limits: no document type is taken, so that there are no entities but XML’s own five and nothing outside
 * the document is ever asked for; depth, elements and text are bounded while it is read. The parser is saxes, which checks that it is well formed.
 */
import { ok, type Result, refuse } from '@refloop/domain/result';
import { SaxesParser } from 'saxes';
import { LIMITS, type Unreadable } from './read-document.ts';

export type XmlElement = {
  /** Namespace and local name. */
  space: string;
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: (XmlElement | string)[];
};

class Stop extends Error {
  readonly why: Unreadable;
  constructor(why: Unreadable) {
    super(why);
    this.why = why;
  }
}

/** As the XML declaration says; UTF-8 where it says nothing. Undefined where the bytes are not what it says. */
function decoded(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
  const declared = /<\?xml[^>]{0,120}\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/.exec(start)?.[1]?.toLowerCase();
  try {
    return new TextDecoder(wide ?? declared ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function xmlTree(bytes: Uint8Array): Result<XmlElement, Unreadable> {
  const text = decoded(bytes);
  if (text === undefined) return refuse('broken');
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let [elements, characters] = [0, 0];
  const add = (words: string): void => {
    characters += words.length;
    if (characters > LIMITS.text) throw new Stop('too-large');
    open.at(-1)?.children.push(words);
  };
  parser.on('doctype', () => {
    throw new Stop('declares-types');
  });
  parser.on('error', () => {
    throw new Stop('broken');
  });
  parser.on('opentag', ({ uri, local, attributes }) => {
    elements += 1;
    if (elements > LIMITS.elements || open.length >= LIMITS.depth) throw new Stop('too-large');
    const own: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const { local: name, value, uri: space } of Object.values(attributes)) if (space === '') own[name] = value;
    const element: XmlElement = { space: uri, name: local, attributes: own, children: [] };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => void open.pop());
  try {
    parser.write(text).close();
  } catch (error) {
    return refuse(error instanceof Stop ? error.why : 'broken');
  }
  return root ? ok(root) : refuse('broken');
}

export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  (element?.children ?? []).filter(
    (child): child is XmlElement => typeof child !== 'string' && child.name === name && child.space === element?.space,
  );

/** The first element along the path. */
export const elementAt = (element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined =>
  path.reduce<XmlElement | undefined>((at, name) => childrenOf(at, name)[0], element);

export const textOf = (element: XmlElement | undefined): string =>
  (element?.children ?? [])
    .map((child) => (typeof child === 'string' ? child : textOf(child)))
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();
