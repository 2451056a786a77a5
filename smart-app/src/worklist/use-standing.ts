/** Holds the order of the lines as they were when the view was opened, or when the new order was asked for. */

import { useState } from 'react';
import type { ListedRow } from './listed-rows.ts';
import { linesOf, type Standing, stand } from './standing-list.ts';

type Kept = { /** Undefined: to begin anew. */ key: string | undefined; fresh: readonly ListedRow[]; standing: Standing };

const anew = (key: string, fresh: readonly ListedRow[]): Kept => ({ key, fresh, standing: { lines: linesOf(fresh), news: 0 } });

/**
 * @param key of the view and all that narrows it: another one begins anew
 * @param fresh what it holds now
 */
export function useStanding(key: string, fresh: readonly ListedRow[]): Standing & { renew: () => void } {
  const [kept, setKept] = useState(() => anew(key, fresh));
  let now = kept;
  if (kept.key !== key) now = anew(key, fresh);
  else if (kept.fresh !== fresh) now = { key, fresh, standing: stand(kept.standing.lines, fresh) };
  if (now !== kept) setKept(now);
  // With what is known when it is drawn, which may be newer than what this was made with.
  return { ...now.standing, renew: () => setKept((before) => ({ ...before, key: undefined })) };
}
