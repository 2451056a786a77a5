/** The body of a request: JSON by name and by content, or one file as it is; whole, within its limit. */
import { DEEPEST, type JsonText, parseJsonText } from './json-text.ts';
import { problem, type Refusal } from './problem.ts';
import type { Upload, Uploaded } from './routes/route.ts';

export type Read = { ok: true; value: unknown } | { ok: false; refusal: Refusal };

const refuse = (refusal: Refusal): Read => ({ ok: false, refusal });

const SEND_JSON = 'Send one JSON object in UTF-8 with content-type application/json.';

const largerThan = (limit: number): Refusal =>
  problem('too-large', `The body is larger than ${Math.round(limit / 1024)} KiB. Send less at once; nothing was kept.`);
const tooLarge = (limit: number): Read => refuse(largerThan(limit));

const WORDS: Record<Extract<JsonText, { ok: false }>['why'], string> = {
  'not-utf-8': `The body is not UTF-8. ${SEND_JSON}`,
  'not-json': `The body is not JSON. ${SEND_JSON}`,
  'too-deep': `The body is nested deeper than ${DEEPEST} levels, which nothing that Refloop takes is. ${SEND_JSON}`,
  nul: 'The body holds the character U+0000, which no text may hold. Leave it out and send it again.',
};

/**
 * A page of another site can send a form or plain text without asking; JSON it can only send where we allow it, which we never do.
 * A body that names no type is taken for what it should be.
 */
function isJson(headers: Headers): boolean {
  const [type = '', ...parameters] = (headers.get('content-type') ?? 'application/json').toLowerCase().split(';');
  const named = /^application\/(?:[a-z0-9.+-]+\+)?json$/.test(type.trim());
  return named && parameters.every((parameter) => !parameter.trim().startsWith('charset') || /^charset="?utf-?8"?$/.test(parameter.trim()));
}

async function bytesOf(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer> | 'too-large' | 'cut-off'> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > limit) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    // Whoever sent it has left, or took longer than the port allows.
    return 'cut-off';
  }
  return new Uint8Array(Buffer.concat(chunks));
}

const cutOff = (): Refusal => problem('invalid-request', 'The body did not arrive whole. Nothing was kept; send it again.');

type ReadFile = { ok: true; upload: Uploaded } | { ok: false; refusal: Refusal };

/** Of any form that a bearer may have (RFC 6750, 2.1): what a link was opened to, or what a gateway signed. */
const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]{20,4000}=*)$/i;

/** Reads a file of at most the limit, once what the headers say of it is admitted. */
export async function readUpload(
  request: Request,
  { contentType, limit, admit }: Upload,
  at: Parameters<Upload['admit']>[1],
): Promise<ReadFile> {
  const { headers } = request;
  if (headers.get('content-type') !== contentType || headers.has('content-encoding')) {
    return { ok: false, refusal: problem('unsupported-media-type', `The body is not marked as a file of type ${contentType}.`) };
  }
  const bearer = BEARER.exec(headers.get('authorization') ?? '')?.[1] ?? '';
  const refusal = await admit(bearer, at);
  if (refusal) return { ok: false, refusal };
  if (Number(headers.get('content-length') ?? 0) > limit) return { ok: false, refusal: largerThan(limit) };
  const bytes = await bytesOf(request, limit);
  if (bytes === 'too-large') return { ok: false, refusal: largerThan(limit) };
  return bytes === 'cut-off'
    ? { ok: false, refusal: cutOff() }
    : { ok: true, upload: { bearer, signature: headers.get('x-refloop-signature') ?? '', bytes } };
}

/** Reads a JSON body of at most `limit` bytes, however it is sent. */
export async function readBody(request: Request, limit: number): Promise<Read> {
  if (!isJson(request.headers) || request.headers.has('content-encoding')) {
    return refuse(problem('unsupported-media-type', `The body is not marked as plain JSON. ${SEND_JSON}`));
  }
  if (Number(request.headers.get('content-length') ?? 0) > limit) return tooLarge(limit);
  const bytes = await bytesOf(request, limit);
  if (bytes === 'too-large') return tooLarge(limit);
  if (bytes === 'cut-off') return refuse(cutOff());
  const parsed = parseJsonText(bytes);
  return parsed.ok ? parsed : refuse(problem('invalid-request', WORDS[parsed.why]));
}
