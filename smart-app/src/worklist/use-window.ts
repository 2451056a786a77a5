/** The lines of a long list that are drawn: those on the screen and a few beyond. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { type Seen, scrollTo, windowOf } from './window-of.ts';

export type ListWindow = Seen & {
  scroller: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  /** Scrolls no further than needed. */
  show: (index: number) => void;
};

/**
 * @param hidden the list is not on the page: where it stood is found again when it comes back
 * @param headHeight of what stands above the lines and does not scroll away, in pixels
 */
export function useListWindow(count: number, rowHeight: number, headHeight: number, hidden: boolean): ListWindow {
  const scroller = useRef<HTMLDivElement>(null);
  const stood = useRef(0);
  const [seen, setSeen] = useState<Seen>(() => windowOf(count, rowHeight, 0, 800));

  const look = useCallback(() => {
    const element = scroller.current;
    if (!element || element.clientHeight === 0) return;
    stood.current = element.scrollTop;
    const now = windowOf(count, rowHeight, element.scrollTop, element.clientHeight);
    setSeen((before) => (before.first === now.first && before.end === now.end ? before : now));
  }, [count, rowHeight]);

  useLayoutEffect(() => {
    if (hidden || !scroller.current) return;
    scroller.current.scrollTop = stood.current;
    look();
  }, [hidden, look]);

  useEffect(() => {
    if (!scroller.current) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [look]);

  const show = (index: number): void => {
    const element = scroller.current;
    if (!element) return;
    const top = scrollTo(index, rowHeight, element.scrollTop, element.clientHeight - headHeight);
    if (top !== undefined) element.scrollTop = top;
  };
  return { ...seen, end: Math.min(count, seen.end), scroller, onScroll: look, show };
}
