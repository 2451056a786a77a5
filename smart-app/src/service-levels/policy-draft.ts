/** What is being changed of the service levels, and how spans are typed: kept in the page until it is kept by the server. */

import type { PolicyContent } from '@refloop/domain/sla/policy-content';
import type { Span } from '@refloop/domain/sla/service-levels';
import { spanWords } from '@refloop/domain/sla/span-words';

export type Urgency = 'routine' | 'urgent' | 'emergency';
export const URGENCIES: readonly Urgency[] = ['routine', 'urgent', 'emergency'];
export type Spans = Record<Urgency, Span>;

export const UNITS = [
  { value: 'hours wall', label: 'hours' },
  { value: 'hours business', label: 'business hours' },
  { value: 'days wall', label: 'days' },
  { value: 'days business', label: 'business days' },
] as const;
export type Unit = (typeof UNITS)[number]['value'];
export const isUnit = (value: string): value is Unit => UNITS.some((unit) => unit.value === value);

/** As it stands in its two fields; an empty amount says nothing. */
export type TypedSpan = { amount: string; unit: Unit };
export type TypedSpans = Record<Urgency, TypedSpan>;

export const typed = (span: Span): TypedSpan =>
  'hours' in span ? { amount: String(span.hours), unit: `hours ${span.clock}` } : { amount: String(span.days), unit: `days ${span.clock}` };

export const typedSpans = (spans: Partial<Spans>): TypedSpans => {
  const one = (span: Span | undefined): TypedSpan => (span ? typed(span) : { amount: '', unit: 'days business' });
  return { routine: one(spans.routine), urgent: one(spans.urgent), emergency: one(spans.emergency) };
};

/** @returns undefined where it is no whole number; below 0 is before an appointment */
export function spanOf({ amount, unit }: TypedSpan): Span | undefined {
  if (!/^-?\d{1,5}$/.test(amount.trim())) return undefined;
  const count = Number(amount);
  switch (unit) {
    case 'hours wall':
      return { hours: count, clock: 'wall' };
    case 'hours business':
      return { hours: count, clock: 'business' };
    case 'days wall':
      return { days: count, clock: 'wall' };
    case 'days business':
      return { days: count, clock: 'business' };
  }
}

export type Read<Value> = { ok: true; value: Value } | { ok: false; urgency: Urgency };

/** All three; an urgency whose amount cannot be read is named. */
export function spansOf(given: TypedSpans): Read<Spans> {
  const some = someSpansOf(given);
  if (!some.ok) return some;
  const { routine, urgent, emergency } = some.value;
  if (!routine) return { ok: false, urgency: 'routine' };
  if (!urgent) return { ok: false, urgency: 'urgent' };
  if (!emergency) return { ok: false, urgency: 'emergency' };
  return { ok: true, value: { routine, urgent, emergency } };
}

/** Those that are filled in. */
export function someSpansOf(given: TypedSpans): Read<Partial<Spans>> {
  const value: Partial<Spans> = {};
  for (const urgency of URGENCIES) {
    if (given[urgency].amount.trim() === '') continue;
    const span = spanOf(given[urgency]);
    if (!span) return { ok: false, urgency };
    value[urgency] = span;
  }
  return { ok: true, value };
}

/** One text where all three are the same: "5 business days". */
export function spansText(spans: Spans): string {
  const texts = URGENCIES.map((urgency) => spanWords(spans[urgency]));
  return new Set(texts).size === 1 ? (texts[0] ?? '') : URGENCIES.map((urgency, at) => `${urgency} ${texts[at]}`).join(', ');
}

/** Days as they are typed, one a line; blank lines and the order do not matter. */
export const daysOf = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))].toSorted();

export const sameContent = (left: PolicyContent, right: PolicyContent): boolean => JSON.stringify(left) === JSON.stringify(right);
