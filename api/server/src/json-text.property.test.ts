import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growth } from '../../../tools/growth.ts';
import { DEEPEST, parseJsonText } from './json-text.ts';

const parse = (text: string) => parseJsonText(Buffer.from(text));

describe('what is taken', () => {
  test('is what JSON.parse makes of it, wherever that holds no NUL and no half pair', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), (text) => {
        const expected = JSON.stringify(JSON.parse(text) as unknown);
        const holdsNul = expected.includes('\\u0000');
        const parsed = parse(text);
        expect(parsed).toEqual(holdsNul ? { ok: false, why: 'nul' } : { ok: true, value: JSON.parse(text) as unknown });
      }),
      { numRuns: 500 },
    );
  });

  test('half of a pair becomes U+FFFD, as String.toWellFormed does, and a whole pair stays', () => {
    const unit = fc.constantFrom('\ud83d', '\ude00', '\ud83d\ude00', 'a', '"', '\\', '\\u', 'é');
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
        const text = units.join('');
        const escaped = JSON.stringify({ text }).replaceAll(/[\ud800-\udfff]/g, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
        expect(parse(escaped)).toEqual({ ok: true, value: { text: text.toWellFormed() } });
      }),
      { numRuns: 500 },
    );
  });

  test('a backslash before "u0000" is no NUL', () => {
    expect(parse(String.raw`{"path":"C:\\u0000"}`)).toEqual({ ok: true, value: { path: 'C:\\u0000' } });
  });

  test('brackets inside of strings nest nothing', () => {
    const text = '['.repeat(1000) + String.raw`\"[`;
    expect(parse(`["${'['.repeat(1000)}\\"["]`)).toMatchObject({ ok: true, value: [text.replace('\\', '')] });
  });
});

describe('what is refused', () => {
  test.each([
    ['NUL', String.raw`{"id":"a\u0000b"}`, 'nul'],
    ['NUL in a name', String.raw`{"a\u0000":1}`, 'nul'],
    ['one level too many', `${'['.repeat(DEEPEST + 1)}${']'.repeat(DEEPEST + 1)}`, 'too-deep'],
    ['levels of both kinds', '{"a":['.repeat(DEEPEST), 'too-deep'],
    ['nothing', '', 'not-json'],
    ['an end that is missing', '{"a":"b', 'not-json'],
    ['an escape that is cut off', String.raw`{"a":"\u00`, 'not-json'],
    ['a bare NUL', '{"a":"\u0000"}', 'not-json'],
  ])('%s', (_name, text, why) => {
    expect(parse(text)).toEqual({ ok: false, why });
  });

  test('bytes that are no UTF-8', () => {
    for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      expect(parseJsonText(Buffer.from([0x22, ...bytes, 0x22]))).toEqual({ ok: false, why: 'not-utf-8' });
    }
  });

  test('the deepest that is allowed is taken', () => {
    expect(parse(`${'['.repeat(DEEPEST)}${']'.repeat(DEEPEST)}`).ok).toBe(true);
  });

  test('six megabytes of opening brackets are read no further than the deepest that is allowed', async () => {
    const megabytes = new Map([1, 6].map((size) => [size, Buffer.alloc(size * 1024 * 1024, '[')]));
    const read = (size: number) => parseJsonText(megabytes.get(size) ?? Buffer.alloc(0));
    expect(read(6)).toEqual({ ok: false, why: 'too-deep' });
    expect(await growth(1, 6, read)).toBeLessThan(3);
  });
});
