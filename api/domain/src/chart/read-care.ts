/** Visits, procedures, documents, coverage and orders. */
import { datePart } from '../fhir/date.ts';
import { codeOf, coding, concept, type FhirResource, list, object, refOf, target, text } from '../fhir/read.ts';
import { attachmentText, sentencesOf } from './attachment-text.ts';
import type { ChartCoverage, ChartDocument, ChartOrder, ChartProcedure, Visit } from './chart.ts';
import { attachmentsOf } from './sensitivity.ts';
import { type GiveAways, mayQuote, quotable } from './withhold.ts';

// HL7 v3-ActCode, ActEncounterCode.
const CLASS_WORDS: Readonly<Record<string, string>> = {
  AMB: 'outpatient visit',
  EMER: 'emergency department visit',
  IMP: 'hospital stay',
  ACUTE: 'hospital stay',
  NONAC: 'hospital stay',
  OBSENC: 'observation stay',
  VR: 'virtual visit',
  HH: 'home visit',
  FLD: 'field visit',
  SS: 'short stay',
};

/** A visit that took place or is taking place. */
export function readVisit(resource: FhirResource, giveAways: GiveAways): Visit | undefined {
  const ref = refOf(resource);
  const status = text(resource['status']);
  if (!ref || ['cancelled', 'planned', 'unknown'].includes(status)) return undefined;
  const period = object(resource['period']);
  const types = list(resource['type']).map(concept);
  const byClass = CLASS_WORDS[coding(resource['class']).code ?? ''] ?? '';
  return {
    ref,
    name: quotable(types.find((type) => type.text !== '')?.text, giveAways) || byClass || 'visit',
    types: [...types, concept(resource['serviceType'])],
    date: datePart(period['start']) || datePart(period['end']),
    participants: list(resource['participant'])
      .map((one) => text(object(one['individual'])['display']))
      .filter((name) => name !== ''),
    reasons: list(resource['reasonCode'])
      .map((one) => quotable(concept(one).text, giveAways))
      .filter((words) => words !== ''),
    problems: [
      ...list(resource['reasonReference']).flatMap((one) => target(one)?.id ?? []),
      ...list(resource['diagnosis']).flatMap((one) => target(one['condition'])?.id ?? []),
    ],
    status,
  };
}

export function readProcedure(resource: FhirResource): ChartProcedure | undefined {
  const ref = refOf(resource);
  const code = concept(resource['code']);
  if (!ref || code.text === '' || text(resource['status']) !== 'completed') return undefined;
  const period = object(resource['performedPeriod']);
  return {
    ref,
    name: code.text,
    code,
    date: datePart(resource['performedDateTime']) || datePart(period['start']) || datePart(period['end']),
  };
}

export function readDocument(resource: FhirResource, giveAways: GiveAways): ChartDocument | undefined {
  const ref = refOf(resource);
  if (!ref || text(resource['status']) === 'superseded') return undefined;
  const code = concept(resource['type']);
  const context = object(resource['context']);
  const name = quotable(code.text || text(resource['description']), giveAways);
  if (name === '') return undefined;
  const body = attachmentsOf(resource).flatMap((one) => sentencesOf(attachmentText(one) ?? ''));
  return {
    ref,
    name,
    code,
    date: datePart(resource['date']) || datePart(object(context['period'])['start']),
    author:
      list(resource['author'])
        .map((one) => text(one['display']))
        .find((words) => words !== '') ?? '',
    encounter: list(context['encounter']).map((one) => target(one)?.id ?? '')[0] ?? '',
    sentences: body.filter((sentence) => mayQuote(sentence, giveAways)),
  };
}

export function readCoverage(resource: FhirResource, today: string): ChartCoverage | undefined {
  const ref = refOf(resource);
  if (!ref) return undefined;
  const period = object(resource['period']);
  const [start, end] = [datePart(period['start']), datePart(period['end'])];
  const plan = list(resource['class']).find((one) => codeOf(one['type']) === 'plan') ?? {};
  return {
    ref,
    active: text(resource['status']) === 'active' && (start === '' || start <= today) && (end === '' || end >= today.slice(0, end.length)),
    payer:
      list(resource['payor'])
        .map((one) => text(one['display']))
        .find((words) => words !== '') ?? '',
    planName: text(plan['name']),
    planValue: text(plan['value']),
  };
}

export function readOrder(resource: FhirResource, giveAways: GiveAways): ChartOrder | undefined {
  const ref = refOf(resource);
  if (!ref) return undefined;
  const code = concept(resource['code']);
  const reasonCodes = list(resource['reasonCode']).map(concept);
  const period = object(resource['occurrencePeriod']);
  return {
    ref,
    name: code.text,
    code,
    status: text(resource['status']),
    intent: text(resource['intent']),
    authored: datePart(resource['authoredOn']),
    occurrence: datePart(resource['occurrenceDateTime']) || datePart(period['start']),
    performer:
      list(resource['performer'])
        .map((one) => text(one['display']))
        .find((words) => words !== '') ?? '',
    performerTypes: concept(resource['performerType']),
    categories: list(resource['category']).map(concept),
    reasonCodes,
    reasonProblems: list(resource['reasonReference']).flatMap((one) => target(one)?.id ?? []),
    words: [...reasonCodes.map((one) => one.text), ...list(resource['note']).map((one) => text(one['text']))].filter(
      (words) => words !== '' && mayQuote(words, giveAways),
    ),
  };
}
