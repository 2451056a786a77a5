import fc from 'fast-check';
import { expect, test } from 'vitest';
import { preparersVersion } from './hand-over.ts';

const note = (...sentences: [string, string][]) => sentences.map(([id, text]) => ({ id, text }));

test.each<[string, ReturnType<typeof note>, ReturnType<typeof note>, ReturnType<typeof note>, ReturnType<typeof note>]>([
  [
    'alone at it, their version is the note',
    note(['a', '1'], ['b', '2']),
    note(['a', '1'], ['b', '2']),
    note(['a', 'x'], ['c', '3']),
    note(['a', 'x'], ['c', '3']),
  ],
  [
    'what the clinician changed is not theirs',
    note(['a', '1'], ['b', '2']),
    note(['a', 'by the clinician'], ['b', '2']),
    note(['a', 'by the clinician'], ['b', 'x']),
    note(['a', '1'], ['b', 'x']),
  ],
  ['unless they change it again', note(['a', '1']), note(['a', 'by the clinician']), note(['a', 'x']), note(['a', 'x'])],
  [
    'what the clinician wrote is not theirs',
    note(['a', '1']),
    note(['a', '1'], ['c', 'by the clinician']),
    note(['a', '1'], ['c', 'by the clinician']),
    note(['a', '1']),
  ],
  [
    'what the clinician took out they still handed over',
    note(['a', '1'], ['b', '2']),
    note(['a', '1']),
    note(['a', 'x']),
    note(['a', 'x'], ['b', '2']),
  ],
  ['what they take out is out', note(['a', '1'], ['b', '2']), note(['a', '1'], ['b', '2']), note(['b', '2']), note(['b', '2'])],
])('%s', (_what, own, before, after, expected) => {
  expect(preparersVersion(own, before, after)).toEqual(expected);
});

test('whoever works alone owns every word, in whatever steps', () => {
  const sentences = fc.uniqueArray(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), text: fc.constantFrom('1', '2') }), {
    selector: ({ id }) => id,
  });
  fc.assert(
    fc.property(sentences, fc.array(sentences, { maxLength: 6 }), (start, steps) => {
      let [own, now] = [start, start];
      for (const next of steps) [own, now] = [preparersVersion(own, now, next), next];
      const sorted = (list: typeof start) => list.toSorted((one, other) => one.id.localeCompare(other.id));
      expect(sorted(own)).toEqual(sorted(now));
    }),
    { seed: 20_261_128 },
  );
});
