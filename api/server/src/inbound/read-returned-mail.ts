/** Reads the report of a mail that came back: multipart/report of RFC 6522, the fields of RFC 3464. Called in the reading process alone. */
import PostalMime, { type Attachment } from 'postal-mime';
import { HEADERS_WITHIN, headersIn, mailField, mailHeaders, unfolded } from './mail-headers.ts';
import type { ReturnedMail } from './read-file.ts';

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/;

/** Also of mails in other alphabets (RFC 6533). */
const STATUS_TYPES: readonly string[] = ['message/delivery-status', 'message/global-delivery-status'];
const MAIL_TYPES: readonly string[] = ['message/rfc822', 'message/global', 'text/rfc822-headers', 'message/global-headers'];

function textOf({ content }: Attachment): string {
  if (typeof content === 'string') return content;
  return Buffer.from(content instanceof Uint8Array ? content : new Uint8Array(content)).toString('latin1');
}

const isReport = (headers: string): boolean => {
  const type = mailField(headers, 'content-type') ?? '';
  return /^multipart\/report\b/i.test(type) && /;\s*report-type="?delivery-status"?\s*(;|$)/i.test(type);
};

/** Undefined where it is no such report. */
export async function readReturnedMail(bytes: Uint8Array): Promise<ReturnedMail | undefined> {
  const headers = mailHeaders(bytes);
  if (headers === undefined || !isReport(headers)) return undefined;
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
  const failure = recipients.find((fields) => /^failed\b/i.test(mailField(fields, 'action') ?? ''));
  const named = [
    ...parts(MAIL_TYPES).map((text) => mailField(headersIn(text), 'message-id')),
    ...statuses.map((text) => mailField(text, 'original-envelope-id')),
  ];
  const status = failure === undefined ? null : (/^[245]\.\d{1,3}\.\d{1,3}/.exec(mailField(failure, 'status') ?? '')?.[0] ?? '');
  return { kind: 'returned-mail', mails: [...new Set(named.flatMap((name) => UUID.exec(name ?? '') ?? []))], failed: status };
}
