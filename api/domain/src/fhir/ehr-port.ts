/** An EHR as its callers see it. The shell that holds the token hands the port in; a refusal is a value. */
import type { Result } from '../result.ts';

export type Resource = {
  resourceType: string;
  id?: string;
  meta?: { versionId?: string; lastUpdated?: string };
  [element: string]: unknown;
};

export type EhrFailure =
  | { kind: 'http'; status: number; detail: string }
  /** No answer: a read may be tried again, a write has to be looked up first. */
  | { kind: 'no-answer'; detail: string }
  | { kind: 'signed-out' }
  /** The address would leave the FHIR base; nothing was sent. */
  | { kind: 'elsewhere' };

/** `ifMatch` is a bare version id, `ifNoneExist` a search without its type. */
export type EhrWrite = { path: string; method: 'POST' | 'PUT'; resource: Resource; ifMatch?: string; ifNoneExist?: string };

/** What an EHR said of a write it took; some say nothing. */
export type Written = { reference: string | undefined; versionId: string | undefined; resource: Resource | undefined };

export type EhrPort = {
  /** FHIR base, as the site entry has it. */
  base: string;
  /** Reads one resource or one searchset; `path` is relative, or a next-page link below the same FHIR base. */
  get(path: string): Promise<Result<Resource, EhrFailure>>;
  /** Tried once: what an unanswered write did is not known until somebody looks. */
  write(write: EhrWrite): Promise<Result<Written, EhrFailure>>;
};
