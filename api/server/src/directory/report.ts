/** What an import says about the rows: taken, refused with the reason, or taken with a remark. */

export type Finding = {
  /** Path inside the source folder. */
  file: string;
  /** Line of an NDJSON file, entry of a Bundle, 1 for a single resource. Counts from 1. */
  line: number;
  resourceType: string;
  id: string;
  reason: string;
};

export type ImportReport = {
  read: Record<string, number>;
  taken: Record<string, number>;
  /** Exact counts; `refused` and `remarks` below list at most `LISTED` each, in the order of the files. */
  refusedCount: number;
  remarkCount: number;
  /** The same counts by reason, names and codes left out. */
  reasons: Record<string, number>;
  refused: Finding[];
  remarks: Finding[];
};

/** A directory gone wrong refuses every row; a report must not outgrow it. */
const LISTED = 10_000;

export type Place = Omit<Finding, 'reason'>;

export type Reporter = {
  read(resourceType: string): void;
  taken(resourceType: string): void;
  /** `kind` is the reason without names, for counting. */
  refuse(place: Place, kind: string, reason: string): void;
  remark(place: Place, kind: string, reason: string): void;
  report(): ImportReport;
};

const byPlace = (a: Finding, b: Finding): number =>
  a.file === b.file ? a.line - b.line || (a.id < b.id ? -1 : a.id > b.id ? 1 : a.reason < b.reason ? -1 : 1) : a.file < b.file ? -1 : 1;

const sorted = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

export function reporter(): Reporter {
  const read: Record<string, number> = {};
  const taken: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  const refused: Finding[] = [];
  const remarks: Finding[] = [];
  let refusedCount = 0;
  let remarkCount = 0;
  const add = (counts: Record<string, number>, key: string) => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  return {
    read: (resourceType) => add(read, resourceType),
    taken: (resourceType) => add(taken, resourceType),
    refuse: ({ file, line, resourceType, id }, kind, reason) => {
      refusedCount += 1;
      add(reasons, `${resourceType}: ${kind}`);
      if (refused.length < LISTED) refused.push({ file, line, resourceType, id, reason });
    },
    remark: ({ file, line, resourceType, id }, kind, reason) => {
      remarkCount += 1;
      add(reasons, `${resourceType}: ${kind} (taken)`);
      if (remarks.length < LISTED) remarks.push({ file, line, resourceType, id, reason });
    },
    report: () => ({
      read: sorted(read),
      taken: sorted(taken),
      refusedCount,
      remarkCount,
      reasons: sorted(reasons),
      refused: refused.sort(byPlace),
      remarks: remarks.sort(byPlace),
    }),
  };
}
