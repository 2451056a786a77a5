/** The engines that the index is measured against; each answers with the ids of the best five in the first circle. */
import { eligible } from '@refloop/domain/matching/eligibility';
import { EARTH_RADIUS_MILES, milesBetween } from '@refloop/domain/matching/miles';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import type { MatchRequest } from '@refloop/domain/matching/request';
import { factorsOf, scoreOf } from '@refloop/domain/matching/score';
import { nuccCodesOf, scoreRulesOf } from '@refloop/domain/matching/selection';
import { planOf, type Snapshot } from '@refloop/domain/matching/snapshot';
import type pg from 'pg';

export type Rival = { name: string; top: (request: MatchRequest) => Promise<readonly string[]> | readonly string[] };

/** A loop over the entries of the specialty, all facts in memory, no grid: what one writes first. */
export function linearScan({ directory, medians }: Snapshot): Rival {
  const byNucc = Map.groupBy(directory.entries, ({ nucc }) => nucc);
  return {
    name: 'linear scan of the specialty, in Node',
    top: (request) => {
      const plan = planOf(request, directory.plans);
      const rules = scoreRulesOf(request, request.radiusMiles, medians, SEED_V1);
      const origin = request.origin?.unit ?? [0, 0, 0];
      return nuccCodesOf(request)
        .flatMap((code) => byNucc.get(code) ?? [])
        .map((entry) => ({ entry, miles: milesBetween(origin, entry.location.unit) }))
        .filter(({ entry, miles }) => miles <= request.radiusMiles && eligible(entry, request, plan, SEED_V1).kind === 'eligible')
        .map(({ entry, miles }) => ({
          entry,
          miles,
          score: scoreOf(factorsOf({ miles, waitDays: entry.wait?.days ?? null, stars: entry.rating?.stars ?? null }, rules)),
        }))
        .sort((a, b) => b.score - a.score || a.miles - b.miles || (a.entry.npi < b.entry.npi ? -1 : 1))
        .slice(0, request.limit)
        .map(({ entry }) => entry.id);
    },
  };
}

const SCHEMA = `
  create extension cube;
  create extension earthdistance;
  create table specialist (
    id text primary key, npi text not null, nucc text not null, ages text not null, emergencies boolean not null,
    wait_days double precision, stars double precision, place earth not null
  );
  create table participation (
    specialist_id text not null references specialist, network_id text not null, accepting text not null, verified_on date not null,
    primary key (specialist_id, network_id)
  );`;

/** Rows for PostgreSQL, a few thousand at a time; the place as the unit vector times the extension's own radius. */
export async function fillPostgres(client: pg.Client, { directory }: Snapshot): Promise<void> {
  await client.query(SCHEMA);
  const entries = directory.entries;
  for (let from = 0; from < entries.length; from += 5000) {
    const some = entries.slice(from, from + 5000);
    await client.query(
      `insert into specialist
       select id, npi, nucc, ages, emergencies, wait_days, stars, cube(array[x * earth(), y * earth(), z * earth()])
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::float8[], $7::float8[], $8::float8[], $9::float8[], $10::float8[])
         as t (id, npi, nucc, ages, emergencies, wait_days, stars, x, y, z)`,
      [
        some.map(({ id }) => id),
        some.map(({ npi }) => npi),
        some.map(({ nucc }) => nucc),
        some.map(({ ages }) => ages),
        some.map(({ acceptsEmergencies }) => acceptsEmergencies === true),
        some.map(({ wait }) => wait?.days ?? null),
        some.map(({ rating }) => rating?.stars ?? null),
        ...[0, 1, 2].map((axis) => some.map(({ location }) => location.unit[axis])),
      ],
    );
    const rows = some.flatMap(({ id, networks }) => networks.map((row) => ({ id, ...row })));
    await client.query('insert into participation select * from unnest($1::text[], $2::text[], $3::text[], $4::date[])', [
      rows.map(({ id }) => id),
      rows.map(({ networkId }) => networkId),
      rows.map(({ accepting }) => accepting),
      rows.map(({ verifiedOn }) => verifiedOn),
    ]);
  }
}

/** The source document's query: filter by distance, score, sort. `box` is the index condition, or nothing. */
const query = (box: string): string => `
  with near as (
    select s.*, sec_to_gc(cube_distance(s.place, o.place)) / earth() * ${EARTH_RADIUS_MILES} as miles
    from specialist s, (select cube(array[$1::float8 * earth(), $2::float8 * earth(), $3::float8 * earth()]) as place) o
    where s.nucc = any ($4) ${box}
  )
  select n.id from near n
  join participation p on p.specialist_id = n.id and p.network_id = any ($5)
  where n.miles <= $6 and p.verified_on >= $7::date - 90 and p.accepting in ('newpt', 'unknown')
    and n.ages <> $8 and (n.emergencies or not $9)
  order by $10 * greatest(0, 25 - n.miles) / 25
         + $11 * greatest(0, 30 - coalesce(n.wait_days, $12)) / 30
         + $13 * coalesce(n.stars, $14) / 5 desc, n.miles, n.npi
  limit $15`;

function postgres(name: string, text: string, statement: string, client: pg.Client, { directory, medians }: Snapshot): Rival {
  return {
    name,
    top: async (request) => {
      const weights = SEED_V1.weights[request.urgency];
      const median = medians[request.specialty];
      const result = await client.query<{ id: string }>({
        name: statement,
        text,
        values: [
          ...(request.origin?.unit ?? [0, 0, 0]),
          nuccCodesOf(request),
          planOf(request, directory.plans)?.networkIds ?? [],
          request.radiusMiles,
          request.today,
          request.patient === 'adult' ? 'children' : 'adults',
          request.urgency === 'emergency',
          weights.distance,
          weights.wait,
          median?.waitDays,
          weights.rating,
          median?.stars,
          request.limit,
        ],
      });
      return result.rows.map(({ id }) => id);
    },
  };
}

/** Both PostgreSQL rivals over the same tables; the first must run before the second's index is made. */
export const postgresByDistance = (client: pg.Client, snapshot: Snapshot): Rival =>
  postgres('PostgreSQL, index on the specialty, distance computed', query(''), 'by_distance', client, snapshot);

export const postgresByBox = (client: pg.Client, snapshot: Snapshot): Rival =>
  postgres(
    'PostgreSQL, earth_box on a GiST index',
    query(`and earth_box(o.place, $6 / ${EARTH_RADIUS_MILES} * earth()) @> s.place`),
    'by_box',
    client,
    snapshot,
  );
