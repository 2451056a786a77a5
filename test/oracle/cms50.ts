/**
 * CMS50 a second time: in plain TypeScript, a patient after the other, straight from the resources and the text of the measure. It shares no
 * line with the SQL nor with what reads resources for it; time zones come from Intl and not from DuckDB.
 */

export type Resource = Record<string, unknown> & { resourceType: string; id: string };

export type Codes = Record<'referral' | 'report' | 'encounter' | 'procedure', { system: string; code: string }[]>;

export type Verdict = {
  patient: string;
  initialPopulation: boolean;
  numerator: boolean;
  /** Id of the first referral, and of the Task that is its report. */
  referral: string | null;
  report: string | null;
};

/** Year, month and day as far as they are known, of an instant those of the time zone. */
type Moment = { parts: number[]; instant: number | null };

const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', year: 'numeric', month: 'numeric', day: 'numeric' });
  formats.set(timeZone, format);
  return format;
}

function localDay(instant: number, timeZone: string): number[] {
  const parts = formatOf(timeZone).formatToParts(instant);
  return ['year', 'month', 'day'].map((name) => Number(parts.find(({ type }) => type === name)?.value));
}

const exists = ([year = 0, month = 1, day = 1]: number[]): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

function momentOf(written: unknown, timeZone: string): Moment | null {
  if (typeof written !== 'string') return null;
  const [date = '', time] = written.split('T');
  if (!/^\d{4}(-\d\d){0,2}$/.test(date)) return null;
  const parts = date.split('-').map(Number);
  if (!exists(parts)) return null;
  if (time === undefined) return { parts, instant: null };
  const [, hour = '', minute = '', second = '', fraction = '', zone = ''] =
    /^(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  if (zone === '' || parts.length !== 3 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const [hours = 0, minutes = 0] = zone === 'Z' ? [0, 0] : zone.slice(1).split(':').map(Number);
  if (hours > 14 || minutes > 59 || (hours === 14 && minutes > 0)) return null;
  const offset = (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
  const [year = 0, month = 0, day = 0] = parts;
  const wall = Date.UTC(year, month - 1, day, Number(hour), Number(minute), Number(second));
  const instant = wall - offset + Number(`${fraction}000`.slice(0, 3));
  return { parts: localDay(instant, timeZone), instant };
}

/** −1, 0 or 1 by the first part that differs; null where one side ends before they do. */
function compareParts(one: number[], other: number[]): number | null {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    const [left, right] = [one[at], other[at]];
    if (left === undefined || right === undefined) return null;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function isAfter(one: Moment, other: Moment): boolean {
  if (one.instant !== null && other.instant !== null) return one.instant > other.instant;
  const compared = compareParts(one.parts, other.parts);
  // Of one day, and one of them with its time: nobody can say.
  return compared === 1;
}

function isWithin({ parts }: Moment, first: number[], last: number[]): boolean {
  const [from, to] = [compareParts(parts, first), compareParts(parts, last)];
  return from !== null && from >= 0 && to !== null && to <= 0;
}

/** By the first instant it can have been, found by walking: the time zone is asked which day it is. */
function earliestOf({ parts: [year = 0, month = 1, day = 1], instant }: Moment, timeZone: string): number {
  if (instant !== null) return instant;
  const wanted = [year, month, day];
  let [low, high] = [Date.UTC(year, month - 1, day) - 36 * 3_600_000, Date.UTC(year, month - 1, day) + 36 * 3_600_000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((compareParts(localDay(middle, timeZone), wanted) ?? 0) < 0) low = middle;
    else high = middle;
  }
  return high;
}

const field = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined), value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function pointsTo(reference: unknown, type: string): string | null {
  const text = field(reference, 'reference');
  if (typeof text !== 'string') return null;
  const parts = text.split('/');
  const history = parts.indexOf('_history');
  const [named, id] = (history === -1 ? parts : parts.slice(0, history)).slice(-2);
  return named === type && id !== undefined ? id : null;
}

const hasCode = (concept: unknown, codes: Codes[keyof Codes]): boolean =>
  list(field(concept, 'coding')).some((coding) =>
    codes.some(({ system, code }) => field(coding, 'system') === system && field(coding, 'code') === code),
  );

/** Of each resource its last version; the measure's resources of one patient hang together by what they point to. */
function lastVersions(resources: readonly Resource[]): Resource[] {
  const last = new Map<string, Resource>();
  for (const resource of resources) {
    const key = `${resource.resourceType}/${resource.id}`;
    const before = last.get(key);
    const age = (each: Resource | undefined): number => {
      const updated = field(each, 'meta', 'lastUpdated');
      return typeof updated === 'string' ? Date.parse(updated) : -Infinity;
    };
    if (before === undefined || age(resource) > age(before)) last.set(key, resource);
  }
  return [...last.values()];
}

type Measured = { year: number; timeZone: string; codes: Codes };

function judge(patient: string, own: readonly Resource[], tasks: readonly Resource[], { year, timeZone, codes }: Measured): Verdict {
  const [start, end, october] = [
    [year, 1, 1],
    [year, 12, 31],
    [year, 10, 31],
  ] as const;
  const of = (type: string): Resource[] => own.filter(({ resourceType }) => resourceType === type);
  const moment = (written: unknown): Moment | null => momentOf(written, timeZone);

  const [first] = of('ServiceRequest')
    .filter(
      ({ status, intent, code }) => (status === 'active' || status === 'completed') && intent === 'order' && hasCode(code, codes.referral),
    )
    .flatMap(({ id, authoredOn }) => {
      const authored = moment(authoredOn);
      return authored !== null && isWithin(authored, [...start], [...october]) ? [{ id, authored }] : [];
    })
    .sort((one, other) => earliestOf(one.authored, timeZone) - earliestOf(other.authored, timeZone) || (one.id < other.id ? -1 : 1));

  const wholly = (from: unknown, to: unknown): boolean => {
    const [begun, ended] = [moment(from), moment(to)];
    if (begun === null || ended === null || isAfter(begun, ended)) return false;
    return isWithin(begun, [...start], [...end]) && isWithin(ended, [...start], [...end]);
  };
  const visited =
    of('Encounter').some(
      ({ status, type, period }) =>
        status === 'finished' &&
        list(type).some((each) => hasCode(each, codes.encounter)) &&
        wholly(field(period, 'start'), field(period, 'end')),
    ) ||
    of('Procedure').some(({ status, code, performedDateTime, performedPeriod }) => {
      const [from, to] =
        typeof performedDateTime === 'string'
          ? [performedDateTime, performedDateTime]
          : [field(performedPeriod, 'start'), field(performedPeriod, 'end')];
      return status === 'completed' && hasCode(code, codes.procedure) && wholly(from, to);
    });

  const [report] = !first
    ? []
    : tasks
        .filter(({ status, code, basedOn, for: whom }) => {
          const about = pointsTo(whom, 'Patient');
          const linked = list(basedOn).some((each) => pointsTo(each, 'ServiceRequest') === first.id);
          return status === 'completed' && hasCode(code, codes.report) && linked && (about === null || about === patient);
        })
        .flatMap(({ id, executionPeriod }) => {
          const ended = moment(field(executionPeriod, 'end'));
          return ended !== null && isAfter(ended, first.authored) && isWithin(ended, [...start], [...end]) ? [{ id, ended }] : [];
        })
        .sort((one, other) => earliestOf(one.ended, timeZone) - earliestOf(other.ended, timeZone) || (one.id < other.id ? -1 : 1));

  const initialPopulation = first !== undefined && visited;
  return {
    patient,
    initialPopulation,
    numerator: initialPopulation && report !== undefined,
    referral: first?.id ?? null,
    report: report?.id ?? null,
  };
}

/** In order of the patients' ids. */
export function judgeAll(resources: readonly Resource[], measured: Measured): Verdict[] {
  const kept = lastVersions(resources);
  const tasks = kept.filter(({ resourceType }) => resourceType === 'Task');
  const ofReferral = Map.groupBy(
    tasks.flatMap((task) => list(task['basedOn']).map((each) => ({ task, referral: pointsTo(each, 'ServiceRequest') }))),
    ({ referral }) => referral,
  );
  const own = new Map<string, Resource[]>();
  const add = (patient: string | null, resource: Resource | null): void => {
    if (patient === null) return;
    const before = own.get(patient) ?? [];
    own.set(patient, resource === null ? before : [...before, resource]);
  };
  for (const resource of kept) {
    if (resource.resourceType === 'Patient') add(resource.id, null);
    else if (resource.resourceType === 'Task') add(pointsTo(resource['for'], 'Patient'), null);
    else add(pointsTo(resource['subject'], 'Patient'), resource);
  }
  return [...own.keys()].sort().map((patient) => {
    const referred = own.get(patient) ?? [];
    const about = referred.flatMap(({ id }) => (ofReferral.get(id) ?? []).map(({ task }) => task));
    return judge(patient, referred, [...new Set(about)], measured);
  });
}
