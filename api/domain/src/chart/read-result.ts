/** Observations and reports: what was measured and what someone concluded. */
import { datePart } from '../fhir/date.ts';
import { type Concept, concept, type FhirResource, type Json, LOINC, list, object, quantity, refOf, target, text } from '../fhir/read.ts';
import { attachmentText, sentencesOf } from './attachment-text.ts';
import type { ChartResult, Report, ResultValue } from './chart.ts';
import { attachmentsOf } from './sensitivity.ts';
import { type GiveAways, mayQuote, quotable } from './withhold.ts';

/** A measured number as written, at most three decimals; longer ones (computed, as Synthea sends) are rounded to two and say so. */
export function numberWords(value: number): string {
  const written = String(value);
  return /e/i.test(written) || (written.split('.')[1] ?? '').length > 3 ? `about ${Number(value.toFixed(2))}` : written;
}

const COMPARATORS: Readonly<Record<string, string>> = { '<': '< ', '<=': '≤ ', '>': '> ', '>=': '≥ ' };

function quantityWords(value: unknown): string {
  const read = quantity(value);
  if (!read) return '';
  return `${COMPARATORS[read.comparator ?? ''] ?? ''}${numberWords(read.value)}${read.unit ? ` ${read.unit}` : ''}`;
}

/** The value[x] of an Observation or component in words; empty when it has none or only a reason for its absence. */
function valueWords(carrier: Json, giveAways: GiveAways): string {
  const amount = quantityWords(carrier['valueQuantity']);
  if (amount) return amount;
  const coded = concept(carrier['valueCodeableConcept']).text;
  if (coded) return coded;
  const words = quotable(carrier['valueString'], giveAways);
  if (words) return words;
  if (typeof carrier['valueInteger'] === 'number') return String(carrier['valueInteger']);
  if (typeof carrier['valueBoolean'] === 'boolean') return carrier['valueBoolean'] ? 'yes' : 'no';
  const range = object(carrier['valueRange']);
  const [low, high] = [quantityWords(range['low']), quantityWords(range['high'])];
  if (low && high) return `${low} to ${high}`;
  const ratio = object(carrier['valueRatio']);
  const [over, under] = [quantityWords(ratio['numerator']), quantityWords(ratio['denominator'])];
  return over && under ? `${over} / ${under}` : '';
}

// HL7 v3-ObservationInterpretation.
const FLAGS: Readonly<Record<string, { words: string; critical?: true }>> = {
  H: { words: 'high' },
  HU: { words: 'significantly high', critical: true },
  HH: { words: 'critically high', critical: true },
  L: { words: 'low' },
  LU: { words: 'significantly low', critical: true },
  LL: { words: 'critically low', critical: true },
  A: { words: 'abnormal' },
  AA: { words: 'critically abnormal', critical: true },
};

function flagOf(carrier: Json): { flag: string; critical: boolean } {
  const codes = list(carrier['interpretation']).flatMap((one) => concept(one).codings.map((inner) => inner.code ?? ''));
  const stated = codes.map((code) => FLAGS[code]).find((one) => one !== undefined);
  if (stated) return { flag: stated.words, critical: stated.critical === true };
  if (codes.includes('N')) return { flag: '', critical: false };
  const value = quantity(carrier['valueQuantity']);
  const range = object(
    list(carrier['referenceRange']).find((one) => concept(one['type']).codings.every((inner) => inner.code === 'normal')),
  );
  if (!value) return { flag: '', critical: false };
  for (const [side, word] of [
    ['low', 'below'],
    ['high', 'above'],
  ] as const) {
    const limit = quantity(range[side]);
    if (!limit || (limit.unit !== undefined && value.unit !== undefined && limit.unit !== value.unit)) continue;
    if (side === 'low' ? value.value < limit.value : value.value > limit.value) {
      return { flag: `${word} the reference limit of ${numberWords(limit.value)}`, critical: false };
    }
  }
  return { flag: '', critical: false };
}

const categoriesOf = (resource: FhirResource): readonly string[] =>
  list(resource['category']).flatMap((one) => concept(one).codings.map((inner) => (inner.code ?? '').toLowerCase()));

const dateOf = (resource: FhirResource): string =>
  datePart(resource['effectiveDateTime']) ||
  datePart(object(resource['effectivePeriod'])['start']) ||
  datePart(resource['effectiveInstant']) ||
  datePart(resource['issued']);

const byLoinc = (code: Concept, wanted: string): boolean => code.codings.some((one) => one.system === LOINC && one.code === wanted);

/** Systolic over diastolic (LOINC 8480-6 over 8462-4), as everyone writes it; undefined when the panel is something else. */
function bloodPressure(components: readonly Json[]): string | undefined {
  const find = (wanted: string) => quantity(components.find((one) => byLoinc(concept(one['code']), wanted))?.['valueQuantity']);
  const [systolic, diastolic] = [find('8480-6'), find('8462-4')];
  if (!systolic || !diastolic) return undefined;
  return `${numberWords(systolic.value)}/${numberWords(diastolic.value)}${systolic.unit ? ` ${systolic.unit}` : ''}`;
}

/** A result that counts: final, amended, corrected or preliminary, with a value or components. */
export function readResult(resource: FhirResource, giveAways: GiveAways): ChartResult | undefined {
  const ref = refOf(resource);
  const code = concept(resource['code']);
  const status = text(resource['status']);
  if (!ref || code.text === '' || ['cancelled', 'registered'].includes(status)) return undefined;
  const parts = list(resource['component']);
  const pressure = bloodPressure(parts);
  const components: ResultValue[] = pressure
    ? []
    : parts
        .map((part) => ({ name: concept(part['code']).text, code: concept(part['code']), words: valueWords(part, giveAways) }))
        .filter((part) => part.name !== '' && part.words !== '');
  const value = pressure ?? valueWords(resource, giveAways);
  if (value === '' && components.length === 0) return undefined;
  const categories = categoriesOf(resource);
  return {
    ref,
    name: code.text,
    code,
    date: dateOf(resource),
    value: status === 'preliminary' && value !== '' ? `${value} (preliminary)` : value,
    ...flagOf(resource),
    components,
    kind: categories.includes('laboratory') ? 'laboratory' : categories.includes('vital-signs') ? 'vital-sign' : 'other',
  };
}

// v2-0074 diagnostic service sections that are imaging, and the LOINC and US Core category words.
const IMAGING = ['rad', 'imaging', 'ct', 'nmr', 'rus', 'xrc', 'us', 'mri', 'lp29684-5', 'ous', 'nms', 'cus', 'cth'];
const LABORATORY = ['lab', 'laboratory', 'ch', 'hm', 'mb', 'sp', 'lp29693-6'];

export function readReport(resource: FhirResource, giveAways: GiveAways): Report | undefined {
  const ref = refOf(resource);
  const code = concept(resource['code']);
  if (!ref || code.text === '' || ['cancelled', 'registered'].includes(text(resource['status']))) return undefined;
  const categories = categoriesOf(resource);
  // The form usually repeats the conclusion; it is read only where there is none.
  const conclusion = sentencesOf(text(resource['conclusion']));
  const written = conclusion.length > 0 ? conclusion : attachmentsOf(resource).flatMap((one) => sentencesOf(attachmentText(one) ?? ''));
  return {
    ref,
    name: code.text,
    code,
    date: dateOf(resource),
    kind: categories.some((one) => IMAGING.includes(one))
      ? 'imaging'
      : categories.some((one) => LABORATORY.includes(one))
        ? 'laboratory'
        : 'other',
    sentences: written.filter((sentence) => mayQuote(sentence, giveAways)),
    results: list(resource['result']).flatMap((one) => target(one)?.id ?? []),
  };
}
