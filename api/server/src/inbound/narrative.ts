/** The narrative of a C-CDA section (CDA R2, StrucDoc.Text) as lines of text: a row of a table is a line, an item of a list is a line. */
import type { XmlElement } from './xml-tree.ts';

const OWN_LINE = new Set(['paragraph', 'item', 'tr', 'caption', 'list', 'table', 'br', 'title', 'content-line']);

/** Removed text is not part of the note (revised="delete"). */
const isDeleted = ({ attributes }: XmlElement): boolean => attributes['revised'] === 'delete';

export function narrativeText(element: XmlElement): string {
  const lines: string[] = [''];
  const line = (): void => void (lines.at(-1) === '' || lines.push(''));
  const write = (words: string): void => {
    const plain = words.replaceAll(/\s+/g, ' ');
    const last = lines.at(-1) ?? '';
    lines[lines.length - 1] = last === '' || last.endsWith(' ') ? last + plain.trimStart() : last + plain;
  };
  const walk = (node: XmlElement): void => {
    for (const child of node.children) {
      if (typeof child === 'string') write(child);
      else if (!isDeleted(child)) {
        const own = OWN_LINE.has(child.name);
        if (own) line();
        if ((child.name === 'td' || child.name === 'th') && lines.at(-1) !== '') write(' | ');
        walk(child);
        if (own) line();
      }
    }
  };
  walk(element);
  return lines
    .map((each) => each.trim())
    .filter(Boolean)
    .join('\n');
}
