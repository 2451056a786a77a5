/** Two people at one note: whoever prepares it and whoever signs it. Whose words a sentence is follows from each one's own changes. */
import type { Sentence } from './note.ts';

/**
 * The preparer's version of the note after a change of theirs: what they changed, wrote or took out between `before` and `after` is
 * theirs, what the other had changed stays out of it.
 *
 * @param own the preparer's version so far
 * @param before the note both have worked on, as the preparer found it
 * @param after the same as the preparer leaves it
 */
export function preparersVersion<Each extends Pick<Sentence, 'id' | 'text'>>(
  own: readonly Each[],
  before: readonly Each[],
  after: readonly Each[],
): Each[] {
  const found = new Map(before.map((sentence) => [sentence.id, sentence.text]));
  const left = new Map(after.map((sentence) => [sentence.id, sentence]));
  const changed = after.filter(({ id, text }) => found.get(id) !== text);
  const changedIds = new Set(changed.map(({ id }) => id));
  const ownIds = new Set(own.map(({ id }) => id));
  const kept = own
    .filter(({ id }) => left.has(id) || !found.has(id))
    .map((sentence) => (changedIds.has(sentence.id) ? (left.get(sentence.id) ?? sentence) : sentence));
  return [...kept, ...changed.filter(({ id }) => !ownIds.has(id))];
}
