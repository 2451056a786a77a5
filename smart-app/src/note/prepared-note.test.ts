/** Whose words a sentence of a prepared note is, and how that is said. */
import type { Sentence } from '@refloop/server/client/recommendation';
import { expect, test } from 'vitest';
import { changesText, keptOf, noteChanges } from './working-copy.ts';

const sentence = (id: string, text: string, author: Sentence['author'] = 'composer'): Sentence => ({
  id,
  section: 'reason',
  text,
  author,
  sources: [],
});
const draft = [sentence('a', 'One.'), sentence('b', 'Two.'), sentence('c', 'Three.')];
const prepared = [sentence('a', 'One, as she says.', 'clinician'), sentence('b', 'Two.'), sentence('own', 'Soon, please.', 'clinician')];

test('what was prepared is told by its name, and only what the clinician changes since is theirs', () => {
  expect(changesText(noteChanges(draft, prepared), 'Kim Ortiz, MA')).toBe('1 edited, 1 written, 1 removed by Kim Ortiz, MA');
  const signed = [sentence('a', 'One, as she tells it.', 'clinician'), ...prepared.slice(1)];
  expect(changesText(noteChanges(prepared, signed), 'you')).toBe('1 edited by you');
  expect([...keptOf(prepared, signed)]).toEqual(['b', 'own']);
});

test('a note nobody changed is as drafted', () => {
  expect(changesText(noteChanges(draft, draft), 'you')).toBe('as drafted');
});
