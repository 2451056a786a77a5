/** Many short texts in one shared block of bytes: a thread can hand over a million without copying one. */
export type SharedTexts = {
  bytes: Uint8Array<SharedArrayBuffer>;
  /** Text n lies from offsets[n] to offsets[n + 1]. */
  offsets: Uint32Array<SharedArrayBuffer>;
};

export const sharedUint32 = (length: number): Uint32Array<SharedArrayBuffer> => new Uint32Array(new SharedArrayBuffer(length * 4));
export const sharedFloat64 = (length: number): Float64Array<SharedArrayBuffer> => new Float64Array(new SharedArrayBuffer(length * 8));
export const sharedUint8 = (length: number): Uint8Array<SharedArrayBuffer> => new Uint8Array(new SharedArrayBuffer(length));

/** Packs texts as UTF-8; all together below 4 GiB, which is what an offset can say. */
export function packTexts(texts: readonly string[]): SharedTexts {
  const offsets = sharedUint32(texts.length + 1);
  let total = 0;
  for (const [at, text] of texts.entries()) {
    total += Buffer.byteLength(text);
    if (total > 0xffff_ffff) throw new Error('The directory is larger than 4 GiB of entries; split it by specialty or region.');
    offsets[at + 1] = total;
  }
  const bytes = sharedUint8(total);
  const target = Buffer.from(bytes.buffer);
  for (const [at, text] of texts.entries()) target.write(text, offsets[at] ?? 0);
  return { bytes, offsets };
}

/** Reads text `at`; the Buffer is a view, nothing is copied but the text itself. */
export function textReader({ bytes, offsets }: SharedTexts): (at: number) => string {
  const source = Buffer.from(bytes.buffer);
  return (at) => source.toString('utf8', offsets[at] ?? 0, offsets[at + 1] ?? 0);
}
