/** What a note says where notes say what matters, each as a span of the text it stands in. */
import type { DocumentPart, Extract, Topic } from './read-document.ts';

/** Headings of notes, and what they head; null ends the one before and is not among what matters most. */
const HEADINGS: readonly [RegExp, Topic | null][] = [
  [/^(?:assessment|impression|conclusions?|summary|clinical impression)(?: (?:and|&|\/) (?:plan|recommendations?))?$/, 'assessment'],
  [/^(?:a\/p|assessment\/plan)$/, 'assessment'],
  [/^(?:(?:visit|final|working|discharge|encounter|primary) )?diagnos[ei]s$/, 'diagnosis'],
  [/^(?:plan|plan of (?:treatment|care)|treatment plan|care plan|recommendations?|follow[- ]?up(?: plan)?|disposition|orders)$/, 'plan'],
  [/^(?:findings|key findings|results?|test results|studies|imaging|procedures?(?: performed)?|laboratory(?: results)?)$/, 'findings'],
  [
    /^(?:history(?: of present illness)?|hpi|present illness|interval history|chief complaint|reason for (?:referral|visit|consultation)|past (?:medical|surgical) history|social history|family history|review of systems|ros|medications?|current medications|allergies(?: and .*)?|vital signs|vitals|physical exam(?:ination)?|exam(?:ination)?|problems?|problem list|immunizations|functional status|mental status|objective|subjective|instructions|signature|(?:electronically |digitally )?signed by|electronically signed|dictated by|cc)$/,
    null,
  ],
];

/** LOINC codes of the sections of a C-CDA consultation note (C-CDA R2.1). */
const CODES: Readonly<Record<string, Topic>> = {
  '51848-0': 'assessment',
  '51847-2': 'assessment',
  '18776-5': 'plan',
  '30954-2': 'findings',
  '47519-4': 'findings',
  '29548-5': 'diagnosis',
};

const headingOf = (title: string): Topic | null | undefined => {
  const plain = title
    .trim()
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replace(/^\d{1,2}[.)] /, '')
    .replace(/\s*:$/, '');
  return HEADINGS.find(([pattern]) => pattern.test(plain))?.[1];
};

const LONGEST = 1500;
const MOST = 12;

/** The span without the blanks around it; undefined where nothing is left. */
function trimmed(text: string, from: number, to: number): { from: number; to: number } | undefined {
  let [start, end] = [from, Math.min(to, from + LONGEST)];
  while (start < end && /\s/.test(text.charAt(start))) start += 1;
  while (end > start && /\s/.test(text.charAt(end - 1))) end -= 1;
  return end > start ? { from: start, to: end } : undefined;
}

function extractOf(part: number, text: string, span: { topic: Topic; title: string; from: number; to: number }): Extract[] {
  const found = trimmed(text, span.from, span.to);
  return found ? [{ topic: span.topic, title: span.title.trim(), part, ...found, text: text.slice(found.from, found.to) }] : [];
}

/** Sections that hold a whole note as its author wrote it (C-CDA R2.1 Companion Guide, Notes Section): consult, note of any kind, progress. */
const NOTES: readonly string[] = ['11488-4', '34109-9', '11506-3'];

/** Of parts that are sections, by their code or title; within a section that is a note of its own, as in a text. */
export function findingsOfSections(parts: readonly DocumentPart[], codes: readonly string[]): Extract[] {
  return parts
    .flatMap((section, part) => {
      const { title, text } = section;
      const code = codes[part] ?? '';
      if (NOTES.includes(code)) return findingsOfPages([section]).map((found) => ({ ...found, part }));
      const topic = CODES[code] ?? headingOf(title);
      return topic ? extractOf(part, text, { topic, title, from: 0, to: text.length }) : [];
    })
    .slice(0, MOST);
}

/** How letters, which have no headings, begin what they come to. */
const SUMMARY = /^(?:in summary|in conclusion|to summari[sz]e|in short)(?=[,:])/i;

/** A heading stands alone in its line, or before a colon. A page ends nothing: what goes on there is a span of its own. */
export function findingsOfPages(parts: readonly DocumentPart[]): Extract[] {
  const found: Extract[] = [];
  let open: { topic: Topic; title: string; from: number } | null = null;
  for (const [part, { text }] of parts.entries()) {
    if (open) open.from = 0;
    const close = (to: number): void => {
      if (open) found.push(...extractOf(part, text, { ...open, to }));
      open = null;
    };
    let at = 0;
    for (const line of text.split('\n')) {
      const [title = ''] = line.split(':', 1);
      const topic = title.length <= 60 ? headingOf(title) : undefined;
      const heads = topic !== undefined && (line.includes(':') || title.trim() === line.trim());
      if (heads) {
        close(at);
        if (topic) open = { topic, title, from: at + (line.includes(':') ? title.length + 1 : line.length) };
      }
      const [summary] = heads || open ? [] : (SUMMARY.exec(line) ?? []);
      if (summary !== undefined)
        found.push(...extractOf(part, text, { topic: 'assessment', title: summary, from: at, to: at + line.length }));
      at += line.length + 1;
    }
    if (open) found.push(...extractOf(part, text, { ...(open as { topic: Topic; title: string; from: number }), to: text.length }));
  }
  return found.slice(0, MOST);
}
