/** Browser tests run beside each other on one sandbox: a patient whom two of their files write to makes either fail at random. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import cast from '../launch/src/synthetic/cast.json' with { type: 'json' };

const FOLDER = new URL('e2e/', import.meta.url);
/** Nobody writes to them, so that any number may look. */
const LOOKED_AT_ONLY = ['allergy-1'];
/** All of its tests write to a sandbox that it starts for itself, with a clock that it moves. */
const OWN_SANDBOX = ['courses.e2e.ts'];

/** Each built-in patient that a browser test names, with the files that do. */
function filesByPatient(): Map<string, string[]> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.e2e.ts') && !OWN_SANDBOX.includes(file));
  const texts = files.map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }));
  return new Map(cast.map(({ id }) => [id, texts.filter(({ text }) => text.includes(`'${id}'`)).map(({ file }) => file)]));
}

test('each patient belongs to one file of browser tests', () => {
  const named = [...filesByPatient()].filter(([, files]) => files.length > 0);
  expect(named.length, 'patients are found').toBeGreaterThan(50);
  const shared = named.filter(([id, files]) => files.length > 1 && !LOOKED_AT_ONLY.includes(id));
  expect(Object.fromEntries(shared)).toEqual({});
});

test('a file whose patients are its own starts a sandbox before its tests, and every one of them is told which', () => {
  for (const file of OWN_SANDBOX) {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    expect(text).toMatch(/beforeAll\(async \(\) => \{[^}]*startProduct\(/s);
    expect(text.match(/\b(?:refer|openDesk)\([^)]*\)/g)?.filter((call) => !call.includes('place'))).toEqual([]);
  }
});
