/** Results and reports the specialist needs, newest value first, with the one before where it differs. */
import type { Chart, ChartResult, Report } from '../chart/chart.ts';
import { dateWords, earliestDay, onDate } from '../fhir/date.ts';
import { LOINC } from '../fhir/read.ts';
import type { ResourceRef } from '../fhir/reference.ts';
import { daysBetween } from '../instant.ts';
import { type ChecklistItem, evidenceFor } from './checklist.ts';
import type { Focus } from './focus.ts';
import { bestSentences, isShort, quoted } from './history.ts';
import names from './result-names.json' with { type: 'json' };
import { type DraftSentence, sourced } from './sentence.ts';
import { capital } from './words.ts';

const OWN_NAMES: Readonly<Record<string, string>> = names;

const MOST = { results: 24, valuesASentence: 6, reports: 6 } as const;
/** Results older than five years tell nothing about now unless a checklist asks for them. */
const OLDEST_DAYS = 1826;
/** A value flagged critical is told whatever the specialty, for three months. */
const CRITICAL_DAYS = 90;
/** The value before is told when it is at most two years older; a vital sign must be a month older to tell a trend. */
const TREND_DAYS = 730;
const VITAL_TREND_DAYS = 30;

const loincOf = (result: ChartResult): string => result.code.codings.find((one) => one.system === LOINC)?.code ?? '';

/** Our short name of a result where LOINC's is long; else what the chart calls it. */
export const resultName = (result: ChartResult): string => OWN_NAMES[loincOf(result)] ?? result.name;

// LDL by three methods is one line; so is eGFR by three equations.
const sameResult = (result: ChartResult): string => resultName(result).toLowerCase();

function resultWords(result: ChartResult): string {
  const value = [result.value, ...result.components.map((part) => `${part.name} ${part.words}`)].filter((part) => part !== '').join(', ');
  return `${resultName(result)} ${value}${result.flag ? ` (${result.flag})` : ''}`;
}

const age = (date: string, chart: Chart): number | undefined => (date === '' ? undefined : daysBetween(earliestDay(date), chart.today));

function toldResults(chart: Chart, focus: Focus, asked: ReadonlySet<string>): readonly ChartResult[] {
  const newest = new Map<string, { result: ChartResult; rank: number }>();
  for (const result of chart.results) {
    const days = age(result.date, chart);
    const rank = asked.has(result.ref.id) ? -1 : focus.rank(result);
    const recent = days !== undefined && days <= OLDEST_DAYS;
    const critical = result.critical && days !== undefined && days <= CRITICAL_DAYS;
    const wanted = rank === -1 || (rank !== undefined && recent) || critical;
    if (wanted && !newest.has(sameResult(result))) newest.set(sameResult(result), { result, rank: critical ? -2 : (rank ?? 0) });
  }
  return [...newest.values()].sort((one, other) => one.rank - other.rank).map(({ result }) => result);
}

function valueBefore(result: ChartResult, chart: Chart): ChartResult | undefined {
  if (result.value === '' || result.date === '') return undefined;
  const least = result.kind === 'vital-sign' ? VITAL_TREND_DAYS : 1;
  const older = (other: ChartResult): number => daysBetween(earliestDay(other.date), earliestDay(result.date));
  const before = chart.results.find(
    (other) =>
      other.date !== '' &&
      other.date < result.date &&
      other.value !== '' &&
      sameResult(other) === sameResult(result) &&
      older(other) >= least,
  );
  return before && before.value !== result.value && older(before) <= TREND_DAYS ? before : undefined;
}

/** One sentence per day and at most six values, so that every value stays near its date and its sources. */
function resultSentences(told: readonly ChartResult[], chart: Chart): readonly DraftSentence[] {
  const days = [...new Set(told.map((result) => result.date))].sort().reverse();
  return days.flatMap((day) => {
    const values = told.filter((result) => result.date === day);
    const sentences: DraftSentence[] = [];
    for (let at = 0; at < values.length; at += MOST.valuesASentence) {
      const some = values.slice(at, at + MOST.valuesASentence);
      const parts = some.map((result) => {
        const before = valueBefore(result, chart);
        return {
          words: `${resultWords(result)}${before ? `, before ${before.value} ${onDate(before.date)}` : ''}`,
          refs: [result.ref, ...(before ? [before.ref] : [])],
        };
      });
      const [first, ...more] = parts.flatMap((part) => part.refs);
      if (!first) continue;
      const lead = day === '' ? 'Results without a date' : `Results of ${dateWords(day)}`;
      sentences.push(sourced('findings', `${lead}: ${parts.map((part) => part.words).join('; ')}`, first, ...more));
    }
    return sentences;
  });
}

type Told = { readonly ref: ResourceRef; readonly name: string; readonly date: string; readonly sentences: readonly string[] };

function toldReports(chart: Chart, focus: Focus, asked: ReadonlySet<string>): readonly Told[] {
  const told: Told[] = [
    ...chart.reports.filter((report) => asked.has(report.ref.id) || isWorthTelling(report, focus)),
    ...chart.documents.filter((document) => asked.has(document.ref.id)),
    ...chart.procedures.filter((procedure) => asked.has(procedure.ref.id)).map((procedure) => ({ ...procedure, sentences: [] })),
  ];
  const seen = new Set<string>();
  return told
    .sort((one, other) => (one.date === other.date ? 0 : one.date > other.date ? -1 : 1))
    .filter((one) => !seen.has(one.name.toLowerCase()) && seen.add(one.name.toLowerCase()));
}

// A laboratory panel without words is told by its results.
const isWorthTelling = (report: Report, focus: Focus): boolean =>
  report.kind === 'laboratory'
    ? report.sentences.length > 0 && focus.score(report.name) > 0
    : focus.score([report.name, ...report.sentences].join(' ')) > 0;

function reportSentence(report: Told, focus: Focus): DraftSentence {
  const best = bestSentences(report.sentences, focus);
  const words = isShort(report.sentences) ? report.sentences : best.length > 0 ? best : report.sentences.slice(0, 2);
  const lead = [capital(report.name), report.date ? `(${dateWords(report.date)})` : ''].filter((part) => part !== '').join(' ');
  return sourced('findings', words.length > 0 ? `${lead}: ${quoted(words)}` : lead, report.ref);
}

/**
 * @param items the checklist items that apply; what answers them is told first and whatever its age
 */
export function composeFindings(
  chart: Chart,
  focus: Focus,
  items: readonly ChecklistItem[],
): { sentences: readonly DraftSentence[]; leftOut: readonly string[] } {
  const evidence = items
    .filter((item) => ['lab', 'imaging', 'document'].includes(item.kind) || (item.kind === 'question' && item.loinc !== undefined))
    .flatMap((item) => evidenceFor(item, chart).slice(0, 1));
  const asked = new Set(evidence.map((one) => one.ref.id));
  const results = toldResults(chart, focus, asked);
  // A panel that answers an item without words of its own is told by its results.
  const panels = new Set(
    chart.reports.filter((report) => report.sentences.length === 0 && report.results.length > 0).map((report) => report.ref.id),
  );
  const panelResults = chart.reports
    .filter((report) => asked.has(report.ref.id) && panels.has(report.ref.id))
    .flatMap((report) => report.results);
  const all = [
    ...results,
    ...chart.results.filter(
      (result) => panelResults.includes(result.ref.id) && !results.some((told) => sameResult(told) === sameResult(result)),
    ),
  ];
  const reports = toldReports(chart, focus, asked).filter((report) => !panels.has(report.ref.id));
  return {
    sentences: [
      ...resultSentences(all.slice(0, MOST.results), chart),
      ...reports.slice(0, MOST.reports).map((report) => reportSentence(report, focus)),
    ],
    leftOut: [
      ...(all.length > MOST.results ? [`${all.length - MOST.results} more results are in the chart and not in the draft.`] : []),
      ...(reports.length > MOST.reports ? [`${reports.length - MOST.reports} more reports are in the chart and not in the draft.`] : []),
    ],
  };
}
