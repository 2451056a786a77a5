/** The words on the pages of a fax, line by line, as whoever reads it at the office sees them. By pdf.js. */
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

const MOST_PAGES = 3;
/** Words so near in height stand on one line; in points. */
const SAME_LINE = 3;

/** Of the first pages; undefined of what is no PDF, or has no text. */
export async function faxText(pages: Uint8Array): Promise<string | undefined> {
  const loading = getDocument({
    data: new Uint8Array(pages),
    verbosity: 0,
    enableXfa: false,
    disableFontFace: true,
    useSystemFonts: false,
  });
  try {
    const pdf = await loading.promise;
    const lines: { y: number; words: { x: number; text: string }[] }[] = [];
    for (let number = 1; number <= Math.min(pdf.numPages, MOST_PAGES); number += 1) {
      const { items } = await (await pdf.getPage(number)).getTextContent();
      const ofPage: typeof lines = [];
      for (const item of items) {
        if (!('str' in item) || item.str.trim() === '') continue;
        const [, , , , x = 0, y = 0] = item.transform as number[];
        const line = ofPage.find((each) => Math.abs(each.y - y) <= SAME_LINE);
        if (line) line.words.push({ x, text: item.str.trim() });
        else ofPage.push({ y, words: [{ x, text: item.str.trim() }] });
      }
      lines.push(...ofPage.toSorted((left, right) => right.y - left.y));
    }
    const text = lines
      .map(({ words }) =>
        words
          .toSorted((left, right) => left.x - right.x)
          .map((word) => word.text)
          .join(' '),
      )
      .join('\n');
    return text === '' ? undefined : text;
  } catch {
    // A fax that cannot be read is put aside at an office too.
    return undefined;
  } finally {
    await loading.destroy();
  }
}
