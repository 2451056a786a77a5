import { EMERGENCY_WORDS } from '@refloop/domain/patient/messages';
import { englishGrade, isPlain, type Language, spanishPerspicuity } from '@refloop/domain/patient/reading-grade';
import { describe, expect, test } from 'vitest';
import { dayOfFields, doneWords, failureWords, notDoneWords, visitTime, WORDS } from './patient-words.ts';

/** Every text of the page, those with a place in them filled. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') return [(value as (text: string) => string)('5')];
  return Object.values(value as object).flatMap(textsIn);
}

describe.each(['en', 'es'] as const)('the page in %s', (language: Language) => {
  // Of a word or two on a button the formulas say nothing.
  const sentences = textsIn(WORDS[language]).filter((text) => text.split(' ').length >= 5);
  test.each(sentences)('%s', (text) => {
    const told = language === 'en' ? `grade ${englishGrade(text)}` : `perspicuity ${spanishPerspicuity(text)}`;
    expect(isPlain(text, language), told).toBe(true);
    expect(text).not.toContain('!');
  });

  test('says 911 above everything, as the messages do', () => {
    expect(WORDS[language].emergency).toContain('911');
    expect(EMERGENCY_WORDS[language]).toContain('911');
  });
});

test('both languages say the same things', () => {
  const shape = (value: unknown): unknown =>
    typeof value === 'object' ? Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, shape(each)])) : typeof value;
  expect(shape(WORDS.es)).toEqual(shape(WORDS.en));
});

test.each([
  ['3', '27', '1985', '1985-03-27'],
  ['02', '30', '1985', undefined],
  ['2', '29', '2024', '2024-02-29'],
  ['', '1', '2000', undefined],
  ['1', '1', '85', undefined],
])('%s / %s / %s is %s', (month, day, year, expected) => {
  expect(dayOfFields(month, day, year)).toBe(expected);
});

test('a visit is told on the clinic’s clock, with its year where that is another', () => {
  const now = new Date('2026-11-30T12:00:00.000Z');
  const told = (instant: string, language: 'en' | 'es') => visitTime(instant, language, 'America/Chicago', now);
  expect(told('2026-12-01T15:15:00.000Z', 'en')).toBe('Tuesday, December 1 at 9:15 AM');
  expect(told('2026-12-01T15:15:00.000Z', 'es')).toMatch(/^martes, 1 de diciembre.*9:15/);
  // Here it is next year already, and there it is not.
  expect(told('2027-01-01T03:15:00.000Z', 'en')).toBe('Thursday, December 31 at 9:15 PM');
  expect(told('2027-01-05T15:15:00.000Z', 'en')).toBe('Tuesday, January 5, 2027 at 9:15 AM');
  expect(told('2027-01-05T15:15:00.000Z', 'es')).toMatch(/^martes, 5 de enero de 2027.*9:15/);
});

test('a refusal is told in the page’s own words', () => {
  const problem = (type: string, errors: { field: string; message: string; fix: string }[] = []) => ({
    kind: 'problem' as const,
    problem: { type: `/problems/${type}`, title: 'x', status: 400, detail: 'x', reference: 'r', errors },
  });
  const { failures } = WORDS.es;
  const tried = (left: number) => ({
    ...problem('not-allowed'),
    problem: { ...problem('not-allowed').problem, tries: { left, clinic: null } },
  });
  expect(failureWords(tried(3), WORDS.es)).toBe(`${failures.wrong} Puede tratar 3 veces más.`);
  expect(failureWords(tried(1), WORDS.en)).toBe(`${WORDS.en.failures.wrong} You have one more try.`);
  expect(failureWords(problem('not-allowed'), WORDS.es)).toBe(failures.wrong);
  expect(failureWords(problem('not-allowed', [{ field: 'as', message: 'x', fix: 'x' }]), WORDS.es)).toBe(failures.who);
  expect(failureWords(problem('not-allowed', [{ field: 'phone', message: 'x', fix: 'x' }]), WORDS.es)).toBe(failures.phone);
  expect(failureWords(problem('conflict'), WORDS.es)).toBe(failures.taken);
  expect(failureWords({ kind: 'unreachable' }, WORDS.es)).toBe(failures.away);
  expect(notDoneWords(problem('conflict'), WORDS.es)).toBe(`${failures.notDone} ${failures.taken}`);
  // It may have arrived.
  expect(notDoneWords({ kind: 'unreachable' }, WORDS.es)).toBe(failures.notKnown);
});

test.each(['texts', 'emails'] as const)('what is so now is told once %s are switched on or off', (act) => {
  for (const words of [WORDS.en, WORDS.es]) {
    const [on, off] = [doneWords({ act, wanted: true }, words), doneWords({ act, wanted: false }, words)];
    expect(on).not.toBe(off);
    expect([on, off].every((told) => told.split(' ').length > 3)).toBe(true);
  }
});
