/** What a file from outside turns out to be once it is read: a document, a mail of ours that came back, a mail that holds documents. */
import { z } from 'zod';
import { ReadDocument, unreadable } from './read-document.ts';
import { UnpackedMail } from './unpacked-mail.ts';

export const ReturnedMail = z.object({
  kind: z.literal('returned-mail'),
  /** UUIDs it names as those of the mail: ours has one. */
  mails: z.array(z.uuid()),
  /** The status of RFC 3463, empty where it gives none; null where delivery has not failed (it only takes longer). */
  failed: z.string().nullable(),
});
export type ReturnedMail = z.infer<typeof ReturnedMail>;

/** What a file from outside may be. */
export const ReadFile = z.discriminatedUnion('kind', [...ReadDocument.options, ReturnedMail, UnpackedMail]);
export type ReadFile = z.infer<typeof ReadFile>;

/** Where only a document is of use: a mail that came back is none, nor is one that holds some. */
export const asDocument = (file: ReadFile): ReadDocument =>
  file.kind === 'returned-mail' || file.kind === 'mail' ? unreadable('other-kind') : file;
