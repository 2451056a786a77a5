import { describe, expect, test } from 'vitest';
import { browserStorage, frameNameStorage, workingSessionStorage } from './launch-storage.ts';

describe('where the browser gives the frame no storage', () => {
  test('the launch survives the way to the EHR and back, and is gone from the name at once', () => {
    const frame = { name: '' };
    const out = frameNameStorage(frame, true);
    out.set('state-1', '{"codeVerifier":"v"}');
    expect(frame.name).toContain('state-1');
    const back = frameNameStorage(frame, false);
    expect(frame.name).toBe('');
    expect(back.get('state-1')).toBe('{"codeVerifier":"v"}');
  });

  test('tokens that come later are never put into the name', () => {
    const frame = { name: '' };
    frameNameStorage(frame, true).set('state-1', 'v');
    const back = frameNameStorage(frame, false);
    back.set('state-1', '{"access_token":"secret"}');
    expect(back.get('state-1')).toContain('secret');
    expect(frame.name).toBe('');
    expect(back.remove('state-1')).toBe(true);
    expect(back.remove('state-1')).toBe(false);
  });

  test('a name that is not ours is left alone; a broken one of ours is no launch', () => {
    const theirs = { name: 'ehr-frame' };
    expect(frameNameStorage(theirs, false).get('state-1')).toBeNull();
    expect(theirs.name).toBe('ehr-frame');
    expect(frameNameStorage({ name: 'refloop-launch:{broken' }, false).get('state-1')).toBeNull();
  });
});

function storage(write: (key: string, text: string) => void): Storage {
  const kept = new Map<string, string>();
  return {
    length: 0,
    clear: () => kept.clear(),
    key: () => null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => {
      write(key, text);
      kept.set(key, text);
    },
    removeItem: (key) => void kept.delete(key),
  };
}

test('session storage is used where it works, and only there', () => {
  const works = storage(() => undefined);
  expect(workingSessionStorage(() => works)).toBe(works);
  expect(works.getItem('refloop-probe')).toBeNull();
  const full = storage(() => {
    throw new Error('quota');
  });
  expect(workingSessionStorage(() => full)).toBeUndefined();
  const blocked = (): Storage => {
    throw new Error('SecurityError');
  };
  expect(workingSessionStorage(blocked)).toBeUndefined();
  const kept = browserStorage(works);
  kept.set('a', '1');
  expect([kept.get('a'), kept.remove('a'), kept.remove('a')]).toEqual(['1', true, false]);
});
