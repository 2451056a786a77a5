import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { ok, refuse } from '@refloop/domain/result';
import { describe, expect, test } from 'vitest';
import { readChart } from './read-chart.ts';

const base = 'https://ehr.example.org/fhir';
const SCOPES = ['patient/*.rs'];

const bundle = (resources: Resource[], next?: string): Resource => ({
  resourceType: 'Bundle',
  entry: resources.map((resource) => ({ resource })),
  ...(next ? { link: [{ relation: 'next', url: next }] } : {}),
});
const condition = (id: string, patient = '1'): Resource => ({
  resourceType: 'Condition',
  id,
  subject: { reference: `Patient/${patient}` },
});

/** An EHR that answers each address as the script says, everything else with nothing found. */
function scripted(script: Record<string, () => Resource | number>) {
  const asked: string[] = [];
  return {
    asked,
    base,
    get: async (path: string) => {
      asked.push(path);
      const found = Object.entries(script).find(([start]) => path.startsWith(start));
      const answer = found ? found[1]() : bundle([]);
      return typeof answer === 'number' ? refuse({ kind: 'http', status: answer, detail: '' } as const) : ok(answer);
    },
  };
}

describe('reading the chart', () => {
  test('asks for every type of this patient and keeps what was read before', async () => {
    const ehr = scripted({ Condition: () => bundle([condition('c1')]) });
    const read = await readChart(ehr, '1', SCOPES, [{ resourceType: 'Patient', id: '1' }]);
    expect(read).toMatchObject({ ok: true, value: { notSeen: [], resources: [{ resourceType: 'Patient' }, { id: 'c1' }] } });
    expect(ehr.asked.every((path) => path.includes('patient=1'))).toBe(true);
    expect(ehr.asked.filter((path) => path.startsWith('Observation')).every((path) => path.includes('_count=200'))).toBe(true);
  });

  test('a resource of another patient ends the work', async () => {
    const ehr = scripted({ Condition: () => bundle([condition('c1'), condition('c2', '2')]) });
    expect(await readChart(ehr, '1', SCOPES, [])).toMatchObject({ ok: false, refusal: { kind: 'wrong-patient' } });
  });

  test('a resource that names no patient is not let through either', async () => {
    const ehr = scripted({ Condition: () => bundle([{ resourceType: 'Condition', id: 'c1' }]) });
    expect(await readChart(ehr, '1', SCOPES, [])).toMatchObject({ ok: false });
  });

  test('what may not be read is said in words and not asked for', async () => {
    const ehr = scripted({});
    const read = await readChart(ehr, '1', ['patient/Condition.rs'], []);
    expect(ehr.asked.every((path) => path.startsWith('Condition'))).toBe(true);
    expect(read.ok && read.value.notSeen).toContain('Allergies could not be read: not granted to Refloop.');
  });

  test('an error in one part leaves the others', async () => {
    const ehr = scripted({ Condition: () => bundle([condition('c1')]), AllergyIntolerance: () => 403, Procedure: () => 500 });
    const read = await readChart(ehr, '1', SCOPES, []);
    expect(read.ok && read.value.resources).toHaveLength(1);
    expect(read.ok && read.value.notSeen).toEqual([
      'Allergies could not be read: the EHR did not allow it.',
      'Procedures could not be read: the EHR answered with an error (500).',
    ]);
  });

  test('follows next pages within bounds and says that there is more', async () => {
    let page = 0;
    const ehr = scripted({
      Condition: () => {
        page += 1;
        return bundle([condition(`c${page}`)], 'Condition?page=next');
      },
    });
    const read = await readChart(ehr, '1', SCOPES, []);
    expect(page).toBe(25);
    expect(read.ok && read.value.notSeen).toEqual(['Problems were read in part: there are more than fit.']);
  });

  test('a server that sends few a page is asked for more, until the newest asked for are there', async () => {
    let page = 0;
    const results = (): Resource => {
      page += 1;
      const some = Array.from({ length: 20 }, (_, index) => ({ ...condition(`o${page}-${index}`), resourceType: 'Observation' }));
      return bundle(some, `${base}?_getpages=${page}`);
    };
    const ehr = scripted({ 'Observation?patient=1&category=laboratory': results, [`${base}?_getpages`]: results });
    const read = await readChart(ehr, '1', SCOPES, []);
    expect(page).toBe(10);
    expect(read.ok && read.value.resources).toHaveLength(200);
    expect(read.ok && read.value.notSeen, 'older results do not belong in the note').toEqual([]);
  });

  test('a next page that cannot be read is told with the reason', async () => {
    const elsewhere = scripted({ Condition: () => bundle([condition('c1')], 'https://elsewhere.example.org/page2') });
    const get: typeof elsewhere.get = async (path) =>
      path.startsWith('https://elsewhere') ? refuse({ kind: 'elsewhere' } as never) : elsewhere.get(path);
    const read = await readChart({ base, get }, '1', SCOPES, []);
    expect(read.ok && read.value.resources).toHaveLength(1);
    expect(read.ok && read.value.notSeen).toEqual(['Problems were read in part: the EHR pointed to another server.']);
  });

  test('asks again without sorting where an EHR refuses to sort', async () => {
    const ehr = scripted({ 'Observation?patient=1&category=laboratory&_sort': () => 400 });
    await readChart(ehr, '1', SCOPES, []);
    expect(ehr.asked).toContain('Observation?patient=1&category=laboratory&_count=200');
  });

  test('carries at most 2,000 resources', async () => {
    const many = Array.from({ length: 2500 }, (_, index) => condition(`c${index}`));
    const read = await readChart(scripted({ Condition: () => bundle(many) }), '1', SCOPES, []);
    expect(read.ok && read.value.resources.length).toBe(2000);
    expect(read.ok && read.value.notSeen).toHaveLength(1);
  });
});
