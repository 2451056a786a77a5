/** The note as signed, ready for a DocumentReference. */
import { specialtyInSentence } from '@refloop/domain/clinical/specialty';

export type SignedNote = { text: string; base64: string; bytes: number; title: string };

export function signedNote(text: string, specialtyName: string): SignedNote {
  const bytes = Buffer.from(text, 'utf8');
  return {
    text,
    base64: bytes.toString('base64'),
    bytes: bytes.byteLength,
    title: `Referral note to ${specialtyInSentence({ name: specialtyName })}`,
  };
}
