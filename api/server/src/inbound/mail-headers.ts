/** The headers of a mail (RFC 5322 §2.2), as far as it takes to tell what it is. */

/** They stand within this; what begins otherwise is no mail. In bytes. */
export const HEADERS_WITHIN = 64 * 1024;

export const unfolded = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll(/\n[ \t]+/g, ' ');

export const headersIn = (text: string): string => unfolded(text.slice(0, HEADERS_WITHIN)).split(/\n[ \t]*\n/, 1)[0] ?? '';

const isFields = (headers: string): boolean =>
  headers.split('\n').every((line, at) => /^[!-9;-~]+:/.test(line) || (at === 0 && line.startsWith('From ')));

/** Undefined where it begins otherwise than a mail. */
export function mailHeaders(bytes: Uint8Array): string | undefined {
  const headers = headersIn(Buffer.from(bytes.subarray(0, HEADERS_WITHIN)).toString('latin1').trimStart());
  return isFields(headers) ? headers : undefined;
}

export const mailField = (fields: string, name: string): string | undefined => new RegExp(`^${name}:(.*)$`, 'im').exec(fields)?.[1]?.trim();
