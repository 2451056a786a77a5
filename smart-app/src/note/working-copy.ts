/** Editing the note: pure changes of the working copy. A sentence that the clinician touches becomes the clinician's. */
import type { NoteDraft, Sentence, WorkingCopy } from '@refloop/server/client/recommendation';

type Sentences = readonly Sentence[];

/** The order in which sections stand in the note. */
export const SECTIONS: readonly Sentence['section'][] = [
  'question',
  'reason',
  'history',
  'findings',
  'medications',
  'allergies',
  'background',
  'request',
];

export const SECTION_NAMES: Record<Sentence['section'], string> = {
  question: 'Question',
  reason: 'Reason',
  history: 'History',
  findings: 'Findings',
  medications: 'Medications',
  allergies: 'Allergies',
  background: 'Background',
  request: 'Request',
};

export function editSentence(sentences: Sentences, id: string, text: string): Sentence[] {
  const trimmed = text.trim();
  if (trimmed === '') return removeSentence(sentences, id);
  return sentences.map((sentence) =>
    sentence.id === id && sentence.text !== trimmed ? { ...sentence, text: trimmed, author: 'clinician' } : sentence,
  );
}

export const removeSentence = (sentences: Sentences, id: string): Sentence[] => sentences.filter((sentence) => sentence.id !== id);

/** A sentence of the clinician's own needs no source; it stands at the end of its section. */
export function addSentence(sentences: Sentences, id: string, section: Sentence['section'], text: string): Sentence[] {
  const trimmed = text.trim();
  if (trimmed === '') return [...sentences];
  const added: Sentence = { id, section, text: trimmed, author: 'clinician', sources: [] };
  const rank = SECTIONS.indexOf(section);
  const at = sentences.findLastIndex((sentence) => SECTIONS.indexOf(sentence.section) <= rank) + 1;
  return [...sentences.slice(0, at), added, ...sentences.slice(at)];
}

/** Puts a sentence back as it was drafted, at its place of the draft. */
export function restoreSentence(sentences: Sentences, draft: Sentences, id: string): Sentence[] {
  const drafted = draft.find((sentence) => sentence.id === id);
  if (!drafted) return [...sentences];
  if (sentences.some((sentence) => sentence.id === id)) return sentences.map((sentence) => (sentence.id === id ? drafted : sentence));
  const before = draft.slice(0, draft.indexOf(drafted)).map((sentence) => sentence.id);
  const at = sentences.findLastIndex((sentence) => before.includes(sentence.id)) + 1;
  return [...sentences.slice(0, at), drafted, ...sentences.slice(at)];
}

export type NoteChanges = { edited: string[]; added: string[]; removed: Sentence[] };

export function noteChanges(draft: Sentences, sentences: Sentences): NoteChanges {
  const drafted = new Map(draft.map((sentence) => [sentence.id, sentence.text]));
  const kept = new Set(sentences.map((sentence) => sentence.id));
  return {
    edited: sentences
      .filter((sentence) => drafted.has(sentence.id) && drafted.get(sentence.id) !== sentence.text)
      .map((sentence) => sentence.id),
    added: sentences.filter((sentence) => !drafted.has(sentence.id)).map((sentence) => sentence.id),
    removed: draft.filter((sentence) => !kept.has(sentence.id)),
  };
}

/** "1 edited, 2 written by Kim Ortiz"; `by` is "you" or a name. */
export function changesText({ edited, added, removed }: NoteChanges, by: string): string {
  const parts = [
    edited.length > 0 ? `${edited.length} edited` : '',
    added.length > 0 ? `${added.length} written` : '',
    removed.length > 0 ? `${removed.length} removed` : '',
  ].filter(Boolean);
  return parts.length === 0 ? 'as drafted' : `${parts.join(', ')} by ${by}`;
}

/** Which sentences of the note are still the words of the person who prepared it, and not those of who signs. */
export function keptOf(prepared: Sentences, sentences: Sentences): Set<string> {
  const handedOver = new Map(prepared.map((sentence) => [sentence.id, sentence.text]));
  return new Set(sentences.filter(({ id, text }) => handedOver.get(id) === text).map(({ id }) => id));
}

/**
 * The request changed and the note was drafted again: what the clinician wrote, changed or removed is kept, all else is
 * the new draft.
 */
export function carryOver(oldDraft: Sentences, oldWorking: Sentences, newDraft: Sentences): Sentence[] {
  const changes = noteChanges(oldDraft, oldWorking);
  const removed = new Set(changes.removed.map((sentence) => sentence.id));
  const own = new Map(oldWorking.filter((sentence) => changes.edited.includes(sentence.id)).map((sentence) => [sentence.id, sentence]));
  let merged = newDraft.filter((sentence) => !removed.has(sentence.id)).map((sentence) => own.get(sentence.id) ?? sentence);
  const there = new Set(merged.map((sentence) => sentence.id));
  for (const sentence of oldWorking) {
    const isOwn = changes.added.includes(sentence.id) || changes.edited.includes(sentence.id);
    if (!isOwn || there.has(sentence.id)) continue;
    const rank = SECTIONS.indexOf(sentence.section);
    const at = merged.findLastIndex((each) => SECTIONS.indexOf(each.section) <= rank) + 1;
    merged = [...merged.slice(0, at), sentence, ...merged.slice(at)];
  }
  return merged;
}

/** Carries the whole working copy to a new recommendation; a reason given for one specialist does not fit another. */
export function carryWorkingCopy(oldDraft: NoteDraft, old: WorkingCopy, next: { draft: NoteDraft; working: WorkingCopy }): WorkingCopy {
  const items = new Set(next.draft.checklist.map((item) => item.itemId));
  return {
    ...next.working,
    alternates: old.alternates,
    sentences: carryOver(oldDraft.sentences, old.sentences, next.draft.sentences),
    notNeeded: old.notNeeded.filter((item) => items.has(item.itemId)),
    emergencyDepartmentConsidered: old.emergencyDepartmentConsidered,
  };
}

/** The note as plain text, for copying where nothing can be written. */
export const plainNote = (sentences: Sentences): string =>
  SECTIONS.map((section) =>
    sentences
      .filter((sentence) => sentence.section === section)
      .map((sentence) => sentence.text)
      .join(' '),
  )
    .filter(Boolean)
    .join('\n\n');
