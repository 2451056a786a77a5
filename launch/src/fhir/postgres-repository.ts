/** The repository on PostgreSQL: every rule of reading and writing one resource, under the permissions of its caller. */
import { randomUUID } from 'node:crypto';
import type { Resource } from '@medplum/fhirtypes';
import type { Pool, PoolClient } from 'pg';
import { asItStood } from './earlier.ts';
import { FhirError, gone, refusal } from './fhir-error.ts';
import { loadResources } from './load.ts';
import { applyJsonPatch } from './patch.ts';
import { type Alternative, type Permissions, permitsReading, permitsWriting, systemPermissions } from './permission.ts';
import { relativeTo, rewriteReferences } from './references.ts';
import type { LoadReport, Repository, SearchResult, Stored, Version } from './repository.ts';
import { clearIndex, prepare, type ResourceRow, stamped, writeIndex, writeResources } from './rows.ts';
import type { Interaction } from './scopes.ts';
import { runSearch } from './search.ts';
import { parseSearchQuery } from './search-query.ts';
import { findRow, hidden, isVisible, patientsOfVersion } from './seen-row.ts';
import type { Written } from './settle.ts';
import { checkResource } from './validation.ts';
import { commit, rehearse, type Work } from './work.ts';
import type { LastWriting, Writer } from './writer.ts';
import type { WrittenForm } from './written-form.ts';

export type RepositoryOptions = {
  /** The FHIR base this store is served under; references that begin with it are kept as relative ones. */
  baseUrl?: string;
  /** By which clock things are written and searches lag; the machine's own unless told. */
  now?: () => Date;
};

/** The door for in-process callers, who may do everything. */
export function createRepository(pool: Pool, options: RepositoryOptions = {}): Repository {
  return openRepository(pool, options);
}

/** The same, with the parts of it that only the HTTP layer needs. */
export function openRepository(pool: Pool, options: RepositoryOptions = {}): PostgresRepository {
  return new PostgresRepository({
    pool,
    now: options.now ?? (() => new Date()),
    relative: relativeTo(options.baseUrl ?? 'http://localhost:4010/fhir'),
    permissions: systemPermissions,
  });
}

type Context = {
  pool: Pool;
  now: () => Date;
  relative: (reference: string) => string;
  permissions: Permissions;
  writtenForm?: WrittenForm;
  searchLagMilliseconds?: number;
  writer?: Writer;
};

export type CreateOptions = {
  ifNoneExist?: string;
  /** An id chosen by the server before, for an entry of a transaction that others refer to. */
  assignedId?: string;
  /** Where the resource stands in the request, for error messages (`Bundle.entry[2].resource`). */
  origin?: string;
};

export type UpdateOptions = { ifMatch?: string; origin?: string };

export class PostgresRepository implements Repository {
  private readonly context: Context;
  private readonly work: Work | undefined;

  constructor(context: Context, work?: Work) {
    this.context = context;
    this.work = work;
  }

  /** The same store as seen by a caller with these permissions. */
  permitting(permissions: Permissions): PostgresRepository {
    return new PostgresRepository({ ...this.context, permissions }, this.work);
  }

  /** The same store for a caller whose writes are kept in another form than they come in. */
  keeping(writtenForm: WrittenForm | undefined): PostgresRepository {
    return writtenForm === undefined ? this : new PostgresRepository({ ...this.context, writtenForm }, this.work);
  }

  /** The same store for a caller whose searches lag behind. */
  lagging(searchLagMilliseconds: number): PostgresRepository {
    return searchLagMilliseconds === 0 ? this : new PostgresRepository({ ...this.context, searchLagMilliseconds }, this.work);
  }

  writingAs(writer: Writer): PostgresRepository {
    return new PostgresRepository({ ...this.context, writer }, this.work);
  }

  get permissions(): Permissions {
    return this.context.permissions;
  }

  async read<T extends Resource = Resource>(resourceType: T['resourceType'], id: string): Promise<Stored<T>> {
    const row = await this.visibleRow(resourceType, id);
    if (row.deleted) throw gone(resourceType, id);
    return JSON.parse(row.content) as Stored<T>;
  }

  async readVersion<T extends Resource = Resource>(resourceType: T['resourceType'], id: string, versionId: string): Promise<Stored<T>> {
    const version = (await this.history(resourceType, id)).find((candidate) => versionOf(candidate) === versionId);
    if (!version)
      throw refusal(
        404,
        'not-found',
        `${resourceType}/${id} has no version "${versionId}". Its versions are under ${resourceType}/${id}/_history.`,
      );
    if (version.kind === 'deleted') throw gone(resourceType, id);
    return version.resource as Stored<T>;
  }

  async history(resourceType: Resource['resourceType'], id: string): Promise<Version[]> {
    const row = await this.visibleRow(resourceType, id);
    const alternatives = this.require(resourceType, 'r');
    const { rows } = await this.queryable.query<{ version: number; last_updated: Date; content: string | null }>(
      'select version, last_updated, content from ehr.version where key = $1 order by version desc',
      [row.key],
    );
    const about =
      resourceType === 'Provenance'
        ? await this.compartmentsOfTargets(rows.flatMap((row) => row.content ?? []))
        : new Map<string, string[]>();
    return rows.flatMap(({ version, last_updated: updated, content }): Version[] => {
      if (content === null) {
        return [{ kind: 'deleted', resourceType, id, versionId: String(version), lastUpdated: updated.toISOString() }];
      }
      const resource = JSON.parse(content) as Stored;
      // An earlier version may have been another patient's.
      return permitsReading(alternatives, resource, patientsOfVersion(resource, about)) ? [{ kind: 'content', resource }] : [];
    });
  }

  async lastWritings(resourceType: Resource['resourceType'], ids: readonly string[]): Promise<Map<string, LastWriting>> {
    const { rows } = await this.queryable.query<{ id: string; writer: Writer; at: Date }>(
      `select r.id, v.writer, v.last_updated as at from ehr.resource r join ehr.version v on v.key = r.key and v.version = r.version
       where r.resource_type = $1 and r.id = any($2::text[]) and v.writer is not null`,
      [resourceType, ids],
    );
    return new Map(rows.map(({ id, writer, at }) => [`${resourceType}/${id}`, { writer, at: at.toISOString() }]));
  }

  async search<T extends Resource = Resource>(resourceType: T['resourceType'], query: string | URLSearchParams): Promise<SearchResult<T>> {
    const { searchLagMilliseconds } = this.context;
    if (searchLagMilliseconds === undefined) return this.searchNow(resourceType, query);
    const moment = new Date(this.context.now().getTime() - searchLagMilliseconds);
    const earlier = (repository: PostgresRepository, { client }: Work) =>
      asItStood(client, moment, () => repository.searchNow<T>(resourceType, query));
    return this.work ? earlier(this, this.work) : rehearse(this.context, (work) => earlier(this.inside(work), work));
  }

  private async searchNow<T extends Resource>(resourceType: T['resourceType'], query: string | URLSearchParams): Promise<SearchResult<T>> {
    const parsed = parseSearchQuery(resourceType, new URLSearchParams(query));
    this.require(resourceType, 's');
    return (await runSearch(this.queryable, parsed, this.context)) as SearchResult<T>;
  }

  create<T extends Resource>(resource: T, options: CreateOptions = {}): Promise<{ resource: Stored<T>; created: boolean }> {
    return this.inWork(async (repository, work) => {
      const alternatives = this.require(resource.resourceType, 'c');
      if (options.ifNoneExist !== undefined) {
        const existing = await repository.findExisting<T>(resource.resourceType, options.ifNoneExist);
        if (existing) return { resource: existing, created: false };
      }
      const form = await repository.formOf(resource, undefined);
      const stored = this.checked(form, options.assignedId ?? randomUUID(), 1, work.now, options.origin);
      const prepared = prepare(stored);
      const keys = await writeResources(work.client, [prepared], work.now, this.context.writer);
      await writeIndex(work.client, [prepared], keys);
      work.written.push(written(keys[0], stored, 'c', alternatives, options.origin));
      return { resource: stored, created: true };
    });
  }

  update<T extends Resource>(resource: T & { id: string }, options: UpdateOptions = {}): Promise<Stored<T>> {
    return this.inWork(async (repository, work) => {
      const { row, alternatives } = await repository.changeable(work, resource.resourceType, resource.id, 'u', options.ifMatch);
      if (row.deleted) throw gone(resource.resourceType, resource.id);
      return repository.replace(work, row, resource, alternatives, options.origin);
    });
  }

  /** Applies a JSON Patch (RFC 6902) to the current version. */
  patch(resourceType: string, id: string, operations: unknown, options: UpdateOptions = {}): Promise<Stored> {
    return this.inWork(async (repository, work) => {
      const { row, alternatives } = await repository.changeable(work, resourceType, id, 'u', options.ifMatch);
      if (row.deleted) throw gone(resourceType, id);
      const patched = applyJsonPatch(JSON.parse(row.content) as Stored, operations);
      return repository.replace(work, row, patched, alternatives, options.origin);
    });
  }

  delete(resourceType: Resource['resourceType'], id: string, options: UpdateOptions = {}): Promise<void> {
    return this.inWork(async (repository, work) => {
      const { row, alternatives } = await repository.changeable(work, resourceType, id, 'd', options.ifMatch);
      if (row.deleted) return;
      await work.client.query(
        `with deleted as (
           update ehr.resource set deleted = true, content = '', targets = '{}', version = version + 1, last_updated = $2::timestamptz where key = $1
           returning key, version)
         insert into ehr.version (key, version, last_updated, content, writer)
         select key, version, $2::timestamptz, null, $3::jsonb from deleted`,
        [row.key, work.now, this.context.writer ?? null],
      );
      await clearIndex(work.client, [row.key], 'keep');
      work.written.push({ kind: 'deleted', key: row.key, resourceType, id, alternatives, origin: options.origin });
    });
  }

  transaction<Result>(run: (repository: PostgresRepository) => Promise<Result>): Promise<Result> {
    return this.inWork((repository) => run(repository));
  }

  /** Does the work, judges it as at a commit, and keeps nothing of it. */
  rehearsed<Result>(run: (repository: PostgresRepository) => Promise<Result>): Promise<Result> {
    return rehearse(this.context, (work) => run(this.inside(work)));
  }

  loadResources(resources: Iterable<Resource>): Promise<LoadReport> {
    return this.inWork((_repository, work) => loadResources(work.client, work.now, this.context.relative, resources));
  }

  /** Whose compartments the resources are in that these versions of a Provenance are about. */
  private async compartmentsOfTargets(versions: string[]): Promise<Map<string, string[]>> {
    const names = versions.flatMap((content) => prepare(JSON.parse(content) as Stored).targets);
    const { rows } = await this.queryable.query<{ name: string; patients: string[] }>(
      `select n.name, array(select c.patient from ehr.compartment c where c.key = r.key) as patients
       from unnest($1::text[]) as n (name)
       join ehr.resource r on r.resource_type = split_part(n.name, '/', 1) and r.id = split_part(n.name, '/', 2)`,
      [[...new Set(names)]],
    );
    return new Map(rows.map(({ name, patients }) => [name, patients]));
  }

  private get queryable(): Pool | PoolClient {
    return this.work?.client ?? this.context.pool;
  }

  /** The alternatives that permit an interaction; 403 when the scope is missing altogether. */
  private require(resourceType: string, interaction: Interaction): readonly Alternative[] {
    const alternatives = this.context.permissions.alternatives(resourceType, interaction);
    if (alternatives.length === 0) {
      throw refusal(
        403,
        'forbidden',
        `No granted scope allows this on ${resourceType}: it needs ${resourceType}.${interaction} (patient, user or system).`,
      );
    }
    return alternatives;
  }

  private async visibleRow(resourceType: string, id: string): Promise<ResourceRow> {
    const alternatives = this.require(resourceType, 'r');
    const row = await findRow(this.queryable, resourceType, id, '');
    if (!row || !isVisible(row, alternatives)) throw hidden(resourceType, id, alternatives);
    return row;
  }

  /** Locks the row for a change and checks that the caller may make it. */
  private async changeable(
    work: Work,
    resourceType: string,
    id: string,
    interaction: 'u' | 'd',
    ifMatch: string | undefined,
  ): Promise<{ row: ResourceRow; alternatives: readonly Alternative[] }> {
    const alternatives = this.require(resourceType, interaction);
    const row = await findRow(work.client, resourceType, id, interaction === 'd' ? 'for update of r' : 'for no key update of r');
    if (!row || !isVisible(row, alternatives)) throw hidden(resourceType, id, alternatives);
    if (!row.deleted && !permitsWriting(alternatives, JSON.parse(row.content) as Resource, row.patients)) {
      throw refusal(
        403,
        'forbidden',
        `${resourceType}/${id} also belongs to another patient, so a token bound to one patient cannot change it.`,
      );
    }
    if (ifMatch !== undefined && ifMatch !== String(row.version)) {
      throw refusal(
        412,
        'conflict',
        `${resourceType}/${id} is at version ${row.version}, not ${ifMatch}. Read it again and repeat the change on that version.`,
      );
    }
    return { row, alternatives };
  }

  private async replace<T extends Resource>(
    work: Work,
    row: ResourceRow,
    resource: T,
    alternatives: readonly Alternative[],
    origin: string | undefined,
  ): Promise<Stored<T>> {
    const form = await this.formOf(resource, JSON.parse(row.content) as Stored);
    const stored = this.checked(form, row.id, row.version + 1, work.now, origin);
    const prepared = prepare(stored);
    await clearIndex(work.client, [row.key], 'forget');
    const keys = await writeResources(work.client, [prepared], work.now, this.context.writer);
    await writeIndex(work.client, [prepared], keys);
    work.written.push(written(row.key, stored, 'u', alternatives, origin));
    return stored;
  }

  /** The form in which it is kept; what is kept beside it is the EHR's own doing and asks for no scope. */
  private async formOf<T extends Resource>(incoming: T, before: Stored | undefined): Promise<T> {
    const { writtenForm, ...context } = this.context;
    if (!writtenForm) return incoming;
    const beside: { resource: Resource; id: string }[] = [];
    const form = writtenForm(incoming, before, (resource) => {
      const id = randomUUID();
      beside.push({ resource, id });
      return `${resource.resourceType}/${id}`;
    });
    const ehr = new PostgresRepository({ ...context, permissions: systemPermissions }, this.work);
    for (const { resource, id } of beside) await ehr.create(resource, { assignedId: id });
    return form as T;
  }

  private checked<T extends Resource>(resource: T, id: string, version: number, now: Date, origin: string | undefined): Stored<T> {
    const stored = stamped(rewriteReferences(structuredClone(resource), this.context.relative), id, version, now);
    const issues = checkResource(stored as Resource);
    if (issues.length === 0) return stored;
    throw new FhirError(
      400,
      issues.map((issue) => (origin && issue.expression ? { ...issue, expression: located(origin, issue.expression) } : issue)),
    );
  }

  /**
   * The one resource that satisfies an If-None-Exist condition; several throw 412. Inside a transaction two creates with the same condition
   * wait for each other, so that only one of them creates.
   */
  async findExisting<T extends Resource>(resourceType: T['resourceType'], condition: string): Promise<Stored<T> | undefined> {
    await this.queryable.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${resourceType}?${condition}`]);
    const parameters = new URLSearchParams(condition.replace(/^.*\?/s, ''));
    if ([...parameters.keys()].every((name) => name.startsWith('_'))) {
      throw refusal(
        400,
        'invalid',
        'If-None-Exist must name what identifies the resource, for example identifier=system|value.',
        'If-None-Exist',
      );
    }
    parameters.set('_count', '2');
    parameters.set('_total', 'none');
    const { matches } = await this.searchNow<T>(resourceType, parameters);
    if (matches.length > 1) {
      throw refusal(
        412,
        'multiple-matches',
        `If-None-Exist matches several ${resourceType}s. Search by an identifier that only one resource has.`,
        'If-None-Exist',
      );
    }
    return matches[0];
  }

  private inside(work: Work): PostgresRepository {
    return new PostgresRepository(this.context, work);
  }

  private async inWork<Result>(run: (repository: PostgresRepository, work: Work) => Promise<Result>): Promise<Result> {
    if (this.work) return run(this, this.work);
    return commit(this.context, (work) => run(this.inside(work), work));
  }
}

function written(
  key: string | undefined,
  resource: Stored,
  kind: 'c' | 'u',
  alternatives: readonly Alternative[],
  origin: string | undefined,
): Written {
  if (key === undefined) throw new Error(`No key for ${resource.resourceType}/${resource.id}.`);
  return { kind: kind === 'c' ? 'created' : 'updated', key, resource, alternatives, origin };
}

/** `Bundle.entry[2].resource` and `Task.status` make `Bundle.entry[2].resource.status`. */
export function located(origin: string, expression: string): string {
  const dot = expression.indexOf('.');
  return dot < 0 ? origin : origin + expression.slice(dot);
}

const versionOf = (version: Version): string => (version.kind === 'content' ? version.resource.meta.versionId : version.versionId);
