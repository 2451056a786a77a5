import { expect, test } from 'vitest';
import { daysOf, someSpansOf, spanOf, spansOf, spansText, typed, typedSpans } from './policy-draft.ts';

const days = (count: number) => ({ days: count, clock: 'business' }) as const;
const hours = (count: number) => ({ hours: count, clock: 'wall' }) as const;

test.each([[days(2)], [hours(48)], [{ hours: 4, clock: 'business' } as const], [{ days: 14, clock: 'wall' } as const]])(
  '%o is typed and read back',
  (span) => {
    expect(spanOf(typed(span))).toEqual(span);
  },
);

test.each(['', ' ', '1.5', '--1', '2 days', '100000'])('“%s” is no span', (amount) => {
  expect(spanOf({ amount, unit: 'days wall' })).toBeUndefined();
});

test('of three the one that cannot be read is named; of an exception only what is filled in counts', () => {
  const spans = { routine: days(2), urgent: hours(24), emergency: hours(4) };
  const given = typedSpans(spans);
  expect(spansOf(given)).toEqual({ ok: true, value: spans });
  expect(spansOf({ ...given, urgent: { amount: 'soon', unit: 'hours wall' } })).toEqual({ ok: false, urgency: 'urgent' });
  expect(spansOf({ ...given, emergency: { amount: '', unit: 'hours wall' } })).toEqual({ ok: false, urgency: 'emergency' });
  expect(someSpansOf(typedSpans({ urgent: hours(24) }))).toEqual({ ok: true, value: { urgent: hours(24) } });
  expect(someSpansOf({ ...given, routine: { amount: 'x', unit: 'days wall' } })).toEqual({ ok: false, urgency: 'routine' });
});

test('three that are the same are one text', () => {
  expect(spansText({ routine: days(5), urgent: days(5), emergency: days(5) })).toBe('5 business days');
  expect(spansText({ routine: days(1), urgent: hours(24), emergency: hours(0) })).toBe(
    'routine 1 business day, urgent 24 hours, emergency at once',
  );
});

test('days one a line, each once, in order', () => {
  expect(daysOf('2026-12-25\n\n2026-11-26, 2026-12-25 ')).toEqual(['2026-11-26', '2026-12-25']);
});
