/** What is looked at, as the address has it: `#worklist/<referral>?view=overdue&specialty=Cardiology`. Never a patient. */
import type { ListedRow } from './listed-rows.ts';
import { inView, isView, type ViewId, viewName } from './views.ts';

type Urgency = NonNullable<ListedRow['urgency']>;

/** By deadline, or by how urgent the referral is and how long it has waited (R133): what is on record, no score of ours. */
export type WorklistOrder = 'deadline' | 'urgency';

export type WorklistFilter = {
  view: ViewId;
  specialty: string | undefined;
  urgency: Urgency | undefined;
  /** Subject of who has it. */
  owner: string | undefined;
  order: WorklistOrder;
};

export const URGENCIES: readonly Urgency[] = ['emergency', 'urgent', 'routine'];

const isUrgency = (value: string | null): value is Urgency => URGENCIES.some((urgency) => urgency === value);

/** @param search what follows the question mark; a part that makes no sense is left out */
export function filterOf(search: string): WorklistFilter {
  const given = new URLSearchParams(search);
  const text = (key: string): string | undefined => given.get(key)?.slice(0, 200) || undefined;
  const [view, urgency] = [given.get('view'), given.get('urgency')];
  return {
    view: isView(view) ? view : 'mine',
    specialty: text('specialty'),
    urgency: isUrgency(urgency) ? urgency : undefined,
    owner: text('owner'),
    order: given.get('order') === 'urgency' ? 'urgency' : 'deadline',
  };
}

/** @param referralId the thread that is open beside the list */
export function hashOf({ view, specialty, urgency, owner, order }: WorklistFilter, referralId?: string): string {
  const given = new URLSearchParams();
  if (view !== 'mine') given.set('view', view);
  if (specialty !== undefined) given.set('specialty', specialty);
  if (urgency !== undefined) given.set('urgency', urgency);
  if (owner !== undefined) given.set('owner', owner);
  if (order !== 'deadline') given.set('order', order);
  const search = given.toString();
  return `#worklist${referralId === undefined ? '' : `/${encodeURIComponent(referralId)}`}${search === '' ? '' : `?${search}`}`;
}

/** @param item of the address; undefined where it cannot be read */
export function referralOf(item: string | undefined): string | undefined {
  try {
    return item === undefined ? undefined : decodeURIComponent(item);
  } catch {
    return undefined;
  }
}

export type Chip = { key: keyof WorklistFilter; words: string; without: WorklistFilter };

/** What narrows the list, each with the filter that it leaves when it is taken away. */
export function chipsOf(filter: WorklistFilter, ownerName: (subject: string) => string): Chip[] {
  const { view, specialty, urgency, owner } = filter;
  const chips: Chip[] = [];
  if (view !== 'all') chips.push({ key: 'view', words: viewName(view), without: { ...filter, view: 'all' } });
  if (specialty !== undefined) chips.push({ key: 'specialty', words: specialty, without: { ...filter, specialty: undefined } });
  if (urgency !== undefined) chips.push({ key: 'urgency', words: urgency, without: { ...filter, urgency: undefined } });
  if (owner !== undefined) chips.push({ key: 'owner', words: `Owner: ${ownerName(owner)}`, without: { ...filter, owner: undefined } });
  return chips;
}

const placeOf = ({ urgency }: ListedRow): number => (urgency === null ? URGENCIES.length : URGENCIES.indexOf(urgency));

/** What a patient wrote that may be an emergency goes before any urgency that somebody chose. */
const isWritten = ({ risks }: ListedRow): number => (risks.includes('emergency-written') ? 0 : 1);

/**
 * A possible emergency first; then emergency before urgent before routine; of the same urgency whoever has more against them on record, each
 * counting once; then whoever has waited longest.
 */
const mostAtRiskFirst = (left: ListedRow, right: ListedRow): number => {
  const byRisk = isWritten(left) - isWritten(right) || placeOf(left) - placeOf(right) || right.risks.length - left.risks.length;
  if (byRisk !== 0 || left.since === right.since) return byRisk;
  return left.since < right.since ? -1 : 1;
};

/** @param found typed into the page and kept nowhere: a name, an office, a step */
export function rowsOf(rows: readonly ListedRow[], filter: WorklistFilter, found: string, at: Date): ListedRow[] {
  const { view, specialty, urgency, owner, order } = filter;
  const words = found.trim().toLowerCase();
  const shown = rows.filter(
    (row) =>
      inView(view, row, at) &&
      (specialty === undefined || row.specialtyName === specialty) &&
      (urgency === undefined || row.urgency === urgency) &&
      (owner === undefined || row.owner?.subject === owner) &&
      (words === '' || [row.patientName, row.performerName ?? '', row.next].some((text) => text.toLowerCase().includes(words))),
  );
  return order === 'urgency' ? shown.toSorted(mostAtRiskFirst) : shown;
}

export type Choices = { specialties: string[]; owners: { subject: string; name: string }[] };

/** What the list can be narrowed to: only what is in it. */
export function choicesOf(rows: readonly ListedRow[]): Choices {
  const specialties = new Set<string>();
  const owners = new Map<string, string>();
  for (const { specialtyName, owner } of rows) {
    if (specialtyName !== '') specialties.add(specialtyName);
    if (owner !== null) owners.set(owner.subject, owner.name);
  }
  return {
    specialties: [...specialties].toSorted((left, right) => left.localeCompare(right)),
    owners: [...owners].map(([subject, name]) => ({ subject, name })).toSorted((left, right) => left.name.localeCompare(right.name)),
  };
}
