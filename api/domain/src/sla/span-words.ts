/** A span of time in words, with the clock it runs on: "2 business days", "48 hours", "at once", "24 hours before". */
import type { Span } from './service-levels.ts';

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

export function spanWords(span: Span): string {
  const [count, one] = 'hours' in span ? [span.hours, 'hour'] : [span.days, 'day'];
  if (count === 0) return 'at once';
  const words = counted(Math.abs(count), span.clock === 'business' ? `business ${one}` : one);
  return count < 0 ? `${words} before` : words;
}
