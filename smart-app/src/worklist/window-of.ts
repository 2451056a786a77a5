/** Which lines of a long list are on the screen: all have one height, so that it is reckoned and never measured. */

export type Seen = { first: number /** One past the last. */; end: number };

/** Drawn beyond either edge, so that a fast wheel does not show an empty list. */
const BEYOND = 8;

/**
 * @param scrolled pixels
 * @param height of the part that is seen, in pixels
 */
export function windowOf(count: number, rowHeight: number, scrolled: number, height: number): Seen {
  const last = Math.max(0, count - 1);
  const top = Math.min(last, Math.max(0, Math.floor(scrolled / rowHeight)));
  const first = Math.max(0, top - BEYOND);
  // In steps, so that a page that is scrolled by a few pixels is not drawn again.
  const start = first - (first % BEYOND);
  const end = Math.ceil((Math.max(0, scrolled) + height) / rowHeight) + BEYOND;
  return { first: start, end: Math.max(start, Math.min(count, end + (BEYOND - (end % BEYOND)))) };
}

/** Where to scroll so that a line is seen whole; undefined where it is. */
export function scrollTo(index: number, rowHeight: number, scrolled: number, height: number): number | undefined {
  const top = index * rowHeight;
  if (top < scrolled) return top;
  return top + rowHeight > scrolled + height ? top + rowHeight - height : undefined;
}
