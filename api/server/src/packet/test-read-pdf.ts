/** For tests: what a reader gets out of a PDF, read by another library than the one that wrote it. */
import { getDocument, OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** Text in reading order with its place in points from the lower left corner. */
export type Piece = { text: string; x: number; y: number; width: number };
type Node = { role?: string; alt?: string; children?: Node[] };
export type ReadPdf = {
  /** `images`: their size in pixels. `figures`: what is said of each to who does not see it. */
  pages: { text: string; pieces: Piece[]; roles: string[]; images: { width: number; height: number }[]; figures: string[] }[];
  text: string;
  title: string;
  language: string | null;
  tagged: boolean;
};

const rolesOf = (node: Node | null): string[] =>
  node ? [...(node.role ? [node.role] : []), ...(node.children ?? []).flatMap(rolesOf)] : [];

const figuresOf = (node: Node | null): string[] =>
  node ? [...(node.role === 'Figure' ? [node.alt ?? ''] : []), ...(node.children ?? []).flatMap(figuresOf)] : [];

export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  // pdf.js takes the bytes for itself.
  const loading = getDocument({ data: bytes.slice(), verbosity: 0 });
  const pdf = await loading.promise;
  const pages: ReadPdf['pages'] = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent({ disableNormalization: true });
    const pieces: Piece[] = [];
    let text = '';
    for (const item of items) {
      if (!('str' in item)) continue;
      text += item.str + (item.hasEOL ? '\n' : '');
      if (item.str.trim() !== '')
        pieces.push({ text: item.str, x: Number(item.transform[4]), y: Number(item.transform[5]), width: item.width });
    }
    const tree = (await page.getStructTree()) as Node | null;
    const figures = figuresOf(tree);
    const { fnArray, argsArray } = figures.length > 0 ? await page.getOperatorList() : { fnArray: [], argsArray: [] };
    const images = fnArray.flatMap((operation, index) => {
      if (operation !== OPS.paintImageXObject) return [];
      const [, width, height] = argsArray[index] as [string, number, number];
      return [{ width, height }];
    });
    pages.push({ text: text.replaceAll(/ +\n/g, '\n'), pieces, roles: rolesOf(tree), images, figures });
  }
  const { info } = await pdf.getMetadata();
  const { Title: title = '', Language: language = null } = info as { Title?: string; Language?: string | null };
  const marks: unknown = await pdf.getMarkInfo();
  await loading.destroy();
  return {
    pages,
    text: pages.map((page) => page.text).join('\n'),
    title,
    language,
    tagged: marks instanceof Map && marks.get('Marked') === true,
  };
}
