/** C-CDA documents that other systems wrote (fixtures/README.md): who they are about, who wrote them, when, and what they say, as a person reads it there. */
import { readFileSync } from 'node:fs';
import { readBytes } from '@refloop/server/inbound/read-bytes';
import type { ReadDocument } from '@refloop/server/inbound/read-document';
import { describe, expect, test } from 'vitest';

const read = async (name: string): Promise<Extract<ReadDocument, { kind: 'read' }>> => {
  const document = await readBytes(new Uint8Array(readFileSync(new URL(`./fixtures/${name}.xml`, import.meta.url))));
  if (document.kind !== 'read') throw new Error(document.why);
  return document;
};

const patient = (said: Partial<Extract<ReadDocument, { kind: 'read' }>['header']['patient']>) => ({
  family: '',
  given: [],
  suffix: '',
  born: '',
  sex: '',
  line: '',
  city: '',
  postalCode: '',
  phone: '',
  recordNumbers: [],
  ...said,
});

describe('the header tells', () => {
  test('of HL7’s consultation note that closes a referral: which order it answers', async () => {
    const { title, header } = await read('hl7-consult-closing-referral');
    expect(title).toBe('Community Health Consult Note');
    expect(header).toEqual({
      patient: patient({
        family: 'Betterhalf',
        given: ['Eve'],
        born: '1975-05-01',
        sex: 'female',
        line: '2222 Home Street',
        city: 'Beaverton',
        postalCode: '97867',
        phone: '+1(555)555-2003',
      }),
      author: 'Patricia Primary M.D.',
      organization: 'Good Health HIE',
      npis: [],
      date: '2018-06-23',
      orders: ['9a6d1bac-17d3-4195-89a4-1121bc809b4e'],
    });
  });

  test.each([
    [
      'athenahealth, whose author is a machine: who signed it',
      'athenahealth',
      {
        patient: patient({
          family: 'Smith',
          given: ['Jane'],
          born: '1985-01-01',
          sex: 'female',
          line: '123 Main Street',
          city: 'Springfield',
          postalCode: '62701',
          phone: '+1-(555) 123-4567',
          recordNumbers: ['test-patient-12345'],
        }),
        author: 'John CHENG MD',
        organization: 'Test Medical Group, Springfield Main Campus',
        npis: [],
        date: '2024-01-22',
        orders: [],
      },
    ],
    [
      'Cerner, whose author is a machine and which nobody signed: the one who performed the service',
      'cerner',
      {
        patient: patient({
          family: 'Williamson',
          given: ['Steve'],
          born: '1947-04-07',
          sex: 'male',
          line: '8745 W Willenow Rd',
          city: 'Beaverton',
          postalCode: '97005-',
          phone: '(503) 325-7464',
          recordNumbers: ['106'],
        }),
        author: 'Aaron Admit MD',
        organization: 'Local Community Hospital Organization',
        npis: [],
        date: '2013-07-10',
        orders: [],
      },
    ],
    [
      'Agastha: given names of two, and a name that was a former one left alone',
      'agastha',
      {
        patient: patient({
          family: 'Newman',
          given: ['Alice', 'Jones'],
          born: '1970-05-01',
          sex: 'female',
          line: '1357 Amber Dr',
          city: 'Beaverton',
          postalCode: '97006',
          phone: '+1(555)777-1234',
        }),
        author: 'Albert Davis Dr',
        organization: 'Agastha Medical Center',
        npis: [],
        date: '2017-10-31',
        orders: [],
      },
    ],
    [
      'Partners HealthCare: two record numbers, and who answers for the visit',
      'partners-epic',
      {
        patient: patient({
          family: 'BWHLMREOVTEST',
          given: ['ONEA'],
          born: '1955-01-01',
          sex: 'female',
          line: 'ABC ST',
          city: 'BOSTON',
          postalCode: '02198',
          recordNumbers: ['900646017', '21814165'],
        }),
        author: 'John M. Doe M.D.',
        organization: 'Partners HealthCare',
        npis: [],
        date: '2013-03-07',
        orders: [],
      },
    ],
    [
      'Practice Fusion: the visit’s day, not the day on which the file was made',
      'practice-fusion',
      {
        patient: patient({
          family: 'Newman',
          given: ['Alice', 'Jones'],
          born: '1970-05-01',
          sex: 'female',
          line: '1357, Amber Dr',
          city: 'Beaverton',
          postalCode: '97006',
          phone: '(555)723-1544',
          recordNumbers: ['5970DFDD-FE04-47BB-9548-A90DA78D3C0F'],
        }),
        author: 'Albert Davis',
        organization: 'Neighborhood Physicians Practice',
        npis: [],
        date: '2015-06-22',
        orders: [],
      },
    ],
    [
      'EMR Direct: a suffix, and no social security number among the record numbers',
      'emr-direct',
      {
        patient: patient({
          family: 'Bates',
          given: ['Jeremy', 'V'],
          suffix: 'Jr',
          born: '1980-08-01',
          sex: 'male',
          line: '1357 Amber Dr',
          city: 'Beaverton',
          postalCode: '97006',
          phone: '+1(555)-777-1234',
        }),
        author: 'Albert Davis',
        organization: 'Neighborhood Physicians Practice',
        npis: [],
        date: '2015-07-22',
        orders: [],
      },
    ],
    [
      'HealtheConnect: the number of the practice, which is an NPI',
      'healtheconnect',
      {
        patient: patient({
          family: 'Wait',
          given: ['Cece'],
          born: '1999-10-11',
          sex: 'female',
          line: '4630 Hunter Dr',
          city: 'Homer',
          postalCode: '99603',
          phone: '+1-907-888-9999',
          recordNumbers: ['HMC1055415932'],
        }),
        author: 'Other- TBD',
        organization: 'Homer Medical Center',
        npis: ['1932198777'],
        date: '2021-02-26',
        orders: [],
      },
    ],
  ])('of %s', async (_, name, header) => {
    expect((await read(name)).header).toEqual(header);
  });
});

describe('what matters most is found where it stands', () => {
  const saysIn = async (name: string): Promise<[string, string, string][]> => {
    const { extracts, parts } = await read(name);
    for (const { part, from, to, text } of extracts) expect(parts[part]?.text.slice(from, to)).toBe(text);
    return extracts.map(({ topic, title, text }) => [topic, title, text]);
  };

  test('in a letter within a section of notes: its summary', async () => {
    expect(await saysIn('hl7-consult-closing-referral')).toEqual([
      [
        'assessment',
        'In summary',
        'In summary, this 40-year-old woman has evidence of celiac disease. We discussed the diagnosis in detail in the office. She was advised to undertake a lifelong gluten-free diet.',
      ],
    ]);
  });

  test('in sections of their own: Agastha', async () => {
    const said = await saysIn('agastha');
    expect(said.map(([topic, title]) => [topic, title])).toEqual([
      ['findings', 'RESULTS'],
      ['assessment', 'ASSESSMENTS'],
      ['plan', 'TREATMENT PLAN'],
    ]);
    expect(said[0]?.[2]).toContain('Specific gravity of Urine by Test strip (1.005-1.030) | 1.015 | 1.005-1.030');
    expect(said[1]?.[2]).toMatch(/^The patient was found to have fever and Dr Davis is suspecting Anemia based on the patient history\./);
    expect(said[2]?.[2]).toMatch(/^i\. Get an EKG done on 6\/23\/2015\. ii\. Get a Chest X-ray done on 6\/23\/2015/);
  });

  test('in one section for both: Practice Fusion and Cerner', async () => {
    const [fusion] = (await saysIn('practice-fusion')).filter(([topic]) => topic === 'assessment');
    expect(fusion?.[1]).toBe('Assessment and Plan');
    expect(fusion?.[2]).toContain('get admitted to Community Health Hospitals if the fever does not subside within a day.');
    expect(fusion?.[2]).toContain('Schedule follow on visit with Neighborhood Physicians Practice on 7/1/2015.');
    const cerner = await saysIn('cerner');
    expect(cerner.map(([topic]) => topic)).toEqual(['findings', 'assessment']);
    expect(cerner[0]?.[2]).toContain('Glucose, Random [65-110 mg/dL] | 185 mg/dL\n*HI*');
    expect(cerner[1]?.[2]).toContain('Goal: stress management surveillance');
  });

  test('in a referral note: EMR Direct; and where only results were written: Partners HealthCare', async () => {
    expect(await saysIn('emr-direct')).toEqual([
      ['findings', 'RESULTS', 'No Lab Test required. No Lab results.'],
      [
        'assessment',
        'ASSESSMENTS',
        'The patient was found to be healthy and advised to follow his current routine of exercise, work, sleep and quality of life.',
      ],
      ['plan', 'TREATMENT PLAN', 'Hand-off Communication:\nPlanned Care | Start Date\nSchedule a visit for next year. | July 22, 2016'],
    ]);
    const partners = await saysIn('partners-epic');
    expect(partners.map(([topic]) => topic)).toEqual(['findings']);
    expect(partners[0]?.[2]).toContain('HGB | 14.2 g/dL | 13.5-18.0 g/dL');
  });

  test('a plan that is a table of what is ahead: athenahealth', async () => {
    const said = await saysIn('athenahealth');
    expect(said.map(([topic, title]) => [topic, title])).toEqual([
      ['assessment', 'Assessment'],
      ['plan', 'Plan of Treatment'],
    ]);
    expect(said[0]?.[2]).toBe('No assessment recorded.');
    expect(said[1]?.[2]).toContain('physical therapist referral | 08/22/2025 13:01:08');
  });
});
