/** The other end of the channel: for the processes that the campaign starts. */
import type { Answered, Asked, Note } from './messages.ts';

export const givenSettings: unknown = JSON.parse(process.env['CAMPAIGN_SETTINGS'] ?? 'null');

export const say = (note: Note): void => void process.send?.(note);

let resume: (() => void) | undefined;

/** Says it and goes on only once the campaign has acted on it. */
export const sayAndWait = (note: Note): Promise<void> =>
  new Promise((done) => {
    resume = done;
    say(note);
  });

/** Answers each question, one after the other as they come. */
export function answerQuestions(answer: (content: unknown) => Promise<unknown>): void {
  process.on('message', (asked: Asked<unknown>) => {
    if (asked.id === 0) return resume?.();
    void answer(asked.content).then((value) => process.send?.({ id: asked.id, answer: value ?? null } satisfies Answered));
  });
}
