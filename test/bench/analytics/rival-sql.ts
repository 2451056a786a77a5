/**
 * The metrics in the SQL of PostgreSQL and of ClickHouse, written as one would there: each in as few passes as it takes. They answer
 * with the rows of questions.ts, without the whole curve that ours gives with a time.
 */
import { AS_OF } from './generated-referrals.ts';
import type { MetricId, Question } from './questions.ts';

const Z = '1.959963984540054';
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

type Dialect = {
  count: (condition: string) => string;
  /** Null where no row fits. */
  min: (value: string, condition: string) => string;
  max: (value: string, condition: string) => string;
  /** Of 0, minus infinity. */
  logarithm: (value: string) => string;
  double: (value: string) => string;
  last: (value: string, by: string) => string;
  date: string;
};

export const POSTGRES: Dialect = {
  count: (condition) => `count(*) filter (where ${condition})`,
  min: (value, condition) => `min(${value}) filter (where ${condition})`,
  max: (value, condition) => `max(${value}) filter (where ${condition})`,
  logarithm: (value) => `case when ${value} <= 0 then '-infinity'::float8 else ln(${value}) end`,
  double: (value) => `(${value})::float8`,
  last: (value, by) => `(array_agg(${value} order by ${by} desc))[1]`,
  date: `${text(AS_OF.slice(0, 10))}::date`,
};

export const CLICKHOUSE: Dialect = {
  count: (condition) => `countIf(${condition})`,
  min: (value, condition) => `minOrNullIf(${value}, ${condition})`,
  max: (value, condition) => `maxOrNullIf(${value}, ${condition})`,
  logarithm: (value) => `log(${value})`,
  double: (value) => `toFloat64(${value})`,
  last: (value, by) => `argMax(${value}, ${by})`,
  date: `toDate(${text(AS_OF.slice(0, 10))})`,
};

const known = (name: string): string => `coalesce(${name}, 'unknown')`;

function segmentOf({ by }: Question): string {
  if (by.length === 0) return "''";
  return by.map(known).reduce((joined, name) => `concat(${joined}, '|', ${name})`);
}

function filterOf({ filter }: Question): string {
  const { from, to, ...values } = filter;
  const conditions = [
    ...(from === undefined ? [] : [`month >= ${text(from)}`]),
    ...(to === undefined ? [] : [`month <= ${text(to)}`]),
    ...Object.entries(values).map(([name, value]) => `${name} = ${text(String(value))}`),
  ];
  return conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
}

/** Wilson's interval, as analytics/statistics/wilson.sql has it. */
function shareOf(k: string, n: string, { double }: Dialect): string {
  const [part, all] = [double(k), double(n)];
  const half = `${Z} * sqrt(${part} * (${all} - ${part}) / ${all} + ${Z} * ${Z} / 4) / (${all} + ${Z} * ${Z})`;
  const centre = `(${part} + ${Z} * ${Z} / 2) / (${all} + ${Z} * ${Z})`;
  return `case when ${n} = 0 then null else ${part} / ${all} end as value,
    case when ${n} = 0 then null when ${k} = 0 then 0 else greatest(0, ${centre} - ${half}) end as low,
    case when ${n} = 0 then null when ${k} = ${n} then 1 else least(1, ${centre} + ${half}) end as high`;
}

function completion(question: Question, dialect: Dialect): string {
  const { count, date } = dialect;
  const within = 'ordered_on + 180';
  return `
    with judged as (
      select ${segmentOf(question)} as segment, ordered_on, seen_by, seen_on, booked_by, ended_how,
        case when not was_active then 'not-in-chart' when service <> 'visit' then 'no-visit-asked'
          when ordered_on > ${date} - 180 then 'young' else 'counted' end as why
      from core__referral ${filterOf(question)}
    ),
    counted as (
      select segment, ${count("why = 'counted'")} as n,
        ${count(`why = 'counted' and (booked_by <= ${within} or seen_by <= ${within})`)} as scheduled,
        ${count(`why = 'counted' and seen_by <= ${within}`)} as attended,
        ${count(`why = 'counted' and seen_by > ${within}`)} as attended_later,
        ${count(`why = 'counted' and seen_by <= ${within} and seen_on is null`)} as undated,
        ${count("why = 'counted' and seen_by is null and ended_how = 'patient-declined'")} as declined_by_patient,
        ${count("why = 'counted' and seen_by is null and ended_how in ('cancelled', 'revoked')")} as cancelled,
        ${count("why = 'counted' and seen_by is null and ended_how = 'expired'")} as expired,
        ${count("why = 'counted' and seen_by is null and ended_how = 'died'")} as died,
        ${count("why = 'counted' and seen_by is null and ended_how is null")} as still_open,
        ${count("why = 'young'")} as left_out_young,
        ${count("why = 'not-in-chart'")} as left_out_not_in_chart,
        ${count("why = 'no-visit-asked'")} as left_out_no_visit_asked
      from judged group by segment
    )
    select segment, n, ${shareOf('attended', 'n', dialect)}, scheduled, attended, attended_later, undated, declined_by_patient, cancelled,
      expired, died, still_open, left_out_young, left_out_not_in_chart, left_out_no_visit_asked
    from counted order by segment`;
}

function leakage(question: Question, dialect: Dialect): string {
  const { count, date } = dialect;
  const leaked = "why = 'counted' and seen_network = 'out' and not lawful_choice";
  return `
    with judged as (
      select ${segmentOf(question)} as segment, seen_network, asked_network, lawful_choice,
        case when not was_active then 'not-in-chart' when ordered_on > ${date} - 180 then 'young' when visits = 0 then 'not-seen'
          when seen_network = 'unknown' then 'network-unknown' else 'counted' end as why
      from core__referral ${filterOf(question)}
    ),
    counted as (
      select segment, ${count("why = 'counted'")} as n,
        ${count(leaked)} as leaked,
        ${count(`${leaked} and asked_network = 'out'`)} as ordered_out,
        ${count(`${leaked} and asked_network = 'in'`)} as ordered_in_went_out,
        ${count(`${leaked} and asked_network = 'unknown'`)} as ordered_unknown_went_out,
        ${count("why = 'counted' and seen_network = 'out' and lawful_choice")} as lawful_choice_out,
        ${count("why = 'counted' and seen_network = 'in'")} as kept,
        ${count("why = 'network-unknown'")} as network_unknown,
        ${count("why = 'not-seen'")} as not_seen,
        ${count("why = 'young'")} as left_out_young,
        ${count("why = 'not-in-chart'")} as left_out_not_in_chart
      from judged group by segment
    )
    select segment, n, ${shareOf('leaked', 'n', dialect)}, leaked, ordered_out, ordered_in_went_out, ordered_unknown_went_out,
      lawful_choice_out, kept, network_unknown, not_seen, left_out_young, left_out_not_in_chart
    from counted order by segment`;
}

/** The life table of analytics/statistics/life_table.sql, as far as medians and shares by a day need it. */
function time(question: Question, dialect: Dialect): string {
  const { count, min, max, logarithm, double, last, date } = dialect;
  const seenBy = (days: number): string => `case when is_final or last_day >= ${days} then coalesce(by_${days}, 0) end as seen_by_${days}`;
  return `
    with judged as (
      select ${segmentOf(question)} as segment, ordered_on, seen_on, ended_on, ended_how,
        case when not was_active then 'not-in-chart' when service <> 'visit' then 'no-visit-asked'
          when visits > 0 and seen_on is null then 'undated' else 'counted' end as why,
        case when seen_on is not null and (ended_on is null or seen_on <= ended_on) then 'arrived'
          when ended_how in ('cancelled', 'revoked') then 'cancelled'
          when ended_how is not null then ended_how else 'censored' end as outcome
      from core__referral ${filterOf(question)}
    ),
    -- One pass over the referrals: whatever else is told follows from these few rows.
    tallied as (
      select segment, why, outcome,
        case when why <> 'counted' then 0 else greatest(0,
          (case outcome when 'arrived' then seen_on when 'censored' then ${date} else ended_on end) - ordered_on) end as day,
        count(*) as many, ${count("outcome <> 'arrived' and seen_on is not null")} as seen_later
      from judged group by segment, why, outcome, 4
    ),
    totals as (
      select segment,
        sum(case when why = 'counted' then many else 0 end) as n,
        sum(case when why = 'counted' and outcome = 'arrived' then many else 0 end) as attended,
        sum(case when why = 'counted' and outcome = 'patient-declined' then many else 0 end) as declined_by_patient,
        sum(case when why = 'counted' and outcome = 'cancelled' then many else 0 end) as cancelled,
        sum(case when why = 'counted' and outcome = 'expired' then many else 0 end) as expired,
        sum(case when why = 'counted' and outcome = 'died' then many else 0 end) as died,
        sum(case when why = 'counted' and outcome = 'censored' then many else 0 end) as censored,
        sum(case when why = 'counted' then seen_later else 0 end) as seen_after_end,
        sum(case when why = 'undated' then many else 0 end) as left_out_undated,
        sum(case when why = 'not-in-chart' then many else 0 end) as left_out_not_in_chart,
        sum(case when why = 'no-visit-asked' then many else 0 end) as left_out_no_visit_asked
      from tallied group by segment
    ),
    moments as (
      select segment, day,
        ${double("sum(case when outcome = 'arrived' then many else 0 end)")} as arrived,
        ${double("sum(case when outcome = 'censored' then 0 else many end)")} as gone,
        ${double('sum(many)')} as leaving,
        ${double("sum(case when outcome = 'censored' then many else 0 end)")} as waiting
      from tallied where why = 'counted' group by segment, day
    ),
    at_risk as (
      select segment, day, arrived, gone, waiting,
        sum(leaving) over (partition by segment order by day desc rows between unbounded preceding and current row) as at_risk_now
      from moments
    ),
    survival as (
      select segment, day, arrived, waiting, at_risk_now,
        exp(sum(${logarithm('1 - arrived / at_risk_now')}) over so_far) as s,
        exp(coalesce(sum(${logarithm('1 - gone / at_risk_now')}) over so_far_before, 0)) as staying_before,
        sum(case when arrived < at_risk_now then arrived / (at_risk_now * (at_risk_now - arrived)) else 0 end) over so_far as greenwood
      from at_risk
      window so_far as (partition by segment order by day rows between unbounded preceding and current row),
        so_far_before as (partition by segment order by day rows between unbounded preceding and 1 preceding)
    ),
    curve as (
      select segment, day, waiting, 1 - s as km,
        case when s < 1e-12 then null when s > 1 - 1e-12 then 0
          else 1 - power(s, exp(-${Z} * sqrt(greenwood) / abs(${logarithm('s')}))) end as km_low,
        case when s < 1e-12 then 1 when s > 1 - 1e-12 then 0
          else 1 - power(s, exp(${Z} * sqrt(greenwood) / abs(${logarithm('s')}))) end as km_high,
        sum(staying_before * arrived / at_risk_now) over (partition by segment order by day rows between unbounded preceding and current row)
          as incidence
      from survival
    ),
    medians as (
      select segment,
        ${min('day', 'km >= 0.5 - 1e-12')} as value,
        ${min('day', 'km_high >= 0.5 - 1e-12')} as low,
        ${min('day', 'km_low >= 0.5 - 1e-12')} as high,
        ${min('day', 'incidence >= 0.5 - 1e-12')} as median_of_all,
        ${max('incidence', 'day <= 30')} as by_30,
        ${max('incidence', 'day <= 90')} as by_90,
        ${max('incidence', 'day <= 180')} as by_180,
        max(day) as last_day,
        ${last('waiting', 'day')} = 0 as is_final
      from curve group by segment
    )
    select totals.segment as segment, n, value, low, high, attended, declined_by_patient, cancelled, expired, died, censored, seen_after_end,
      ${[30, 90, 180].map(seenBy).join(', ')}, median_of_all, last_day as followed_days, left_out_undated, left_out_not_in_chart,
      left_out_no_visit_asked
    from totals left join medians on medians.segment = totals.segment order by segment`;
}

const METRICS: Record<MetricId, (question: Question, dialect: Dialect) => string> = {
  completion,
  network_leakage: leakage,
  time_to_appointment: time,
};

export const rivalSql = (question: Question, dialect: Dialect): string => METRICS[question.metric](question, dialect);
