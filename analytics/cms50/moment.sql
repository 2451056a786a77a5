-- A FHIR dateTime as CQL compares it: known to the year, the month, the day or the instant, days being those of the measure's time zone.
-- Out: a time without its offset, which FHIR forbids, and days that do not exist. CQL knows no more than milliseconds.
create or replace temp macro moment_at(written) as
  if(
    regexp_full_match(written, '\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)'),
    epoch_ms(try_cast(written as timestamptz)),
    null
  );
-- The day in the time zone; or the day, month or year as it is written; null where it is none of these.
create or replace temp macro moment_known(written, zone) as
  case
    when moment_at(written) is not null then strftime(timezone(zone, try_cast(written as timestamptz)), '%Y-%m-%d')
    when regexp_full_match(written, '\d{4}-\d\d-\d\d') and try_cast(written as date) is not null then written
    when regexp_full_match(written, '\d{4}-(0[1-9]|1[0-2])') then written
    when regexp_full_match(written, '\d{4}') then written
  end;
-- Whether it lies from one day through another, both included. A month or a year counts only where neither bound lies in it: CQL stops at
-- the first part that one side lacks, and the answer is null.
create or replace temp macro moment_within(known, low, high) as
  case
    when length(known) = 10 then known between low and high
    else known > low[:length(known)] and known < high[:length(known)]
  end;
-- Whether it is after another: by instant where both have one, else by the parts both have; null where these are the same and one has more.
create or replace temp macro moment_after(one_at, one_known, other_at, other_known) as
  case
    when one_at is not null and other_at is not null then one_at > other_at
    when one_known[:length(other_known)] > other_known[:length(one_known)] then true
    when one_known[:length(other_known)] < other_known[:length(one_known)] then false
    when one_at is null and other_at is null and length(one_known) = length(other_known) then false
  end;
-- For order alone: the first instant it can have been.
create or replace temp macro moment_earliest(known_at, known, zone) as
  coalesce(
    known_at,
    epoch_ms(timezone(zone, cast(known || case length(known) when 4 then '-01-01' when 7 then '-01' else '' end as timestamp)))
  );
-- What may be printed of a coded element: FHIR's codes of status and intent, and nothing else that may stand there.
create or replace temp macro shown_code(written) as
  case
    when written is null then 'missing'
    when regexp_full_match(written, '[a-z][a-z-]{0,29}') then written
    else 'no code of FHIR'
  end;
