/** Where a page of recommendations ended: time and id of its last row, opaque to the client. */
export type Cursor = { madeAt: string; id: string };

export const writeCursor = ({ madeAt, id }: Cursor): string => Buffer.from(JSON.stringify([madeAt, id])).toString('base64url');

/** Undefined where the text is no cursor of ours. */
export function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined;
  try {
    const [madeAt, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    return typeof madeAt === 'string' && typeof id === 'string' && !Number.isNaN(Date.parse(madeAt)) ? { madeAt, id } : undefined;
  } catch {
    return undefined;
  }
}
