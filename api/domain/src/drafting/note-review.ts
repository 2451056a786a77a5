/** What stands between a draft and a signed note: nothing unsourced and nothing altered may pass as the composer's. */
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import { ok, type Result, refuse } from '../result.ts';
import { NOTE_SECTIONS, type NoteDraft, type NoteSection, type Sentence, type SourceExcerpt } from './note.ts';

export type NoteRefusal = {
  readonly kind: 'no-sentences' | 'empty-sentence' | 'repeated-id' | 'unsourced' | 'altered' | 'not-in-draft' | 'unknown-source';
  /** The sentence it is about; empty for the note as a whole. */
  readonly sentenceId: string;
  readonly why: string;
  readonly fix: string;
};

export type ReviewedNote = {
  /** As they are signed, in the order of the note's sections, within one as the clinician put them. */
  readonly sentences: readonly Sentence[];
  readonly edited: readonly { readonly id: string; readonly before: string; readonly after: string }[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
};

const sameSources = (one: readonly ResourceRef[], other: readonly ResourceRef[]): boolean => {
  const names = (refs: readonly ResourceRef[]) =>
    refs
      .map((ref) => `${referenceText(ref)}/${ref.versionId ?? ''}`)
      .sort()
      .join(' ');
  return names(one) === names(other);
};

type Judged = { kind: 'refused'; refusal: NoteRefusal } | { kind: 'as-drafted' | 'edited' | 'added'; sentence: Sentence };

const refused = (kind: NoteRefusal['kind'], sentenceId: string, why: string, fix: string): Judged => ({
  kind: 'refused',
  refusal: { kind, sentenceId, why, fix },
});

function judge(signed: Sentence, drafted: Sentence | undefined, known: ReadonlySet<string>): Judged {
  const { id } = signed;
  const text = signed.text.trim();
  if (text === '') return refused('empty-sentence', id, 'A sentence has no words.', 'Remove it, or write what it should say.');
  if (drafted === undefined) {
    if (signed.author === 'composer') {
      return refused(
        'not-in-draft',
        id,
        'A sentence is marked as drafted, but the draft has no such sentence.',
        'Mark it as written by you.',
      );
    }
    const unknown = signed.sources.find((ref) => !known.has(referenceText(ref)));
    return unknown
      ? refused('unknown-source', id, 'A sentence cites a source that the draft does not rest on.', 'Remove that source.')
      : { kind: 'added', sentence: { ...signed, text } };
  }
  if (text === drafted.text && signed.section === drafted.section) {
    if (drafted.author === 'composer' && drafted.sources.length === 0) {
      return refused('unsourced', id, 'A drafted sentence has no source in the chart.', 'Remove it, or write it in your own words.');
    }
    if (signed.author === 'composer' && !sameSources(signed.sources, drafted.sources)) {
      return refused('altered', id, 'The sources of a drafted sentence were changed.', 'Reload the draft and make your edits again.');
    }
    // Taken over word for word, it stays what it was, whoever the client says wrote it.
    return { kind: 'as-drafted', sentence: drafted };
  }
  if (signed.author === 'composer') {
    return refused('altered', id, 'A drafted sentence was changed but is still marked as drafted.', 'Mark it as written by you.');
  }
  return { kind: 'edited', sentence: { id, section: signed.section, text, author: 'clinician', sources: drafted.sources } };
}

/**
 * Compares what the clinician signs with what was drafted.
 *
 * An edited sentence becomes the clinician's and keeps the sources it was drafted from. Refusals are all named at once.
 */
export function reviewNote(draft: NoteDraft, signedSentences: readonly Sentence[]): Result<ReviewedNote, readonly NoteRefusal[]> {
  const drafted = new Map(draft.sentences.map((sentence) => [sentence.id, sentence]));
  const known = new Set(draft.sources.map((source) => referenceText(source.ref)));
  const seen = new Set<string>();
  const judged: Judged[] = signedSentences.map((sentence) => {
    if (seen.has(sentence.id)) {
      return refused('repeated-id', sentence.id, 'Two sentences carry the same id.', 'Reload the draft and make your edits again.');
    }
    seen.add(sentence.id);
    return judge(sentence, drafted.get(sentence.id), known);
  });
  const refusals = judged.flatMap((one) => (one.kind === 'refused' ? [one.refusal] : []));
  if (signedSentences.length === 0) {
    refusals.push({ kind: 'no-sentences', sentenceId: '', why: 'The note is empty.', fix: 'Write at least why you refer the patient.' });
  }
  if (refusals.length > 0) return refuse(refusals);

  const passed = judged.flatMap((one) => (one.kind === 'refused' ? [] : [one]));
  return ok({
    sentences: NOTE_SECTIONS.flatMap((section) => passed.filter((one) => one.sentence.section === section).map((one) => one.sentence)),
    edited: passed.flatMap((one) =>
      one.kind === 'edited' ? [{ id: one.sentence.id, before: drafted.get(one.sentence.id)?.text ?? '', after: one.sentence.text }] : [],
    ),
    added: passed.flatMap((one) => (one.kind === 'added' ? [one.sentence.id] : [])),
    removed: draft.sentences.filter((sentence) => !seen.has(sentence.id)).map((sentence) => sentence.id),
  });
}

export const SECTION_HEADINGS: Readonly<Record<NoteSection, string>> = {
  question: 'Question',
  reason: 'Reason for referral',
  history: 'History',
  findings: 'Findings',
  medications: 'Medications',
  allergies: 'Allergies',
  background: 'Background',
  request: 'Request',
};

// Sections that read as lists, one line an entry.
const LISTED: ReadonlySet<NoteSection> = new Set(['findings', 'medications', 'allergies', 'background']);

/** The note as it is printed: sections in reading order, each sentence with the numbers of the sources it rests on. */
export type NumberedNote = {
  sections: {
    section: NoteSection;
    /** One line an entry, not one paragraph. */
    listed: boolean;
    lines: { text: string; cited: number[]; byClinician: boolean }[];
  }[];
  sources: { number: number; reference: string; title: string | null; date: string | null }[];
};

/** @param excerpts titles for the list of sources; a source without one is listed by its reference */
export function numberedNote(sentences: readonly Sentence[], excerpts: readonly SourceExcerpt[] = []): NumberedNote {
  const numbers = new Map<string, number>();
  const sections = NOTE_SECTIONS.flatMap((section) => {
    const lines = sentences
      .filter((sentence) => sentence.section === section)
      .map((sentence) => {
        for (const ref of sentence.sources) if (!numbers.has(referenceText(ref))) numbers.set(referenceText(ref), numbers.size + 1);
        const cited = sentence.sources.map((ref) => numbers.get(referenceText(ref)) ?? 0).sort((one, other) => one - other);
        return { text: sentence.text, cited, byClinician: sentence.author === 'clinician' };
      });
    return lines.length === 0 ? [] : [{ section, listed: LISTED.has(section), lines }];
  });
  const found = new Map(excerpts.map((excerpt) => [referenceText(excerpt.ref), excerpt]));
  const sources = [...numbers].map(([reference, number]) => {
    const excerpt = found.get(reference);
    return { number, reference, title: excerpt?.title ?? null, date: excerpt?.date ?? null };
  });
  return { sections, sources };
}

/** `[1, 3]` behind a sentence; a sourced sentence that the clinician rewrote says so. Empty without sources. */
export const citationText = ({ cited, byClinician }: { cited: readonly number[]; byClinician: boolean }): string =>
  cited.length === 0 ? '' : ` [${cited.join(', ')}${byClinician ? ', in the clinician’s words' : ''}]`;

/**
 * The note as plain text, for the attachment of a DocumentReference of type LOINC 57133-1 (Referral note): sections in
 * the order a reader needs them, `[1]` behind a sentence for each source, the sources numbered at the end. Sentences
 * edited by the clinician say so next to their numbers.
 *
 * @param excerpts titles for the list of sources; a source without one is listed by its reference
 */
export function noteText(sentences: readonly Sentence[], excerpts: readonly SourceExcerpt[] = []): string {
  const note = numberedNote(sentences, excerpts);
  const sections = note.sections.map(({ section, listed, lines }) => {
    const own = lines.map((line) => `${line.text}${citationText(line)}`);
    const body = listed ? own.map((words) => `- ${words}`).join('\n') : own.join(' ');
    return `${SECTION_HEADINGS[section].toUpperCase()}\n${body}`;
  });
  const sources = note.sources.map(({ number, title, reference }) => `[${number}] ${[title, reference].filter(Boolean).join(' · ')}`);
  return `${[...sections, ...(sources.length > 0 ? [`SOURCES IN THE CHART\n${sources.join('\n')}`] : [])].join('\n\n')}\n`;
}
