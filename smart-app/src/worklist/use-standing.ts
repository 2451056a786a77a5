/** Holds the order of the lines as they were when the view was opened, or when the new order was asked for. */
import type { WorklistRow } from '@refloop/server/client/worklist';
import { useMemo, useState } from 'react';
import { type Line, linesOf, type Standing, stand } from './standing-list.ts';

/**
 * @param key of the view and all that narrows it: another one begins anew
 * @param fresh what it holds now
 */
export function useStanding(key: string, fresh: readonly WorklistRow[]): Standing & { renew: () => void } {
  const [kept, setKept] = useState<{ key: string; lines: Line[] }>(() => ({ key, lines: linesOf(fresh) }));
  const lines = useMemo(() => (kept.key === key ? kept.lines : linesOf(fresh)), [kept, key, fresh]);
  if (kept.key !== key) setKept({ key, lines });
  const standing = useMemo(() => stand(lines, fresh), [lines, fresh]);
  return { ...standing, renew: () => setKept({ key, lines: linesOf(fresh) }) };
}
