/** Making sentences that keep hold of what they rest on. */
import type { ResourceRef } from '../fhir/reference.ts';
import { referenceText } from '../fhir/reference.ts';
import type { NoteSection, Sentence } from './note.ts';
import { asSentence } from './words.ts';

export type DraftSentence = Omit<Sentence, 'id'>;

/** A sentence of the composer; it always rests on something. */
export function sourced(section: NoteSection, text: string, first: ResourceRef, ...more: readonly ResourceRef[]): DraftSentence {
  const seen = new Set<string>();
  const sources = [first, ...more].filter((ref) => !seen.has(referenceText(ref)) && seen.add(referenceText(ref)));
  return { section, text: asSentence(text), author: 'composer', sources };
}

/** The clinician's own words or choices, taken over from the request. */
export const spoken = (section: NoteSection, text: string, sources: readonly ResourceRef[] = []): DraftSentence => ({
  section,
  text: asSentence(text),
  author: 'clinician',
  sources,
});

// FNV-1a, 32 bits (public domain; constants from the FNV specification). Names a sentence, protects nothing.
function fingerprint(text: string, basis: number): string {
  let hash = basis;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0');
}

/**
 * Ids that stay the same while a sentence rests on the same resources, so that a draft made again can be laid over the
 * clinician's edits: section, a fingerprint of the sources, and a count where two share both.
 */
export function withIds(sentences: readonly DraftSentence[]): readonly Sentence[] {
  const used = new Map<string, number>();
  return sentences.map((sentence) => {
    const basis = sentence.sources.map(referenceText).join(' ');
    const name = `${sentence.section}-${fingerprint(basis, 0x811c9dc5)}${fingerprint(basis, 0x01234567)}`;
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return { id: count === 1 ? name : `${name}-${count}`, ...sentence };
  });
}
