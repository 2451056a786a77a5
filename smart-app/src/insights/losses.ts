/** Lost referrals as two bars side by side, never one: which way, of what kind, how many. A category is `way/kind`. */
import type { MetricRow } from '@refloop/server/client/insights';

export type Kind = 'avoidable' | 'not-avoidable' | 'denied' | 'unknown';

export type LossBar = {
  way: 'leaked' | 'unseen';
  title: string;
  /** All lost in this way, of `n` that are old enough. */
  lost: number;
  n: number;
  segments: { row: MetricRow; kind: Kind; lost: number }[];
};

const WAYS = [
  ['leaked', 'Leaked: seen outside the network, by nobody’s lawful choice'],
  ['unseen', 'Never seen by anybody within 180 days'],
] as const;

const KINDS: readonly Kind[] = ['avoidable', 'not-avoidable', 'denied', 'unknown'];
const isKind = (text: string | undefined): text is Kind => KINDS.some((kind) => kind === text);

/** Of `lost_referrals`, everything looked at. Ways that lost nobody are there too; kinds that did are left out. */
export function lossBars(rows: readonly MetricRow[]): LossBar[] {
  return WAYS.map(([way, title]) => {
    const same = rows.filter(({ category }) => category?.startsWith(`${way}/`));
    const segments = same.flatMap((row) => {
      const kind = row.category?.split('/')[1];
      const lost = row.parts['lost'] ?? 0;
      return isKind(kind) && lost > 0 ? [{ row, kind, lost }] : [];
    });
    return { way, title, segments, lost: same[0]?.parts['same_way'] ?? 0, n: same[0]?.n ?? 0 };
  });
}

export type ReasonGroup = { group: string; out: number; share: number | null; low: number | null; high: number | null; rows: MetricRow[] };

/** Of `leakage_reasons`, everything looked at: the groups that somebody left for, lawful choice last, unknown after it. */
export function reasonGroups(rows: readonly MetricRow[]): ReasonGroup[] {
  const groups = Map.groupBy(rows, ({ category }) => category?.split('/')[0] ?? '');
  return [...groups].flatMap(([group, members]) => {
    const parts = members[0]?.parts;
    const out = parts?.['group_out'] ?? 0;
    if (!parts || out === 0) return [];
    const [share = null, low = null, high = null] = [parts['group_share'], parts['group_low'], parts['group_high']];
    return [{ group, out, share, low, high, rows: members.filter((row) => (row.parts['went_out'] ?? 0) > 0) }];
  });
}
