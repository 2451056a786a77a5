/** The events of an export as rows of the warehouse: keys of the EHR become pseudonyms, all else is a code, a day or a label. */
import { type Query, quoted } from '../duckdb.ts';
import type { Reidentification } from '../import-histories.ts';
import { CODES, label, PATTERNS } from '../input-event.ts';
import { madeInParts, overPart } from '../parts.ts';
import { type EhrScope, sqlPseudonyms } from '../pseudonym.ts';
import restrictedZip3 from '../restricted-zip3.json' with { type: 'json' };
import type { EventTable } from '../staging.ts';

export type EventScope = EhrScope & { site: string };

const matching = (name: keyof typeof PATTERNS, text: string): string =>
  `case when regexp_matches(${text}, ${quoted(PATTERNS[name].source)}) then ${text} end`;

/** As `safeZip3` of input-event.ts. */
const zip3Of = (postalCode: string): string => {
  const zip3 = `left(${postalCode}, 3)`;
  return `case when ${zip3} in (${restrictedZip3.map(quoted).join(', ')}) then '000' else ${matching('zip3', zip3)} end`;
};

/** A writer holds as many of each thread in memory. */
const ROWS_A_GROUP = 30_000;
/** How many names are handed over at once. */
const NAMES_AT_ONCE = 10_000;

/** The names of organisations are few, so that each is looked at once, by the very rule that our own events are. */
async function createLabels(query: Query): Promise<void> {
  await query.run('create table fhir_label (given varchar, label varchar)');
  const rows = await query.run(
    `select distinct unnest([clinic, payer]) as given from input__fhir_event where clinic is not null or payer is not null`,
  );
  const labels = rows.flatMap(({ given }) => (typeof given === 'string' ? [{ given, label: label(given) }] : []));
  for (let at = 0; at < labels.length; at += NAMES_AT_ONCE)
    await query.run(
      `insert into fhir_label select unnest(from_json($labels, '[{"given":"VARCHAR","label":"VARCHAR"}]'), recursive := true)`,
      {
        labels: JSON.stringify(labels.slice(at, at + NAMES_AT_ONCE)),
      },
    );
}

/** One pseudonym for each referral, its patient, who asked, and each appointment and report of it. */
async function createPseudonymTables(query: Query, scope: EhrScope, key: Uint8Array, parts: readonly number[]): Promise<void> {
  const { sql, parameters } = sqlPseudonyms(key);
  async function create(table: string, selects: readonly string[]): Promise<void> {
    for (const statement of madeInParts(table, selects)) await query.run(statement, parameters);
  }
  await create('fhir_referral_name', [
    `select part, referral as key, ${sql.referral(scope, 'referral')} as pseudonym, ${sql.patient(scope, `split_part(patient, '/', 2)`)} as patient
     from input__fhir_event
     where sequence = 1`,
  ]);
  await create('fhir_requester_name', [
    `select key, ${sql.requester(scope, 'key')} as pseudonym
     from (select distinct requester as key from input__fhir_event where requester is not null)`,
  ]);
  for (const kind of ['appointment', 'report'] as const)
    await create(
      `fhir_${kind}_name`,
      parts.map(
        (part) =>
          `select given.part, given.referral, given.key, ${sql.within('name.pseudonym', kind, 'given.key')} as pseudonym
           from (select distinct part, referral, ${kind} as key from input__fhir_event where ${kind} is not null and part = ${part}) as given
           inner join (select * from fhir_referral_name where part = ${part}) as name on name.key = given.referral`,
      ),
    );
}

const asIs = (...names: string[]): string[] => names.map((name) => `event.${name}`);

/**
 * Writes the table `input__fhir_event` by the allow-list.
 * @param pseudonymKey 32 bytes or more
 * @param stem of the files to be written, as Parquet
 */
export async function writeEvents(query: Query, scope: EventScope, pseudonymKey: Uint8Array, stem: string): Promise<EventTable> {
  const [counted] = await query.run(
    'select count(*) as events, count(*) filter (sequence = 1) as referrals, coalesce(max(part), 0) as last from input__fhir_event',
  );
  const [referrals, events] = [Number(counted?.['referrals']), Number(counted?.['events'])];
  const parts = Array.from({ length: Number(counted?.['last']) + 1 }, (_, at) => at);
  await createPseudonymTables(query, scope, pseudonymKey, parts);
  await createLabels(query);
  const columns = [
    ...(['tenant', 'issuer', 'site'] as const).map((name) => `${quoted(scope[name])} as ${name}`),
    'name.pseudonym as referral',
    'name.patient',
    ...asIs('sequence', 'type', 'effective_on', 'recorded_on', 'attempt', 'starts_on'),
    'requester.pseudonym as requester',
    'clinic.label as clinic',
    'payer.label as payer',
    `${zip3Of('event.postal_code')} as zip3`,
    `${matching('language', 'event.language')} as language`,
    `${matching('npi', 'event.performer')} as performer`,
    `${matching('nucc', 'event.performer_nucc')} as performer_nucc`,
    'appointment.pseudonym as appointment',
    'report.pseudonym as report',
    ...CODES.filter((each) => each !== 'kind').map((each) => `${matching('code', `event.${each}`)} as ${each}`),
  ];
  const written = `select ${columns.join(', ')}
    from input__fhir_event as event
    inner join fhir_referral_name as name on name.key = event.referral
    left join fhir_requester_name as requester on requester.key = event.requester
    left join fhir_appointment_name as appointment on appointment.referral = event.referral and appointment.key = event.appointment
    left join fhir_report_name as report on report.referral = event.referral and report.key = event.report
    left join fhir_label as clinic on clinic.given = event.clinic
    left join fhir_label as payer on payer.given = event.payer`;
  const files: string[] = [];
  const tables = ['input__fhir_event', 'fhir_referral_name', 'fhir_appointment_name', 'fhir_report_name'];
  for (const part of parts) {
    const narrowed = Object.fromEntries(tables.map((table) => [table, `part = ${part}`]));
    const file = `${stem}-${part}.parquet`;
    await query.run(`copy (${overPart(written, narrowed)}) to ${quoted(file)} (format parquet, row_group_size ${ROWS_A_GROUP})`);
    files.push(file);
  }
  return { files, referrals, events };
}

const PAIRS_AT_ONCE = 500;

/** Whose the pseudonyms are, after `writeEvents`, in batches. */
export async function* pairsOf(query: Query, scope: EventScope): AsyncIterable<Reidentification[]> {
  let pairs: Reidentification[] = [];
  for await (const rows of query.stream('select key, pseudonym from fhir_referral_name'))
    for (const { key, pseudonym } of rows) {
      const { tenant, issuer, site } = scope;
      pairs.push({ tenant, issuer, site, pseudonym: String(pseudonym), referralId: String(key) });
      if (pairs.length < PAIRS_AT_ONCE) continue;
      yield pairs;
      pairs = [];
    }
  if (pairs.length > 0) yield pairs;
}
