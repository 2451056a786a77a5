/** Who the patient is and what led here: opening, problems, visits and notes; and the background that goes with it. */
import type { Chart, ChartDocument, PatientFacts, Problem, Visit } from '../chart/chart.ts';
import { dateWords, earliestDay, onDate } from '../fhir/date.ts';
import { daysBetween } from '../instant.ts';
import type { Focus } from './focus.ts';
import { type DraftSentence, sourced } from './sentence.ts';
import { capital, shortened, uncapital } from './words.ts';

const MOST = { historyProblems: 8, quotedNotes: 3, visits: 3, otherProblems: 15, pastProblems: 6, procedures: 6 } as const;
/** Notes and visits of the year before the referral may be quoted; older ones are background at best. */
const RECENT_DAYS = 365;
const LONGEST_QUOTE = 320;

/** "Mrs. Delgado", or "the patient" where the chart gives no form of address: a bare family name is no way to speak of a person. */
export const calledBy = (patient: PatientFacts | undefined): string =>
  patient && patient.family !== '' && patient.prefix !== '' ? `${patient.prefix} ${patient.family}` : 'the patient';

const ADULT_LANGUAGE = /^english$/i;

export function openingSentences(patient: PatientFacts | undefined): readonly DraftSentence[] {
  if (!patient) return [];
  const infant = patient.ageMonths !== undefined && patient.ageMonths < 24;
  const count = infant ? patient.ageMonths : patient.age;
  const unit = infant ? 'month' : 'year';
  const age = count === undefined ? '' : `${count} ${unit}${count === 1 ? '' : 's'} old`;
  const facts = [age, patient.sex].filter((part) => part !== '').join(', ');
  const speaks = patient.language !== '' && !(ADULT_LANGUAGE.test(patient.language) && !patient.needsInterpreter);
  const language = [speaks ? `speaks ${patient.language}` : '', patient.needsInterpreter ? 'needs an interpreter' : ''].filter(
    (part) => part !== '',
  );
  const name = capital(calledBy(patient));
  return [
    ...(facts === '' ? [] : [sourced('history', `${name} is ${facts}`, patient.ref)]),
    ...(language.length === 0 ? [] : [sourced('history', `${name} ${language.join(' and ')}`, patient.ref)]),
  ];
}

function problemWords(problem: Problem): string {
  const since = problem.onset ? `since ${dateWords(problem.onset)}` : problem.recorded ? `recorded ${onDate(problem.recorded)}` : '';
  const doubt = problem.certainty === 'unconfirmed' ? 'not confirmed' : '';
  return [capital(problem.name), ...[problem.severity.toLowerCase(), doubt, since].filter((part) => part !== '')]
    .join(', ')
    .replace(/, since/, ' since');
}

const key = (problem: Problem): string => problem.name.toLowerCase();

/** One entry per name: charts repeat a diagnosis at every visit. The newest stands for all. */
const distinct = (problems: readonly Problem[]): readonly Problem[] => {
  const seen = new Set<string>();
  return problems.filter((problem) => !seen.has(key(problem)) && seen.add(key(problem)));
};

const isRecent = (date: string, chart: Chart): boolean => {
  if (date === '') return false;
  const age = daysBetween(earliestDay(date), chart.today);
  return age >= 0 && age <= RECENT_DAYS;
};

// What the patient was told to do is no finding: "Return at once for chest pain" would read as if there had been any.
const INSTRUCTION =
  /^(?:return|call|go to|come back|follow[- ]?up|advised|instructed|counsell?ed|educated|discussed (?:red flags|return|precautions))\b/i;

/** The sentences of a text that speak most of the reason, at most two, in their own order; a gap between them shows. */
export function bestSentences(sentences: readonly string[], focus: Focus): readonly string[] {
  return sentences
    .map((sentence, at) => ({ sentence, at, score: focus.score(sentence) }))
    .filter((one) => one.score > 0 && !INSTRUCTION.test(one.sentence))
    .sort((one, other) => other.score - one.score || one.at - other.at)
    .slice(0, 2)
    .sort((one, other) => one.at - other.at)
    .map(({ sentence, at }, index, chosen) => (index > 0 && at !== (chosen[index - 1]?.at ?? 0) + 1 ? `… ${sentence}` : sentence));
}

/** Words of a source set off as its own; `"` inside become single quotes. */
export const quoted = (sentences: readonly string[]): string =>
  `“${shortened(sentences.map((sentence) => sentence.replace(/["“”]/g, "'")).join(' '), LONGEST_QUOTE)}”`;

/** Text short enough to quote whole; leaving half of a conclusion out can turn its sense. */
export const isShort = (sentences: readonly string[]): boolean => sentences.join(' ').length <= LONGEST_QUOTE;

function noteSentences(
  chart: Chart,
  focus: Focus,
  toldElsewhere: ReadonlySet<string>,
): { sentences: readonly DraftSentence[]; visits: ReadonlySet<string> } {
  const told = new Set<string>();
  const candidates = chart.documents
    .filter((document) => isRecent(document.date, chart) && !toldElsewhere.has(document.ref.id))
    .map((document) => ({ document, best: bestSentences(document.sentences, focus) }))
    .filter(({ best }) => focus.aboutReason(best.join(' ')))
    // A note carried forward from visit to visit is told once.
    .filter(({ best }) => {
      const words = best.join(' ');
      return !told.has(words) && told.add(words);
    })
    .slice(0, MOST.quotedNotes);
  const sentences = candidates.map(({ document, best }) => {
    const visit = visitOf(document, chart);
    const who = document.author || visit?.participants[0] || '';
    const what = [`${capital(document.name)} (${dateWords(document.date)})`, who].filter((part) => part !== '').join(', ');
    return sourced('history', `${what}: ${quoted(best)}`, document.ref, ...(visit ? [visit.ref] : []));
  });
  return { sentences, visits: new Set(candidates.map(({ document }) => document.encounter)) };
}

const visitOf = (document: ChartDocument, chart: Chart): Visit | undefined =>
  chart.visits.find((visit) => visit.ref.id === document.encounter);

function visitSentences(chart: Chart, focus: Focus, quotedVisits: ReadonlySet<string>): readonly DraftSentence[] {
  const relevant = new Map(
    chart.problems.filter((problem) => focus.problem(problem) === 'reason').map((problem) => [problem.ref.id, problem]),
  );
  return chart.visits
    .filter((visit) => isRecent(visit.date, chart) && !quotedVisits.has(visit.ref.id))
    .flatMap((visit) => {
      const words = visit.reasons.filter((reason) => focus.aboutReason(reason));
      const problems = visit.problems.flatMap((id) => relevant.get(id) ?? []);
      const reasons = [...new Set([...words, ...problems.map((problem) => problem.name)])];
      return reasons.length === 0
        ? []
        : [
            sourced(
              'history',
              `Seen ${onDate(visit.date)} (${uncapital(visit.name)}) for ${reasons.map(uncapital).join('; ')}`,
              visit.ref,
              ...problems.map((problem) => problem.ref),
            ),
          ];
    })
    .slice(0, MOST.visits);
}

const left = (count: number, most: number, what: string): readonly string[] =>
  count > most ? [`${count - most} more ${what} in the chart and not in the draft.`] : [];

/**
 * History: opening, problems behind the reason then those the specialty cares for, notes and visits.
 *
 * @param toldElsewhere ids of documents that another section quotes
 */
export function composeHistory(
  chart: Chart,
  focus: Focus,
  toldElsewhere: ReadonlySet<string>,
): { sentences: readonly DraftSentence[]; leftOut: readonly string[] } {
  const problems = distinct(chart.problems);
  const told = [
    ...problems.filter((problem) => focus.problem(problem) === 'reason'),
    ...problems.filter((problem) => focus.problem(problem) === 'specialty'),
  ];
  const notes = noteSentences(chart, focus, toldElsewhere);
  return {
    sentences: [
      ...openingSentences(chart.patient),
      ...told.slice(0, MOST.historyProblems).map((problem) => sourced('history', problemWords(problem), problem.ref)),
      ...notes.sentences,
      ...visitSentences(chart, focus, notes.visits),
    ],
    leftOut: left(told.length, MOST.historyProblems, 'problems of this specialty are'),
  };
}

/** Background: other active problems, past problems and procedures that bear on the referral. */
export function composeBackground(chart: Chart, focus: Focus): { sentences: readonly DraftSentence[]; leftOut: readonly string[] } {
  const others = distinct(chart.problems.filter((problem) => focus.problem(problem) === 'other'));
  const active = new Set(chart.problems.map(key));
  const past = distinct(chart.pastProblems.filter((problem) => focus.problem(problem) !== 'other' && !active.has(key(problem))));
  const seen = new Set<string>();
  const procedures = chart.procedures.filter(
    (procedure) => focus.score(procedure.name) > 0 && !seen.has(procedure.name.toLowerCase()) && seen.add(procedure.name.toLowerCase()),
  );
  return {
    sentences: [
      ...others.slice(0, MOST.otherProblems).map((problem) => sourced('background', problemWords(problem), problem.ref)),
      ...past
        .slice(0, MOST.pastProblems)
        .map((problem) =>
          sourced(
            'background',
            ['Past', `${problem.name}${problem.abated ? `, until ${dateWords(problem.abated)}` : ''}`].join(': '),
            problem.ref,
          ),
        ),
      ...procedures
        .slice(0, MOST.procedures)
        .map((procedure) =>
          sourced('background', [capital(procedure.name), onDate(procedure.date)].filter((part) => part !== '').join(' '), procedure.ref),
        ),
    ],
    leftOut: [
      ...left(others.length, MOST.otherProblems, 'other active problems are'),
      ...left(past.length, MOST.pastProblems, 'past problems are'),
      ...left(procedures.length, MOST.procedures, 'procedures are'),
    ],
  };
}
