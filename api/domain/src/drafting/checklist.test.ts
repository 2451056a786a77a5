import { describe, expect, test } from 'vitest';
import { readChart } from '../chart/read-chart.ts';
import { specialtyById } from '../clinical/specialty.ts';
import { type FhirResource, ICD10CM } from '../fhir/read.ts';
import { CHECKLIST_ITEM_KINDS, CHECKLISTS, checklistWords, evaluateChecklist, type Reason } from './checklist.ts';

/** LOINC's check digit (Mod 10, as in the LOINC Users' Guide): a mistyped code does not pass. */
function hasCheckDigit(code: string): boolean {
  const [digits = '', check = ''] = code.split('-');
  const fromTheEnd = digits.split('').toReversed();
  const pick = (parity: number) => fromTheEnd.filter((_, at) => at % 2 === parity).toReversed();
  const doubled = String(Number(pick(0).join('')) * 2);
  const sum = [...pick(1), ...doubled.split('')].reduce((total, digit) => total + Number(digit), 0);
  return (10 - (sum % 10)) % 10 === Number(check);
}

describe('the data', () => {
  const items = CHECKLISTS.specialties.flatMap((checklist) => checklist.items);

  test('at least twelve specialties, the four in full among them, each known and once', () => {
    const ids = CHECKLISTS.specialties.map((checklist) => checklist.specialty);
    expect(ids.length).toBeGreaterThanOrEqual(12);
    expect(ids).toEqual(expect.arrayContaining(['cardiology', 'gastroenterology', 'dermatology', 'orthopedic-surgery']));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(specialtyById(id)?.id).toBe(id);
  });

  test('every item has its own id, a kind, a requirement and a page behind it', () => {
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length);
    for (const item of items) {
      expect(item.id).toMatch(/^[a-z0-9-]{5,80}$/);
      expect(item.label.length).toBeGreaterThan(2);
      expect(CHECKLIST_ITEM_KINDS).toContain(item.kind);
      expect(['required', 'recommended', 'if-available']).toContain(item.requirement);
      expect(CHECKLISTS.citations[item.citation]?.url).toMatch(/^https?:\/\//);
      if (['lab', 'imaging', 'document', 'note', 'question'].includes(item.kind))
        expect([...(item.loinc ?? []), ...(item.words ?? [])].length).toBeGreaterThan(0);
      if (item.maximumAgeDays !== undefined) expect(item.maximumAgeDays).toBeGreaterThan(0);
    }
  });

  test('no page is listed that no item cites', () => {
    expect(Object.keys(CHECKLISTS.citations).sort()).toEqual([...new Set(items.map((item) => item.citation))].sort());
  });

  test('conditions an item names exist in its specialty, and each is used', () => {
    for (const checklist of CHECKLISTS.specialties) {
      const named = new Set(checklist.items.flatMap((item) => item.conditions ?? []));
      expect([...named].sort()).toEqual(checklist.conditions.map((condition) => condition.id).sort());
    }
  });

  test('LOINC codes pass their check digit', () => {
    expect(hasCheckDigit('4548-4')).toBe(true);
    expect(hasCheckDigit('4548-5')).toBe(false);
    for (const code of [
      ...CHECKLISTS.specialties.flatMap((checklist) => checklist.results),
      ...items.flatMap((item) => item.loinc ?? []),
    ]) {
      expect([code, hasCheckDigit(code)]).toEqual([code, true]);
    }
  });
});

describe('against a chart', () => {
  const subject = { reference: 'Patient/p' };
  const chartOf = (...resources: object[]) => readChart(resources as FhirResource[], { patientId: 'p', today: '2026-11-20' });
  const asked = (reasonText: string, code?: string): Reason => ({ reasonText, reasonCodes: code ? [{ system: ICD10CM, code }] : [] });
  const statusOf = (chart: ReturnType<typeof chartOf>, specialty: string, reason: Reason, itemId: string, notSeen: string[] = []) =>
    evaluateChecklist(chart, specialty, reason, CHECKLISTS, notSeen).find(({ item }) => item.id === itemId)?.result.status;
  const report = (name: string, date: string) => ({
    resourceType: 'DiagnosticReport',
    id: 'r',
    status: 'final',
    code: { text: name },
    effectiveDateTime: date,
    conclusion: 'Sinus rhythm.',
    subject,
  });
  const heartFailure = asked('Heart failure', 'I50.9');
  const ECG = 'cardiology-heart-failure-ecg';

  test('found, with date, source and what it says', () => {
    expect(statusOf(chartOf(report('12-lead ECG', '2026-10-02')), 'cardiology', heartFailure, ECG)).toEqual({
      kind: 'found',
      source: { type: 'DiagnosticReport', id: 'r' },
      date: '2026-10-02',
      summary: '12-lead ECG: Sinus rhythm.',
    });
  });

  test('180 days are within 180 days, 181 are not', () => {
    expect(statusOf(chartOf(report('ECG', '2026-05-24')), 'cardiology', heartFailure, ECG)?.kind).toBe('found');
    expect(statusOf(chartOf(report('ECG', '2026-05-23')), 'cardiology', heartFailure, ECG)).toEqual({
      kind: 'too-old',
      source: { type: 'DiagnosticReport', id: 'r' },
      date: '2026-05-23',
      maximumAgeDays: 180,
    });
  });

  test('missing is missing only where it could have been seen', () => {
    expect(statusOf(chartOf(), 'cardiology', heartFailure, ECG)).toEqual({ kind: 'missing' });
    expect(statusOf(chartOf(), 'cardiology', heartFailure, ECG, ['Reports could not be read'])).toEqual({
      kind: 'not-visible',
      why: 'Reports could not be read',
    });
    expect(statusOf(chartOf(), 'cardiology', heartFailure, ECG, ['Allergies could not be read'])).toEqual({ kind: 'missing' });
  });

  test('an item is asked for its condition only, by code or by words', () => {
    expect(statusOf(chartOf(), 'cardiology', asked('Murmur', 'R01.1'), ECG)).toBeUndefined();
    expect(statusOf(chartOf(), 'cardiology', asked('Reduced ejection fraction'), ECG)).toBeDefined();
    expect(statusOf(chartOf(), 'cardiology', asked('', 'I50.22'), ECG)).toBeDefined();
  });

  test('a sub-specialty asks what its parent asks', () => {
    expect(statusOf(chartOf(), 'cardiac-electrophysiology', asked('Palpitations'), 'cardiology-arrhythmia-tracing')).toEqual({
      kind: 'missing',
    });
  });

  test('what the reason answers is not asked again', () => {
    expect(statusOf(chartOf(), 'orthopedic-surgery', asked('Knee pain'), 'orthopedic-surgery-duration')).toEqual({ kind: 'missing' });
    expect(statusOf(chartOf(), 'orthopedic-surgery', asked('Knee pain for six weeks'), 'orthopedic-surgery-duration')).toBeUndefined();
    expect(statusOf(chartOf(), 'orthopedic-surgery', asked('Knee pain'), 'orthopedic-surgery-codes')).toEqual({ kind: 'missing' });
    expect(statusOf(chartOf(), 'orthopedic-surgery', asked('Knee pain', 'M25.561'), 'orthopedic-surgery-codes')).toBeUndefined();
  });

  test('an age limit of the patient holds, and an unknown age counts as old enough', () => {
    const reason = asked('New onset headache', 'R51.9');
    const born = (birthDate: string) => chartOf({ resourceType: 'Patient', id: 'p', birthDate });
    expect(statusOf(born('1960-01-01'), 'neurology', reason, 'neurology-headache-esr')).toBeDefined();
    expect(statusOf(born('2000-01-01'), 'neurology', reason, 'neurology-headache-esr')).toBeUndefined();
    expect(statusOf(chartOf(), 'neurology', reason, 'neurology-headache-esr')).toBeDefined();
  });

  test('withheld resources answer nothing', () => {
    const secret = {
      ...report('ECG', '2026-10-02'),
      meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
    };
    expect(statusOf(chartOf(secret), 'cardiology', heartFailure, ECG)).toEqual({ kind: 'missing' });
  });

  test('each status has its words', () => {
    const words = (resources: object[], notSeen: string[] = []) =>
      evaluateChecklist(chartOf(...resources), 'cardiology', heartFailure, CHECKLISTS, notSeen)
        .filter(({ item }) => item.id === ECG)
        .map(({ result }) => checklistWords(result));
    expect(words([report('ECG', '2026-10-02')])).toEqual(['ECG from the last six months, on 2 October 2026']);
    expect(words([report('ECG', '2025-10')])).toEqual([
      'ECG from the last six months: the last one, in October 2025, is older than 180 days',
    ]);
    expect(words([])).toEqual(['ECG from the last six months: not in the chart']);
    expect(words([], ['Reports could not be read'])).toEqual(['ECG from the last six months: Reports could not be read']);
  });

  test('a citation that is missing names the item', () => {
    const wrong = { ...CHECKLISTS, citations: {} };
    expect(() => evaluateChecklist(chartOf(), 'cardiology', heartFailure, wrong)).toThrow(/item cardiology-\S+ cites/);
  });

  test('adding a specialty needs data alone', () => {
    const own = {
      version: 'x',
      citations: { page: { title: 'Page', url: 'https://example.org' } },
      specialties: [
        {
          specialty: 'podiatry',
          problems: [],
          words: [],
          results: [],
          conditions: [],
          items: [
            {
              id: 'podiatry-foot',
              label: 'Foot X-ray',
              kind: 'imaging' as const,
              requirement: 'required' as const,
              citation: 'page',
              words: ['foot x-ray'],
            },
          ],
        },
      ],
    };
    expect(evaluateChecklist(chartOf(report('Foot X-ray, left', '2026-01-01')), 'podiatry', asked('Pain'), own)[0]?.result).toMatchObject({
      citation: { title: 'Page', url: 'https://example.org' },
      status: { kind: 'found' },
    });
  });
});
