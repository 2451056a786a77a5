import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonPieces } from './json-pieces.ts';
import type { Piece } from './piece.ts';

async function piecesOf(text: string, chunkBytes: number): Promise<Piece[]> {
  const bytes = Buffer.from(text, 'utf8');
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
  }
  const pieces: Piece[] = [];
  for await (const piece of jsonPieces(chunks())) pieces.push(piece);
  return pieces;
}

const values = fc.json({ maxDepth: 4 }).map((text) => JSON.parse(text) as unknown);

it('cuts a Bundle into the entries JSON.parse finds, however the file is cut into chunks and laid out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(values, { maxLength: 6 }),
      fc.dictionary(fc.string(), values),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(undefined, 2, '\t'),
      async (entry, more, chunkBytes, indent) => {
        const { resourceType: _type, entry: _entry, ...others } = more;
        const text = JSON.stringify({ resourceType: 'Bundle', ...others, entry, link: [{ entry: [1] }] }, undefined, indent);
        const pieces = await piecesOf(text, chunkBytes);
        const entries = pieces.filter(({ kind }) => kind === 'entry');
        expect(entries.map(({ bytes }) => JSON.parse(bytes?.toString('utf8') ?? '') as unknown)).toEqual(entry);
        const shell = pieces.at(-1);
        expect(shell?.kind).toBe('document');
        expect(JSON.parse(shell?.bytes?.toString('utf8') ?? '')).toEqual(
          JSON.parse(JSON.stringify({ resourceType: 'Bundle', ...others, entry: [], link: [{ entry: [1] }] })),
        );
        for (const { offset, line, bytes } of entries) {
          const before = Buffer.from(text, 'utf8').subarray(0, offset);
          expect(line).toBe(before.toString('utf8').split('\n').length);
          expect(Buffer.from(text, 'utf8').subarray(offset, offset + (bytes?.length ?? 0))).toEqual(bytes);
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('leaves the entry of other resource types in its document', async () => {
  const list = { resourceType: 'List', id: 'l', entry: [{ item: { reference: 'Patient/p' } }] };
  const pieces = await piecesOf(`${JSON.stringify(list)}\n${JSON.stringify(list)}`, 7);
  expect(pieces.map(({ kind, bytes }) => ({ kind, value: JSON.parse(bytes?.toString('utf8') ?? '') as unknown }))).toEqual([
    { kind: 'document', value: list },
    { kind: 'document', value: list },
  ]);
});
