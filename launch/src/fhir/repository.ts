/**
 * The system door to the stored FHIR resources: what the chart page, the loader and the HTTP layer call.
 *
 * A refusal is thrown as a {@link FhirError} (status and OperationOutcome), because it must also roll back the transaction it happens in.
 */
import type { Resource } from '@medplum/fhirtypes';
import type { LastWriting, Writer } from './writer.ts';

/** A resource as stored: its id and version are known. */
export type Stored<T extends Resource = Resource> = T & { id: string; meta: { versionId: string; lastUpdated: string } };

/** One version of one resource, newest first in a history. A deletion is a version without content. */
export type Version =
  | { kind: 'content'; resource: Stored }
  | { kind: 'deleted'; resourceType: string; id: string; versionId: string; lastUpdated: string };

export type SearchResult<T extends Resource = Resource> = {
  matches: Stored<T>[];
  /** Resources brought by `_include` and `_revinclude`. */
  included: Stored[];
  /** How many match in all; absent with `_total=none`. */
  total?: number;
  /** Value of `_cursor` that continues after the last match; absent on the last page. */
  nextCursor?: string;
};

export type RefusedResource = { resourceType: string; id: string; reason: string };

export type LoadReport = {
  /** Number of resources stored. */
  taken: number;
  refused: RefusedResource[];
};

export type Repository = {
  /** Reads the current version. Throws 404 when there never was one, 410 when it was deleted. */
  read<T extends Resource = Resource>(resourceType: T['resourceType'], id: string): Promise<Stored<T>>;
  /** Reads one version. Throws 404 when there is none, 410 when that version is a deletion. */
  readVersion<T extends Resource = Resource>(resourceType: T['resourceType'], id: string, versionId: string): Promise<Stored<T>>;
  /** All versions, newest first. Throws 404 when there never was one. */
  history(resourceType: Resource['resourceType'], id: string): Promise<Version[]>;
  /**
   * Searches by a FHIR query string, for example `patient=123&_sort=-date&_count=50`.
   * Throws 400 naming the parameter for anything unknown or not supported.
   */
  search<T extends Resource = Resource>(resourceType: T['resourceType'], query: string | URLSearchParams): Promise<SearchResult<T>>;
  /**
   * Stores a new resource under an id of the server's choosing (an id in the body is ignored).
   * With `ifNoneExist` (a query string) an existing single match is answered instead of created; several throw 412.
   */
  create<T extends Resource>(resource: T, options?: { ifNoneExist?: string }): Promise<{ resource: Stored<T>; created: boolean }>;
  /** Replaces a resource by its id. Throws 404 or 410 when there is none, 412 when `ifMatch` (a versionId) is not the current version. */
  update<T extends Resource>(resource: T & { id: string }, options?: { ifMatch?: string }): Promise<Stored<T>>;
  /** Marks a resource as deleted; its history stays. Throws 409 while another resource refers to it. */
  delete(resourceType: Resource['resourceType'], id: string, options?: { ifMatch?: string }): Promise<void>;
  /** The same store, where each version written is put down to this writer. */
  writingAs(writer: Writer): Repository;
  /** Who wrote the current versions of these, by `Type/id`; those that were loaded are left out. */
  lastWritings(resourceType: Resource['resourceType'], ids: readonly string[]): Promise<Map<string, LastWriting>>;
  /** Runs the work in one PostgreSQL transaction; references are checked at its end, and anything thrown rolls all of it back. */
  transaction<Result>(work: (repository: Repository) => Promise<Result>): Promise<Result>;
  /**
   * Loads resources under the ids they carry (an existing id becomes a new version), with the same checks as any write.
   * References among the resources of one call resolve whatever their order. A bad resource is refused with its reason, and so is
   * each that refers to it; the rest is stored.
   */
  loadResources(resources: Iterable<Resource>): Promise<LoadReport>;
};
