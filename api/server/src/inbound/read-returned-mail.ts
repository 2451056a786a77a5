/** Reads the report of a mail that came back: multipart/report of RFC 6522, the fields of RFC 3464. Called in the reading process alone. */
import PostalMime, { type Attachment } from 'postal-mime';
import type { ReturnedMail } from './returned-mail.ts';

/** The headers of a report stand within this; what begins otherwise is no mail. */
const HEADERS_WITHIN = 64 * 1024;
const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/;

/** Also of mails in other alphabets (RFC 6533). */
const STATUS_TYPES: readonly string[] = ['message/delivery-status', 'message/global-delivery-status'];
const MAIL_TYPES: readonly string[] = ['message/rfc822', 'message/global', 'text/rfc822-headers', 'message/global-headers'];

const unfolded = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll(/\n[ \t]+/g, ' ');

const headersOf = (text: string): string => unfolded(text.slice(0, HEADERS_WITHIN)).split(/\n[ \t]*\n/, 1)[0] ?? '';

const isFields = (headers: string): boolean =>
  headers.split('\n').every((line, at) => /^[!-9;-~]+:/.test(line) || (at === 0 && line.startsWith('From ')));

const field = (fields: string, name: string): string | undefined => new RegExp(`^${name}:(.*)$`, 'im').exec(fields)?.[1]?.trim();

function textOf({ content }: Attachment): string {
  if (typeof content === 'string') return content;
  return Buffer.from(content instanceof Uint8Array ? content : new Uint8Array(content)).toString('latin1');
}

const isReport = (headers: string): boolean => {
  const type = field(headers, 'content-type') ?? '';
  return /^multipart\/report\b/i.test(type) && /;\s*report-type="?delivery-status"?\s*(;|$)/i.test(type);
};

/** Undefined where it is no such report. */
export async function readReturnedMail(bytes: Uint8Array): Promise<ReturnedMail | undefined> {
  const headers = headersOf(Buffer.from(bytes.subarray(0, HEADERS_WITHIN)).toString('latin1').trimStart());
  if (!isFields(headers) || !isReport(headers)) return undefined;
  const limits = { maxNestingDepth: 10, maxHeadersSize: HEADERS_WITHIN, forceRfc822Attachments: true };
  const { attachments } = await PostalMime.parse(bytes, limits);
  const parts = (types: readonly string[]): string[] => attachments.filter(({ mimeType }) => types.includes(mimeType)).map(textOf);
  const statuses = parts(STATUS_TYPES).map(unfolded);
  // The fields of the message, then those of each recipient, apart by an empty line (RFC 3464 §2.1); ours have one.
  const recipients = statuses.flatMap((text) =>
    text
      .trim()
      .split(/\n[ \t]*\n/)
      .slice(1),
  );
  const failure = recipients.find((fields) => /^failed\b/i.test(field(fields, 'action') ?? ''));
  const named = [
    ...parts(MAIL_TYPES).map((text) => field(headersOf(text), 'message-id')),
    ...statuses.map((text) => field(text, 'original-envelope-id')),
  ];
  const status = failure === undefined ? null : (/^[245]\.\d{1,3}\.\d{1,3}/.exec(field(failure, 'status') ?? '')?.[0] ?? '');
  return { kind: 'returned-mail', mails: [...new Set(named.flatMap((name) => UUID.exec(name ?? '') ?? []))], failed: status };
}
