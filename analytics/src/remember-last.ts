/** Answers that were given lately, kept as long as there is room for them. */

export type Remembered<Answer> = { get: (key: string, work: () => Promise<Answer>) => Promise<Answer> };

/**
 * Keeps the last answers by their question; one that is asked while it is worked on is not worked on twice. A failure is not kept.
 * @param most the weights of all that is kept add up to no more; without `weigh` each weighs one
 */
export function rememberLast<Answer>(most: number, weigh: (answer: Answer) => number = () => 1): Remembered<Answer> {
  const kept = new Map<string, { answer: Promise<Answer>; weight: number }>();
  const makeRoom = (): void => {
    let all = [...kept.values()].reduce((sum, { weight }) => sum + weight, 0);
    for (const [oldest, { weight }] of kept) {
      if (all <= most) return;
      kept.delete(oldest);
      all -= weight;
    }
  };
  return {
    get: (key, work) => {
      const known = kept.get(key);
      if (known) {
        kept.delete(key);
        kept.set(key, known);
        return known.answer;
      }
      const entry = { answer: work(), weight: 1 };
      kept.set(key, entry);
      entry.answer.then(
        (answer) => {
          entry.weight = weigh(answer);
          makeRoom();
        },
        () => kept.delete(key),
      );
      return entry.answer;
    },
  };
}
