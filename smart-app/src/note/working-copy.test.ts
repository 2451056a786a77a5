import type { Sentence } from '@refloop/server/client/recommendation';
import { describe, expect, test } from 'vitest';
import { addSentence, carryOver, editSentence, noteChanges, plainNote, removeSentence, restoreSentence } from './working-copy.ts';

const sentence = (id: string, section: Sentence['section'], text = id): Sentence => ({
  id,
  section,
  text,
  author: 'composer',
  sources: [{ type: 'Condition', id }],
});
const draft = [sentence('r1', 'reason'), sentence('h1', 'history'), sentence('h2', 'history'), sentence('q', 'request')];
const ids = (sentences: readonly Sentence[]) => sentences.map((each) => each.id);

describe('editing the note', () => {
  test('a changed sentence becomes the clinician’s and keeps its sources', () => {
    const [edited] = editSentence(draft, 'r1', ' Palpitations since May. ');
    expect(edited).toMatchObject({ text: 'Palpitations since May.', author: 'clinician', sources: [{ id: 'r1' }] });
  });
  test('a sentence left as it was stays the composer’s', () => {
    expect(editSentence(draft, 'r1', 'r1')[0]?.author).toBe('composer');
  });
  test('an emptied sentence is removed', () => {
    expect(ids(editSentence(draft, 'h1', '  '))).toEqual(['r1', 'h2', 'q']);
  });
  test('an added sentence stands at the end of its section', () => {
    expect(ids(addSentence(draft, 'own', 'history', 'Mine.'))).toEqual(['r1', 'h1', 'h2', 'own', 'q']);
    expect(ids(addSentence(draft, 'own', 'allergies', 'Mine.'))).toEqual(['r1', 'h1', 'h2', 'own', 'q']);
    expect(ids(addSentence(draft, 'own', 'question', 'Mine.'))).toEqual(['own', 'r1', 'h1', 'h2', 'q']);
  });
  test('a removed sentence comes back to its place, an edited one to its words', () => {
    expect(restoreSentence(removeSentence(draft, 'h1'), draft, 'h1')).toEqual(draft);
    expect(restoreSentence(editSentence(draft, 'h2', 'other'), draft, 'h2')).toEqual(draft);
  });
  test('counts what was edited, added and removed', () => {
    const changed = addSentence(removeSentence(editSentence(draft, 'r1', 'other'), 'h1'), 'own', 'request', 'Mine.');
    const { edited, added, removed } = noteChanges(draft, changed);
    expect([edited, added, ids(removed)]).toEqual([['r1'], ['own'], ['h1']]);
  });
});

describe('the request changed and the note was drafted again', () => {
  const next = [sentence('r2', 'reason'), sentence('h1', 'history', 'newer words'), sentence('h3', 'history'), sentence('q', 'request')];
  test('untouched sentences follow the new draft', () => {
    expect(carryOver(draft, draft, next)).toEqual(next);
  });
  test('the clinician’s words, additions and removals stay', () => {
    const worked = addSentence(removeSentence(editSentence(draft, 'h1', 'My words.'), 'q'), 'own', 'history', 'Mine.');
    const carried = carryOver(draft, worked, next);
    expect(ids(carried)).toEqual(['r2', 'h1', 'h3', 'own']);
    expect(carried.find((each) => each.id === 'h1')?.text).toBe('My words.');
  });
  test('an edited sentence whose draft is gone is kept', () => {
    const carried = carryOver(draft, editSentence(draft, 'h2', 'My words.'), next);
    expect(carried.find((each) => each.id === 'h2')).toMatchObject({ text: 'My words.', author: 'clinician' });
  });
});

test('as plain text the note has its sections in order', () => {
  expect(plainNote([sentence('q', 'request'), sentence('r1', 'reason'), sentence('r2', 'reason')])).toBe('r1 r2\n\nq');
});
