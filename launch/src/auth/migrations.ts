/** The tables of the authorization server, in the schema ehr_auth of the sandbox's database. */
import type pg from 'pg';
import { inTransaction } from './transaction.ts';

/** Each step runs once, in order, in one transaction with the row that records it. Never edit a step; add one. */
const STEPS: string[] = [
  `create table ehr_auth.signing_keys (
     kid text primary key,
     private_jwk jsonb not null,
     created_at timestamptz not null
   );
   create table ehr_auth.sessions (
     secret_digest text primary key,
     user_id text not null,
     created_at timestamptz not null,
     expires_at timestamptz not null,
     ended_at timestamptz
   );
   create table ehr_auth.launches (
     id uuid primary key,
     handle_digest text not null unique,
     client_id text not null,
     user_id text not null,
     patient_id text,
     encounter_id text,
     order_id text,
     mode text not null,
     intent text,
     need_patient_banner boolean not null,
     session_digest text references ehr_auth.sessions (secret_digest),
     created_at timestamptz not null,
     expires_at timestamptz not null,
     used_at timestamptz
   );
   create table ehr_auth.interactions (
     id_digest text primary key,
     request jsonb not null,
     user_id text,
     created_at timestamptz not null,
     expires_at timestamptz not null,
     finished_at timestamptz
   );
   create table ehr_auth.grants (
     id uuid primary key,
     client_id text not null,
     user_id text not null,
     scope text not null,
     patient_id text,
     encounter_id text,
     order_id text,
     intent text,
     need_patient_banner boolean not null,
     session_digest text references ehr_auth.sessions (secret_digest),
     created_at timestamptz not null,
     revoked_at timestamptz
   );
   create table ehr_auth.codes (
     code_digest text primary key,
     grant_id uuid not null references ehr_auth.grants (id),
     redirect_uri text not null,
     code_challenge text not null,
     nonce text,
     expires_at timestamptz not null,
     used_at timestamptz
   );
   create table ehr_auth.access_tokens (
     token_digest text primary key,
     grant_id uuid not null references ehr_auth.grants (id),
     scope text not null,
     issued_at timestamptz not null,
     expires_at timestamptz not null
   );
   create index access_tokens_by_grant on ehr_auth.access_tokens (grant_id);
   create table ehr_auth.refresh_tokens (
     token_digest text primary key,
     grant_id uuid not null references ehr_auth.grants (id),
     issued_at timestamptz not null,
     expires_at timestamptz not null
   );
   create index refresh_tokens_by_grant on ehr_auth.refresh_tokens (grant_id);`,
  // Modes and faults of launches, backend services (grants without a user), rotation, revocation.
  `alter table ehr_auth.launches add column faults text[] not null default '{}';
   alter table ehr_auth.grants
     alter column user_id drop not null,
     add column mode text not null default 'full',
     add column launch_id uuid references ehr_auth.launches (id),
     add column faults text[] not null default '{}';
   alter table ehr_auth.access_tokens add column revoked_at timestamptz;
   alter table ehr_auth.refresh_tokens add column used_at timestamptz;
   create table ehr_auth.client_assertions (
     client_id text not null,
     jti_digest text not null,
     expires_at timestamptz not null,
     primary key (client_id, jti_digest)
   );
   create index client_assertions_by_end on ehr_auth.client_assertions (expires_at);
   create table ehr_auth.fault_firings (
     launch_id uuid not null references ehr_auth.launches (id),
     fault text not null,
     fired integer not null,
     primary key (launch_id, fault)
   );`,
  // Faults that change while a session runs stand in one place, the launch; a backend service has its own, one set a mode.
  `alter table ehr_auth.grants drop column faults;
   create table ehr_auth.client_faults (
     id uuid primary key,
     client_id text not null,
     mode text not null,
     faults text[] not null,
     unique (client_id, mode)
   );
   alter table ehr_auth.fault_firings drop constraint fault_firings_launch_id_fkey;
   alter table ehr_auth.fault_firings rename column launch_id to owner_id;`,
  // What purge.ts looks things up by.
  `create index access_tokens_by_end on ehr_auth.access_tokens (expires_at);
   create index codes_by_grant on ehr_auth.codes (grant_id);
   create index grants_by_start on ehr_auth.grants (created_at);
   create index grants_by_launch on ehr_auth.grants (launch_id);
   create index grants_by_session on ehr_auth.grants (session_digest);
   create index launches_by_end on ehr_auth.launches (expires_at);
   create index launches_by_session on ehr_auth.launches (session_digest);
   create index sessions_by_end on ehr_auth.sessions (expires_at);
   create index interactions_by_end on ehr_auth.interactions (expires_at);`,
  // What a CDS card hands to the app it opens, and the key that calls of CDS services are signed with, apart from that of id_tokens.
  `alter table ehr_auth.launches add column app_context text;
   alter table ehr_auth.grants add column app_context text;
   alter table ehr_auth.signing_keys add column purpose text not null default 'id-token';`,
];

/** Brings the schema up to date. Two processes starting together do it one after the other. */
export function migrateAuth(pool: pg.Pool): Promise<void> {
  return inTransaction(pool, async (client) => {
    await client.query("select pg_advisory_xact_lock(hashtext('ehr_auth migrations'))");
    await client.query('create schema if not exists ehr_auth');
    await client.query(
      'create table if not exists ehr_auth.migrations (step integer primary key, applied_at timestamptz not null default now())',
    );
    const applied = await client.query<{ step: number }>('select step from ehr_auth.migrations');
    const done = new Set(applied.rows.map((row) => row.step));
    for (const [step, sql] of STEPS.entries()) {
      if (done.has(step)) continue;
      await client.query(sql);
      await client.query('insert into ehr_auth.migrations (step) values ($1)', [step]);
    }
  });
}
