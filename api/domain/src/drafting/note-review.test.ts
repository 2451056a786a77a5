import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NoteDraft, Sentence } from './note.ts';
import { noteText, reviewNote } from './note-review.ts';

const ref = (id: string) => ({ type: 'Condition', id, versionId: '1' });
const drafted: Sentence[] = [
  { id: 'reason-1', section: 'reason', text: 'Palpitations.', author: 'clinician', sources: [] },
  { id: 'history-1', section: 'history', text: 'Hypertension since 2015.', author: 'composer', sources: [ref('a')] },
  { id: 'findings-1', section: 'findings', text: 'Hemoglobin 9.4 g/dL.', author: 'composer', sources: [ref('b'), ref('c')] },
  { id: 'background-1', section: 'background', text: 'Bare.', author: 'composer', sources: [] },
];
const draft: NoteDraft = {
  composer: { name: 'refloop-composer', version: '1.0.0', checklistVersion: 'x' },
  sentences: drafted,
  sources: ['a', 'b', 'c'].map((id) => ({ ref: ref(id), title: `Problem ${id}`, excerpt: id })),
  checklist: [],
  withheld: [],
  notSeen: [],
};
const [reason, history, findings, bare] = drafted as [Sentence, Sentence, Sentence, Sentence];
const own: Sentence = { id: 'mine', section: 'history', text: 'Her sister has the same.', author: 'clinician', sources: [] };

const refusals = (...sentences: Sentence[]) => {
  const result = reviewNote(draft, sentences);
  return result.ok ? [] : result.refusal.map((one) => [one.sentenceId, one.kind]);
};
const reviewed = (...sentences: Sentence[]) => {
  const result = reviewNote(draft, sentences);
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
};

describe('what passes', () => {
  test('the draft as it is, and what was left out is named', () => {
    expect(reviewed(reason, history, findings)).toEqual({
      sentences: [reason, history, findings],
      edited: [],
      added: [],
      removed: ['background-1'],
    });
  });

  test('an edited sentence is the clinician’s and keeps the sources it was drafted from', () => {
    const edit: Sentence = { ...history, text: 'Hypertension, well controlled.', author: 'clinician', sources: [] };
    const result = reviewed(reason, edit);
    expect(result.sentences[1]).toEqual({ ...history, text: 'Hypertension, well controlled.', author: 'clinician' });
    expect(result.edited).toEqual([{ id: 'history-1', before: 'Hypertension since 2015.', after: 'Hypertension, well controlled.' }]);
  });

  test('a sentence of the clinician’s own may stand without a source', () => {
    expect(reviewed(reason, own)).toMatchObject({ added: ['mine'], sentences: [reason, own] });
  });

  test('a drafted sentence sent back word for word stays the composer’s', () => {
    expect(reviewed({ ...history, author: 'clinician', sources: [] }).sentences).toEqual([history]);
  });

  test('sections are put in the order of the note', () => {
    expect(reviewed(findings, own, reason, history).sentences.map((one) => one.id)).toEqual([
      'reason-1',
      'mine',
      'history-1',
      'findings-1',
    ]);
  });
});

describe('what is refused', () => {
  test.each<[string, Sentence, string]>([
    ['a changed sentence still marked as drafted', { ...history, text: 'Hypertension since 2016.' }, 'altered'],
    ['a drafted sentence moved to another section', { ...history, section: 'background' }, 'altered'],
    ['a drafted sentence with one source fewer', { ...findings, sources: [ref('b')] }, 'altered'],
    ['a drafted sentence with another version of its source', { ...history, sources: [{ ...ref('a'), versionId: '2' }] }, 'altered'],
    ['a drafted sentence without sources', { ...history, sources: [] }, 'altered'],
    ['a sentence of the composer that never had a source', bare, 'unsourced'],
    ['an invented sentence marked as drafted', { ...own, author: 'composer', sources: [ref('a')] }, 'not-in-draft'],
    ['an own sentence that cites what the draft does not know', { ...own, sources: [ref('z')] }, 'unknown-source'],
    ['a sentence without words', { ...own, text: '  ' }, 'empty-sentence'],
  ])('%s', (_, sentence, kind) => {
    expect(refusals(reason, sentence)).toEqual([[sentence.id, kind]]);
  });

  test('an empty note, a repeated id, and all refusals at once', () => {
    expect(refusals()).toEqual([['', 'no-sentences']]);
    expect(refusals(history, history)).toEqual([['history-1', 'repeated-id']]);
    expect(refusals({ ...history, text: 'x' }, bare)).toEqual([
      ['history-1', 'altered'],
      ['background-1', 'unsourced'],
    ]);
  });

  test('nothing that claims to be the composer’s passes unless it is in the draft to the letter', () => {
    const sentence = fc.record<Sentence>({
      id: fc.constantFrom('reason-1', 'history-1', 'findings-1', 'background-1', 'mine'),
      section: fc.constantFrom('reason', 'history', 'findings', 'background'),
      text: fc.constantFrom(...drafted.map((one) => one.text), 'Other.', ''),
      author: fc.constantFrom('composer', 'clinician'),
      sources: fc.subarray(['a', 'b', 'c', 'z']).map((ids) => ids.map(ref)),
    });
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 5 }), (sentences) => {
        const result = reviewNote(draft, sentences);
        if (!result.ok) return;
        for (const passed of result.value.sentences) {
          if (passed.author !== 'composer') continue;
          expect(passed.sources.length).toBeGreaterThan(0);
          expect(drafted).toContainEqual(passed);
        }
      }),
    );
  });
});

test('the note as text: sections in order, numbers behind sentences, sources at the end', () => {
  const edited: Sentence = { ...history, text: 'Hypertension, well controlled.', author: 'clinician' };
  expect(noteText([findings, edited, own, reason], draft.sources)).toBe(
    [
      'REASON FOR REFERRAL',
      'Palpitations.',
      '',
      'HISTORY',
      'Hypertension, well controlled. [1, in the clinician’s words] Her sister has the same.',
      '',
      'FINDINGS',
      '- Hemoglobin 9.4 g/dL. [2, 3]',
      '',
      'SOURCES IN THE CHART',
      '[1] Problem a · Condition/a',
      '[2] Problem b · Condition/b',
      '[3] Problem c · Condition/c',
      '',
    ].join('\n'),
  );
  expect(noteText([reason])).toBe('REASON FOR REFERRAL\nPalpitations.\n');
});
