/** The saved views of the worklist, in the order of the rail: which rows each holds. */
import type { ListedRow } from './listed-rows.ts';

export type ViewGroup = 'For me' | 'By deadline' | 'Waits for' | 'Exceptions' | 'Everything';

type View = { id: string; name: string; group: ViewGroup; holds: (row: ListedRow, at: Date) => boolean };

export const isOverdue = ({ dueAt }: Pick<ListedRow, 'dueAt'>, at: Date): boolean => Date.parse(dueAt) < at.getTime();

const isDueToday = (row: ListedRow, at: Date): boolean => !isOverdue(row, at) && new Date(row.dueAt).toDateString() === at.toDateString();

/** One list holds all that is open of its reader: what they own and what was escalated to them. */
const isMine = ({ mine, escalatedToMe }: ListedRow): boolean => mine || escalatedToMe;

export const VIEWS = [
  { id: 'mine', name: 'Mine', group: 'For me', holds: isMine },
  { id: 'escalated', name: 'Escalated to me', group: 'For me', holds: (row) => row.escalatedToMe },
  { id: 'overdue', name: 'Overdue', group: 'By deadline', holds: isOverdue },
  { id: 'today', name: 'Due today', group: 'By deadline', holds: isDueToday },
  { id: 'us', name: 'Us', group: 'Waits for', holds: ({ waitingOn }) => waitingOn === 'coordinator' },
  { id: 'specialist', name: 'Specialist', group: 'Waits for', holds: ({ waitingOn }) => waitingOn === 'specialist' },
  { id: 'patient', name: 'Patient', group: 'Waits for', holds: ({ waitingOn }) => waitingOn === 'patient' },
  { id: 'clinician', name: 'Clinician', group: 'Waits for', holds: ({ waitingOn }) => waitingOn === 'clinician' },
  { id: 'deciding', name: 'Payer’s decision', group: 'Waits for', holds: ({ waitingOn }) => waitingOn === 'payer' },
  { id: 'missing', name: 'Missing information', group: 'Exceptions', holds: ({ exception }) => exception === 'missing-information' },
  { id: 'specialty', name: 'Wrong specialty', group: 'Exceptions', holds: ({ exception }) => exception === 'wrong-specialty' },
  { id: 'payer', name: 'Payer', group: 'Exceptions', holds: ({ exception }) => exception === 'payer' },
  { id: 'unreachable', name: 'Patient unreachable', group: 'Exceptions', holds: ({ exception }) => exception === 'patient-unreachable' },
  { id: 'all', name: 'All open', group: 'Everything', holds: () => true },
] as const satisfies readonly View[];

export type ViewId = (typeof VIEWS)[number]['id'];

export const GROUPS: readonly ViewGroup[] = [...new Set(VIEWS.map(({ group }) => group))];

export const isView = (id: string | null): id is ViewId => VIEWS.some((view) => view.id === id);

const viewOf = (id: ViewId): View => VIEWS.find((view) => view.id === id) ?? VIEWS[0];

export const viewName = (id: ViewId): string => {
  const { name, group } = viewOf(id);
  return group === 'Waits for' ? `Waits for ${id === 'us' ? 'us' : `the ${name.toLowerCase()}`}` : name;
};

export const inView = (id: ViewId, row: ListedRow, at: Date): boolean => viewOf(id).holds(row, at);

/** @param at the moment of the list: what is overdue is so by the server's clock */
export function countViews(rows: readonly ListedRow[], at: Date): Record<ViewId, number> {
  const counts = Object.fromEntries(VIEWS.map(({ id }) => [id, 0])) as Record<ViewId, number>;
  for (const row of rows) for (const { id, holds } of VIEWS as readonly (View & { id: ViewId })[]) if (holds(row, at)) counts[id] += 1;
  return counts;
}
