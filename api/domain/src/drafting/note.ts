/** The referral note: sentences, each with the chart resources it rests on. */
import type { ResourceRef } from '../fhir/reference.ts';

export const NOTE_SECTIONS = ['question', 'reason', 'history', 'findings', 'medications', 'allergies', 'background', 'request'] as const;
export type NoteSection = (typeof NOTE_SECTIONS)[number];

export type Sentence = {
  id: string;
  section: NoteSection;
  text: string;
  /** `clinician`: written or rewritten by the person who signs; only such a sentence may stand without a source. */
  author: 'composer' | 'clinician';
  sources: readonly ResourceRef[];
};

/** What a source looks like when the reader asks "where does this come from?". */
export type SourceExcerpt = { ref: ResourceRef; title: string; date?: string; excerpt: string };

/** One item of the specialty's checklist against the chart. */
export type ChecklistResult = {
  itemId: string;
  label: string;
  requirement: 'required' | 'recommended' | 'if-available';
  /** Where the expectation was read. */
  citation: { title: string; url: string };
  status:
    | { kind: 'found'; source: ResourceRef; date: string; summary: string }
    | { kind: 'too-old'; source: ResourceRef; date: string; maximumAgeDays: number }
    | { kind: 'missing' }
    | { kind: 'not-visible'; why: string };
};

/** Kept out by default: 42 CFR Part 2, restricted confidentiality, psychotherapy notes, confidential care of a minor. Counted, never quoted. */
export type Withheld = {
  ref: ResourceRef;
  why: 'substance-use-part-2' | 'restricted' | 'psychotherapy' | 'adolescent' | 'entered-in-error';
};

export type NoteDraft = {
  /** Which composer made it, for Provenance and replay. */
  composer: { name: string; version: string; checklistVersion: string };
  sentences: readonly Sentence[];
  sources: readonly SourceExcerpt[];
  checklist: readonly ChecklistResult[];
  withheld: readonly Withheld[];
  /** Parts of the chart the app was not allowed to read, in words ("Allergies could not be read"). */
  notSeen: readonly string[];
};
