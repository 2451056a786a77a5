/**
 * FHIR Bulk Data over HTTP: kick-off, status, manifest, files, cancelling. A job belongs to the client that asked for it, is kept in this
 * process, and is forgotten an hour later.
 * See: https://hl7.org/fhir/uv/bulkdata/STU2/export.html
 */
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Pool } from 'pg';
import type { AccessContext } from '../fhir/access.ts';
import { refusal } from '../fhir/fhir-error.ts';
import type { Permissions } from '../fhir/permission.ts';
import { type ExportFile, type ExportScope, listFiles, readFile } from './export-files.ts';
import { type ExportRequest, parametersOf, readExportRequest } from './export-request.ts';

type Job = {
  clientId: string;
  request: string;
  scope: ExportScope;
  startedAt: number;
  /** Before then a look at the status is one too many. */
  nextLookAt: number;
  files: ExportFile[] | undefined;
  failed: boolean;
};

export type BulkServer = {
  /** Whether the path below the FHIR base is one of these. */
  owns: (path: string) => boolean;
  respond: (
    context: Context,
    call: { access: AccessContext; permissions: Permissions; path: string; body: () => Promise<unknown> },
  ) => Promise<Response>;
};

/** How often a client may look. */
const RETRY_AFTER_SECONDS = 1;
const HOUR_MS = 3_600_000;
/** Of one client at once: more is an attempt to exhaust. */
const MOST_JOBS = 5;

const KICK_OFF = /^(Patient\/)?\$export$/;
const STATUS = /^bulk\/([0-9a-f-]{36})$/;
const FILE = /^bulk\/([0-9a-f-]{36})\/(\d{1,6})\.ndjson$/;

const noJob = (): Error =>
  refusal(404, 'not-found', 'There is no such export: it ended an hour ago, was cancelled, or is another client’s.');

export function createBulkServer({
  pool,
  baseUrl,
  types,
  now = () => new Date(),
  machineTime = now,
}: {
  pool: Pool;
  baseUrl: string;
  /** Every type this server holds. */
  types: readonly string[];
  /** By which resources are written: of this moment an export is. */
  now?: () => Date;
  /** By which a job is waited for and forgotten; `now` unless told. */
  machineTime?: () => Date;
}): BulkServer {
  const jobs = new Map<string, Job>();

  const forget = (): void => {
    for (const [id, { startedAt }] of jobs) if (machineTime().getTime() - startedAt > HOUR_MS) jobs.delete(id);
  };

  /** A type may be exported where all of it may be read and found; a scope that is narrowed says nothing of all. */
  function allowedTypes({ types: asked }: ExportRequest, permissions: Permissions): string[] {
    const mayRead = (type: string): boolean =>
      (['r', 's'] as const).every((letter) =>
        permissions.alternatives(type, letter).some(({ patient, constraints }) => patient === undefined && constraints.length === 0),
      );
    const refused = asked?.find((type) => !mayRead(type));
    if (refused !== undefined)
      throw refusal(403, 'forbidden', `The token has no scope system/${refused}.rs, which an export of ${refused} needs.`);
    const allowed = (asked ?? types).filter(mayRead);
    if (allowed.length === 0) throw refusal(403, 'forbidden', 'The token has no scope such as system/Patient.rs.');
    return allowed;
  }

  function kickOff(context: Context, access: AccessContext, permissions: Permissions, asked: ExportRequest): Response {
    forget();
    // A person at a chart, whatever they may read, takes no copy of all of it.
    if (access.fhirUser !== '') throw refusal(403, 'forbidden', 'An export is for backend services, by system/ scopes.');
    const own = [...jobs.values()].filter(({ clientId, files }) => clientId === access.clientId && files === undefined);
    if (own.length >= MOST_JOBS) {
      context.header('Retry-After', String(RETRY_AFTER_SECONDS));
      throw refusal(429, 'throttled', `${MOST_JOBS} exports of this client are under way. Wait for one, or cancel it.`);
    }
    const startedAt = machineTime().getTime();
    const job: Job = {
      clientId: access.clientId,
      request: context.req.url,
      scope: { types: allowedTypes(asked, permissions), ofPatients: asked.level === 'patient', since: asked.since, until: now() },
      startedAt,
      nextLookAt: startedAt + RETRY_AFTER_SECONDS * 1000,
      files: undefined,
      failed: false,
    };
    const id = randomUUID();
    jobs.set(id, job);
    void listFiles(pool, job.scope).then(
      (files) => {
        job.files = files;
      },
      () => {
        job.failed = true;
      },
    );
    context.header('Content-Location', `${baseUrl}/bulk/${id}`);
    return context.body(null, 202);
  }

  function jobOf(id: string | undefined, access: AccessContext): Job {
    forget();
    const job = jobs.get(id ?? '');
    if (job === undefined || job.clientId !== access.clientId) throw noJob();
    return job;
  }

  function manifest(id: string, { scope, request, startedAt }: Job, files: readonly ExportFile[]) {
    const entries = (kind: ExportFile['kind']) =>
      files.flatMap((file, at) =>
        file.kind === kind
          ? [{ type: kind === 'deleted' ? 'Bundle' : file.type, url: `${baseUrl}/bulk/${id}/${at}.ndjson`, count: file.count }]
          : [],
      );
    return {
      expires: new Date(startedAt + HOUR_MS).toUTCString(),
      body: {
        transactionTime: scope.until.toISOString(),
        request,
        requiresAccessToken: true,
        output: entries('resources'),
        deleted: entries('deleted'),
        error: [],
      },
    };
  }

  function status(context: Context, id: string, job: Job): Response {
    const moment = machineTime().getTime();
    const isEarly = moment < job.nextLookAt;
    job.nextLookAt = moment + RETRY_AFTER_SECONDS * 1000;
    if (isEarly || job.files === undefined) context.header('Retry-After', String(RETRY_AFTER_SECONDS));
    if (isEarly) throw refusal(429, 'throttled', 'Looked too soon. Wait as long as Retry-After says.');
    if (job.failed) throw refusal(500, 'exception', 'The export failed. Ask for it again.');
    if (job.files === undefined) {
      context.header('X-Progress', 'counting');
      return context.body(null, 202);
    }
    const { expires, body } = manifest(id, job, job.files);
    context.header('Expires', expires);
    return context.json(body);
  }

  return {
    owns: (path) => KICK_OFF.test(path) || STATUS.test(path) || FILE.test(path),
    respond: async (context, { access, permissions, path, body }) => {
      context.header('Cache-Control', 'no-store');
      const method = context.req.method;
      if (KICK_OFF.test(path)) {
        if (method !== 'GET' && method !== 'POST') throw refusal(405, 'not-supported', 'An export is kicked off by GET or POST.');
        const query = method === 'POST' ? parametersOf(await body()) : new URL(context.req.url).searchParams;
        const asked = readExportRequest(path.startsWith('Patient') ? 'patient' : 'system', query, context.req.header('Prefer'));
        return kickOff(context, access, permissions, asked);
      }
      const [, id = ''] = STATUS.exec(path) ?? [];
      if (id !== '') {
        const job = jobOf(id, access);
        if (method === 'DELETE') {
          jobs.delete(id);
          return context.body(null, 202);
        }
        if (method !== 'GET') throw refusal(405, 'not-supported', 'The status of an export is read by GET, and cancelled by DELETE.');
        return status(context, id, job);
      }
      const [, owner, at] = FILE.exec(path) ?? [];
      const job = jobOf(owner, access);
      const file = job.files?.[Number(at)];
      if (file === undefined) throw noJob();
      if (method !== 'GET') throw refusal(405, 'not-supported', 'A file of an export is read by GET.');
      return context.body(await readFile(pool, job.scope, file), 200, { 'Content-Type': 'application/fhir+ndjson' });
    },
  };
}
