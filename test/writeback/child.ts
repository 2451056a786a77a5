/** A process of the campaign's own, asked over its channel and killed without a word. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answered, Asked, Note } from './messages.ts';

const HERE = import.meta.dirname;
const END_WITH_PARENT = join(HERE, '..', '..', 'tools', 'end-with-parent.ts');

export type Child<Content> = {
  ask: (content: Content) => Promise<unknown>;
  /** `kill -9`. */
  kill: () => Promise<void>;
  /** Whether it runs: neither killed nor ended by itself. */
  runs: () => boolean;
  /** Its last words on standard error. */
  words: () => string;
};

/** Starts the script and waits until it says that it is ready. */
export async function startChild<Content>(
  script: string,
  settings: unknown,
  onNote: (note: Note, answer: () => void) => void,
): Promise<Child<Content>> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', END_WITH_PARENT, join(HERE, script)],
    {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        CAMPAIGN_SETTINGS: JSON.stringify(settings),
      },
    },
  );
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4000);
  });
  const runs = (): boolean => child.exitCode === null && child.signalCode === null;
  const waiting = new Map<number, (answer: unknown) => void>();
  let ids = 0;
  // What is asked of a process that dies is answered with nothing, so that nobody waits for ever.
  const ended = once(child, 'exit').then(() => {
    for (const done of waiting.values()) done(undefined);
    waiting.clear();
  });
  const ready = new Promise<void>((done, failed) => {
    child.on('message', (message: Answered | Note) => {
      if ('note' in message) {
        if (message.note === 'ready') done();
        else onNote(message, () => child.connected && child.send({ id: 0, content: null }));
        return;
      }
      waiting.get(message.id)?.(message.answer);
      waiting.delete(message.id);
    });
    void ended.then(() => failed(new Error(`${script} ended before it was ready:\n${words}`)));
  });
  await ready;
  return {
    ask: (content) =>
      new Promise((done) => {
        if (!runs() || !child.connected) return done(undefined);
        const asked: Asked<Content> = { id: (ids += 1), content };
        waiting.set(asked.id, done);
        child.send(asked, (error) => {
          if (error) done(undefined);
        });
      }),
    kill: async () => {
      if (runs()) child.kill('SIGKILL');
      await ended;
    },
    runs,
    words: () => words,
  };
}
