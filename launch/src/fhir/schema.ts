/** The tables of the sandbox EHR's FHIR store, in schema `ehr` of its own database. */
import type { Pool } from 'pg';

/** Two processes that start together must not both create the tables. */
const migrationLock = 4010_1;

const statements = `
create schema if not exists ehr;

-- The current state of each resource; content is the JSON text as served, empty once deleted.
create table if not exists ehr.resource (
  key bigint generated always as identity primary key,
  resource_type text collate "C" not null,
  id text collate "C" not null,
  version integer not null,
  last_updated timestamptz not null,
  deleted boolean not null,
  content text not null,
  -- Every local literal reference as Type/id, whether or not a search parameter covers it: what must not be deleted from under it.
  targets text[] not null,
  unique (resource_type, id)
);
create index if not exists resource_by_type on ehr.resource (resource_type, key) where not deleted;
create index if not exists resource_by_update on ehr.resource (resource_type, last_updated);
create index if not exists resource_by_target on ehr.resource using gin (targets) where not deleted;

create table if not exists ehr.version (
  key bigint not null,
  version integer not null,
  last_updated timestamptz not null,
  -- null for a deletion
  content text,
  primary key (key, version)
);

-- Who wrote it (writer.ts); null for what was loaded.
alter table ehr.version add column if not exists writer jsonb;

-- Whose compartment a resource is in. Rows stay when it is deleted, so that its history stays as private as it was.
create table if not exists ehr.compartment (patient text collate "C" not null, key bigint not null);
create index if not exists compartment_by_patient on ehr.compartment (patient, key);
create index if not exists compartment_by_key on ehr.compartment (key);

-- param is ResourceType.parameter
create table if not exists ehr.index_token (
  key bigint not null, param text collate "C" not null, system text collate "C" not null, value text collate "C" not null);
create index if not exists index_token_by_value on ehr.index_token (param, left(value, 500), key);
create index if not exists index_token_by_key on ehr.index_token (key);

create table if not exists ehr.index_reference (
  key bigint not null, param text collate "C" not null, target_type text collate "C" not null, target text collate "C" not null);
create index if not exists index_reference_by_target on ehr.index_reference (target_type, left(target, 500), param, key);
create index if not exists index_reference_by_key on ehr.index_reference (key);

create table if not exists ehr.index_date (
  key bigint not null, param text collate "C" not null, low timestamptz not null, high timestamptz not null);
create index if not exists index_date_by_low on ehr.index_date (param, low, key);
create index if not exists index_date_by_key on ehr.index_date (key);

create table if not exists ehr.index_string (
  key bigint not null, param text collate "C" not null, folded text collate "C" not null, exact text collate "C" not null);
create index if not exists index_string_by_value on ehr.index_string (param, left(folded, 500), key);
create index if not exists index_string_by_key on ehr.index_string (key);

create table if not exists ehr.index_number (
  key bigint not null, param text collate "C" not null, low double precision not null, high double precision not null,
  system text collate "C" not null, unit text collate "C" not null);
create index if not exists index_number_by_low on ehr.index_number (param, low, key);
create index if not exists index_number_by_key on ehr.index_number (key);
`;

/** Creates what is missing; running it again changes nothing. */
export async function migrateEhr(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query(statements);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

/** Every table that holds search rows of a resource, to be emptied of them when it changes. */
export const indexTables = ['index_token', 'index_reference', 'index_date', 'index_string', 'index_number'] as const;
