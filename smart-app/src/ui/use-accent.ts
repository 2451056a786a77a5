/** The colour of a practice on a page of its own. Set on the root: other colours of the page are mixed from it there. */
import { useEffect } from 'react';

/** @param accent `#rrggbb`, checked for contrast when it was chosen; null or undefined: Refloop's */
export function useAccent(accent: string | null | undefined): void {
  useEffect(() => {
    const { style } = document.documentElement;
    if (accent) style.setProperty('--accent', accent);
    else style.removeProperty('--accent');
    return () => {
      style.removeProperty('--accent');
    };
  }, [accent]);
}
