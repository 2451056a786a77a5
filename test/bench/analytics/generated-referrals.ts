/** Made-up rows in the shape of `core__referral`, as many as one likes, the same for the same seed: for measuring, not for medicine. */

import { quoted } from '@refloop/analytics/duckdb';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';

export const AS_OF = '2026-11-28T00:00:00.000Z';
const DAY = AS_OF.slice(0, 10);

const list = (values: readonly string[]): string => `[${values.map(quoted).join(', ')}]`;

/** Uniform in 0 … 1 from the number of the row, the seed and what it is drawn for. */
const drawOf = (seed: number) => {
  let draws = 0;
  return (): string => {
    draws += 1;
    return `(hash(i, ${seed}, ${draws}) % 1000003) / 1000003.0`;
  };
};

const oneOf = (draw: string, values: readonly string[]): string =>
  `${list(values)}[1 + floor(pow(${draw}, 1.6) * ${values.length})::integer]`;

/**
 * A `select` of `count` rows. Few specialties have most of the referrals, waits are skewed to
 * the right, one in eight has been lost or ended otherwise, one in fourteen went elsewhere.
 */
export function generatedReferrals(count: number, seed: number): string {
  const draw = drawOf(seed);
  const clinics = Array.from({ length: 60 }, (_, at) => `Clinic ${at + 1}`);
  const payers = Array.from({ length: 14 }, (_, at) => `Payer ${at + 1}`);
  const specialties = SPECIALTIES.map(({ id }) => id);
  return `
    with drawn as (
      select
        i,
        ${quoted(DAY)}::date - floor(${draw()} * 730)::integer as ordered_on,
        ${oneOf(draw(), specialties)} as specialty,
        ${oneOf(draw(), clinics)} as site,
        if(${draw()} < 0.04, null, ${oneOf(draw(), payers)}) as payer,
        ${oneOf(draw(), ['routine', 'routine', 'urgent', 'emergency'])} as urgency,
        if(${draw()} < 0.92, 'visit', 'advice') as service,
        ${draw()} < 0.96 as was_active,
        1 + floor(-ln(1 - ${draw()} * 0.999) * 34)::integer as wait,
        1 + floor(-ln(1 - ${draw()} * 0.999) * 12)::integer as booking,
        ${draw()} as ending,
        ${draw()} as told,
        ${draw()} as network_draw,
        ${draw()} as lawful_draw,
        ${draw()} as undated,
        ${draw()} as wait_of_end
      from range(${count}) as numbers (i)
    ),
    lived as (
      select
        *,
        case
          when ending < 0.05 then 'patient-declined'
          when ending < 0.08 then 'cancelled'
          when ending < 0.10 then 'expired'
          when ending < 0.102 then 'died'
        end as ends_how,
        ordered_on + 5 + floor(wait_of_end * 150)::integer as ends_on,
        was_active and told < 0.86 as is_seen,
        ordered_on + wait + booking as would_be_seen_on
      from drawn
    )
    select
      'north' as tenant,
      'https://ehr.example.org/fhir' as issuer,
      site,
      'r-' || md5(i::varchar) as referral,
      'p-' || md5((i // 3)::varchar) as patient,
      ordered_on as started_on,
      specialty,
      urgency,
      service,
      'c-' || md5((hash(i, ${seed}, 1000) % 400)::varchar) as requester,
      payer,
      lpad((900 + hash(i, ${seed}, 1001) % 60)::varchar, 3, '0') as zip3,
      (hash(i, ${seed}, 1002) % 400) / 10.0 as miles,
      if(hash(i, ${seed}, 1003) % 5 = 0, 'es', 'en') as language,
      ordered_on,
      strftime(ordered_on, '%Y-%m') as month,
      (1000000000 + hash(i, ${seed}, 1004) % 3000)::varchar as ordered_performer,
      if(network_draw < 0.95, 'in', 'out') as ordered_network,
      case when not was_active then 'approved' when ends_how is not null then 'ended' else 'active' end as standing,
      was_active,
      if(was_active and ends_on <= ${quoted(DAY)}::date, ends_how, null) as ended_how,
      if(was_active and ends_on <= ${quoted(DAY)}::date and ends_how is not null, ends_on, null) as ended_on,
      if(was_active and told < 0.9 and ordered_on + booking <= ${quoted(DAY)}::date, ordered_on + booking, null) as booked_by,
      if(is_seen and would_be_seen_on <= ${quoted(DAY)}::date, 1, 0)::integer as visits,
      if(is_seen and would_be_seen_on <= ${quoted(DAY)}::date and undated > 0.03, would_be_seen_on, null) as seen_on,
      if(is_seen and would_be_seen_on <= ${quoted(DAY)}::date, would_be_seen_on, null) as seen_by,
      if(is_seen and would_be_seen_on <= ${quoted(DAY)}::date, if(network_draw < 0.93, 'asked', 'elsewhere'), null) as seen_place,
      if(
        is_seen and would_be_seen_on <= ${quoted(DAY)}::date,
        case when network_draw < 0.88 then 'in' when network_draw < 0.96 then 'out' else 'unknown' end,
        null
      ) as seen_network,
      if(is_seen and would_be_seen_on <= ${quoted(DAY)}::date, if(network_draw < 0.95, 'in', 'out'), null) as asked_network,
      null::varchar as loss_reason,
      lawful_draw < 0.03 as lawful_choice
    from lived`;
}
