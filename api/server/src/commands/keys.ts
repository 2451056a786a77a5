/**
 * `npm run keys -- rotate` puts a new key-encryption key in force while Refloop serves, wraps everything anew and destroys the
 * older ones; interrupted, the next run goes on. `-- status` says what lies under which key. The last line of stdout sums up.
 * Exit 0 done, or nothing lies under an older key · 1 failed, another rotation is running, or one has not ended · 2 wrong use.
 */
import { userInfo } from 'node:os';
import { monotonicFactory } from 'ulid';
import { createKeyRing } from '../crypto/key-ring.ts';
import { wordsOf } from '../logging/words.ts';
import { migrate } from '../migrations/migrate.ts';
import { type KeyRotation, type KeyState, openKeyRotation, type RotationProgress } from '../store/postgres/rotation.ts';
import { plural, say, settings, wrongUse } from './console.ts';

const USAGE = 'Usage: npm run keys -- rotate   or   npm run keys -- status';

type Answer = { lines: string[]; code: 0 | 1 };

const dataKeys = (count: number): string => plural(count, 'data key');

/** Progress with its rate, at most twice a second. */
function progressTo(): (progress: RotationProgress) => void {
  const began = performance.now();
  let told = 0;
  return (progress) => {
    switch (progress.step) {
      case 'started':
        return say(`${progress.kid} is in force. Retired: ${progress.older.join(', ')}.`);
      case 'resumed':
        return say(`A rotation to ${progress.kid} did not end; this one goes on with it. Retired: ${progress.older.join(', ')}.`);
      case 'waiting':
        return say('Something still lies under a retired key; looking again.');
      case 'wrapped': {
        const now = performance.now();
        if (now - told < 500 && progress.wrapped < progress.of) return;
        told = now;
        const rate = Math.round((progress.wrapped / (now - began)) * 1000);
        return say(`${progress.wrapped} of ${dataKeys(progress.of)} wrapped anew (${rate} a second)`);
      }
    }
  };
}

async function rotate(keys: KeyRotation): Promise<Answer> {
  const actor = { subject: `npm run keys, by ${userInfo().username}`, fhirUser: null, sessionId: null };
  const outcome = await keys.rotate({ actor, now: () => new Date(), progress: progressTo() });
  if (outcome.status === 'busy') {
    say('Another rotation is running; nothing was changed. Run this again when it has ended.');
    return { lines: [], code: 1 };
  }
  for (const kid of outcome.destroyed)
    say(
      kid.includes('/') ? `${kid} is destroyed.` : `${kid} of REFLOOP_KEY wraps no data key any more; leave it in while it wraps others.`,
    );
  const older = plural(outcome.destroyed.length, 'older key');
  return { lines: [`keys: ${dataKeys(outcome.wrapped)} wrapped anew under ${outcome.kid}, ${older} out of use, ok`], code: 0 };
}

function stateLine(state: KeyState): string {
  const wrappedBy = state.root === null ? 'a key of REFLOOP_KEY' : `wrapped by ${state.root} of REFLOOP_KEY`;
  return `${state.kid}  ${state.standing}, ${wrappedBy}, since ${state.createdAt}: ${dataKeys(state.dataKeys)}${state.indexRoot ? ', the root of the indexes' : ''}`;
}

async function status(keys: KeyRotation): Promise<Answer> {
  const states = await keys.status();
  const inForce = states.find(({ standing }) => standing === 'in force');
  const others = states.filter(({ standing }) => standing !== 'in force');
  const left = others.reduce((sum, state) => sum + state.dataKeys + (state.indexRoot ? 1 : 0), 0);
  const unfinished = others.some(({ standing }) => standing === 'retired');
  const verdict = left > 0 || unfinished ? 'not finished: run `npm run keys -- rotate`' : 'ok';
  const sum = `keys: ${inForce?.kid ?? 'none'} in force, ${plural(left, 'key lies', 'keys lie')} under older ones, ${verdict}`;
  return { lines: [...states.map(stateLine), sum], code: verdict === 'ok' ? 0 : 1 };
}

const [action, ...more] = process.argv.slice(2);
if (more.length > 0) wrongUse(`"${more[0]}" is too much.`, USAGE);
if (action !== 'rotate' && action !== 'status')
  wrongUse(action === undefined ? 'Say what to do.' : `"${action}" is neither rotate nor status.`, USAGE);

const config = settings();
try {
  await migrate(config.migrationDatabaseUrl);
  const keys = await openKeyRotation({ url: config.databaseUrl, keyRing: createKeyRing(config.keys), newId: monotonicFactory() });
  try {
    const { lines, code } = action === 'rotate' ? await rotate(keys) : await status(keys);
    for (const line of lines) process.stdout.write(`${line}\n`);
    process.exitCode = code;
  } finally {
    await keys.close();
  }
} catch (error) {
  say(`The keys could not be ${action === 'rotate' ? 'rotated' : 'read'}: ${wordsOf(error)}`);
  process.exitCode = 1;
}
