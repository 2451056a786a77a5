/** Why it is not certain that a note is of a patient, in words. */
import type { Doubt } from '@refloop/server/client/inbound';
import { joined } from '../words/joined.ts';

const SAID: Readonly<Record<Exclude<Doubt, 'several' | 'nothing to compare'>, string>> = {
  name: 'name',
  born: 'date of birth',
  'record number': 'record number',
};

/** One sentence for each kind of doubt. */
export function doubtWords(doubts: readonly Doubt[]): string {
  const differing = doubts.flatMap((doubt) => (doubt === 'several' || doubt === 'nothing to compare' ? [] : [SAID[doubt]]));
  return [
    doubts.includes('several') ? 'The note names more than one patient.' : '',
    differing.length === 0 ? '' : `The note says another ${joined(differing)} than the chart.`,
    doubts.includes('nothing to compare') ? 'Refloop has nothing of this chart to compare the note with.' : '',
  ]
    .filter(Boolean)
    .join(' ');
}
