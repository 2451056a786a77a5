/** By when something is owed, and whether that is over. */
import { Chip } from '../ui/Chip.tsx';
import { plainTime } from '../words/plain-date.ts';

export const isOver = (dueAt: string, now: Date): boolean => Date.parse(dueAt) < now.getTime();

export const Due = ({ dueAt, now }: { dueAt: string; now: Date }) =>
  isOver(dueAt, now) ? <Chip tone="bad">overdue since {plainTime(dueAt)}</Chip> : <Chip tone="wait">due {plainTime(dueAt)}</Chip>;
