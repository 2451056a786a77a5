/**
 * A Bulk export from an EHR to disk: asked for, waited for, fetched file by file, and gone on with after a break.
 * See: https://hl7.org/fhir/uv/bulkdata/STU2/export.html
 */
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { askBulk, askFile, type BulkDeps, BulkExportFailed, BulkExportGone, backOff, retryAfter } from './bulk-request.ts';
import { type ExportAsked, type ExportState, type KeptExport, keptExports, Manifest, nextFolder, writeState } from './export-folder.ts';

export type BulkProgress =
  | { stage: 'asked'; resumed: boolean }
  | { stage: 'waiting'; seconds: number }
  | { stage: 'fetching'; files: number; of: number; bytes: number };

export type BulkQuestion = {
  /** The FHIR base, without a final slash. */
  base: string;
  /** A group of the EHR's; null for all its patients. */
  group: string | null;
  types: readonly string[];
  /** Only what changed after; `last` since the moment that the exports here reach without a gap, or everything where there is none; `all` everything. */
  since: string;
  /** The folder of this EHR's exports. */
  exports: string;
  onProgress?: (progress: BulkProgress) => void;
};

/** From what an EHR may take a day to prepare, to what nobody waits for. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

const pathOf = ({ base, group }: BulkQuestion): string =>
  group === null ? `${base}/$export` : `${base}/Group/${encodeURIComponent(group)}/$export`;

const FORMAT = 'application/fhir+ndjson';

/** By GET, which every version has taken, and by POST where that is not offered any more. */
async function kickOff(deps: BulkDeps, question: BulkQuestion, asked: ExportAsked): Promise<string> {
  const parameters: [string, string][] = [
    ['_outputFormat', FORMAT],
    ['_type', asked.types.join(',')],
    ...(asked.since === null ? [] : ([['_since', asked.since]] as [string, string][])),
  ];
  const headers = { prefer: 'respond-async' };
  const byGet = await askBulk(deps, `${pathOf(question)}?${new URLSearchParams(parameters).toString()}`, { headers });
  await byGet.body?.cancel();
  const answer = [404, 405, 501].includes(byGet.status)
    ? await askBulk(deps, pathOf(question), {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/fhir+json' },
        body: JSON.stringify({
          resourceType: 'Parameters',
          parameter: parameters.map(([name, value]) => (name === '_since' ? { name, valueInstant: value } : { name, valueString: value })),
        }),
      })
    : byGet;
  if (answer !== byGet) await answer.body?.cancel();
  const status = answer.headers.get('content-location');
  if (answer.status !== 202 || status === null)
    throw new BulkExportFailed(
      `The EHR did not take the export: it answered ${answer.status}. It may lack the operation, a type, or the scope for one.`,
    );
  const url = new URL(status, question.base).href;
  if (deps.hosts.rightTo(url) === 'refused')
    throw new BulkExportFailed('The EHR names an address for the status of the export that may not be used.');
  return url;
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

/** Looks as rarely as the EHR asks, and ever more rarely where it does not say. */
async function waitForManifest(deps: BulkDeps, { onProgress }: BulkQuestion, status: string): Promise<Manifest> {
  const until = deps.now().getTime() + LONGEST_WAIT_MS;
  for (let look = 0; deps.now().getTime() < until; look += 1) {
    const response = await askBulk(deps, status, { headers: { accept: 'application/json' } });
    if (response.status === 200) {
      const manifest = Manifest.safeParse(await jsonOf(response));
      if (!manifest.success) throw new BulkExportFailed('The EHR ended the export with a manifest that is none.');
      return manifest.data;
    }
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) throw new BulkExportGone('The EHR does not know the export any more.');
    if (response.status !== 202) throw new BulkExportGone(`The export failed at the EHR: it answered ${response.status}.`);
    const wait = retryAfter(response.headers, deps.now()) ?? backOff(look);
    onProgress?.({ stage: 'waiting', seconds: Math.round(wait / 1000) });
    // Those who look a moment too soon are refused, and have to wait all the longer.
    await deps.pause(wait + 100);
  }
  throw new BulkExportFailed('The EHR did not end the export within a day.');
}

/** `requiresAccessToken` as the manifest says of all its files. */
type ToFetch = Manifest['output'][number] & Pick<Manifest, 'requiresAccessToken'>;
type Fetched = { bytes: number; lines: number };
const NEWLINE = 0x0a;

/** To a name of its own first: a file is there whole or not at all. */
async function fetchFile(deps: BulkDeps, { url, requiresAccessToken }: ToFetch, file: string): Promise<Fetched> {
  const response = await askFile(deps, url, requiresAccessToken, { headers: { accept: FORMAT } });
  if (response.status === 404 || response.status === 410) {
    await response.body?.cancel();
    throw new BulkExportGone('A file of the export is not there any more.');
  }
  if (requiresAccessToken === false && (response.status === 401 || response.status === 403)) {
    await response.body?.cancel();
    // Such an address is signed, for a time.
    throw new BulkExportGone(`A file of the export may not be fetched any more: the answer was ${response.status}.`);
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new BulkExportFailed(`A file of the export cannot be fetched: the EHR answered ${response.status}.`);
  }
  const partial = `${file}.part`;
  const out = createWriteStream(partial, { mode: 0o600 });
  const fetched: Fetched = { bytes: 0, lines: 0 };
  let last = NEWLINE;
  try {
    for await (const chunk of response.body ?? []) {
      fetched.bytes += chunk.length;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) fetched.lines += 1;
      last = chunk.at(-1) ?? last;
      if (!out.write(chunk)) await once(out, 'drain');
    }
  } finally {
    out.end();
    if (!out.closed) await once(out, 'close');
  }
  if (last !== NEWLINE) fetched.lines += 1;
  await rename(partial, file);
  return fetched;
}

const FILE_TRIES = 3;

/** Again where it broke off, or holds another number of lines than the manifest says. */
async function fetchWhole(deps: BulkDeps, wanted: ToFetch, file: string): Promise<Fetched> {
  const { count } = wanted;
  let why = 'it breaks off';
  for (let attempt = 0; attempt < FILE_TRIES; attempt += 1) {
    if (attempt > 0) await deps.pause(backOff(attempt));
    try {
      const fetched = await fetchFile(deps, wanted, file);
      if (count === undefined || count === fetched.lines) return fetched;
      why = `it has ${fetched.lines} lines, and the manifest says ${count}`;
    } catch (error) {
      deps.signal?.throwIfAborted();
      if (error instanceof BulkExportFailed) throw error;
    }
  }
  await rm(file, { force: true });
  throw new BulkExportFailed(`A file of the export cannot be fetched whole: ${why}.`);
}

/** Where each file goes, by its place in the manifest: the EHR's own names are addresses. */
function placesOf({ output, deleted }: Manifest): { entry: Manifest['output'][number]; name: string }[] {
  const name = (entry: Manifest['output'][number], at: number, folder: string): string =>
    join(folder, `${/^[A-Za-z]{1,64}$/.test(entry.type) ? entry.type : 'Other'}.${String(at).padStart(3, '0')}.ndjson`);
  return [
    ...output.map((entry, at) => ({ entry, name: name(entry, at, '') })),
    ...deleted.map((entry, at) => ({ entry, name: name(entry, at, 'deleted') })),
  ];
}

async function fetchFiles(deps: BulkDeps, question: BulkQuestion, { folder, state }: KeptExport, manifest: Manifest): Promise<ExportState> {
  const places = placesOf(manifest);
  await mkdir(join(folder, 'deleted'), { recursive: true, mode: 0o700 });
  let kept = state;
  let bytes = 0;
  for (const [at, { entry, name }] of places.entries()) {
    const file = join(folder, name);
    const before = kept.files[entry.url];
    const isThere = before !== undefined && before.name === name && existsSync(file) && (await stat(file)).size === before.bytes;
    const fetched = isThere ? before : await fetchWhole(deps, { ...entry, requiresAccessToken: manifest.requiresAccessToken }, file);
    bytes += fetched.bytes;
    if (!isThere) {
      kept = { ...kept, files: { ...kept.files, [entry.url]: { name, ...fetched } } };
      await writeState(folder, kept);
    }
    question.onProgress?.({ stage: 'fetching', files: at + 1, of: places.length, bytes });
  }
  return kept;
}

/** The same patients and types, whatever the time. */
const sameAsked = (a: ExportAsked, b: ExportAsked): boolean => JSON.stringify([a.group, a.types]) === JSON.stringify([b.group, b.types]);

/**
 * Up to which moment the exports that are here tell everything, oldest first; null where there is none. One whose `since` lies after that
 * leaves a gap before it, and does not reach further.
 */
function reachOf(exports: readonly KeptExport[]): string | null {
  return exports.reduce<string | null>((reach, { state: { asked, manifest } }) => {
    if (!manifest) return reach;
    if (reach === null || asked.since === null) return manifest.transactionTime;
    const until = Date.parse(reach);
    const joins = Date.parse(asked.since) <= until && Date.parse(manifest.transactionTime) > until;
    return joins ? manifest.transactionTime : reach;
  }, null);
}

/** What is asked for: `last` looks for how far the exports of the same kind that are here reach. */
function askedNow(question: BulkQuestion, kept: readonly KeptExport[]): ExportAsked {
  const asked = { group: question.group, types: [...question.types], since: null };
  if (question.since === 'all') return asked;
  if (question.since !== 'last') return { ...asked, since: question.since };
  return { ...asked, since: reachOf(kept.filter(({ state }) => state.isComplete && sameAsked(state.asked, asked))) };
}

async function fetchOne(deps: BulkDeps, question: BulkQuestion): Promise<void> {
  const kept = await keptExports(question.exports);
  const begun = kept.find(({ state }) => !state.isComplete);
  const wanted = askedNow(question, kept);
  const isSame = begun !== undefined && sameAsked(begun.state.asked, wanted) && begun.state.asked.since === wanted.since;
  if (begun && !isSame) await rm(begun.folder, { recursive: true, force: true });
  let own: KeptExport;
  if (begun && isSame) own = begun;
  else {
    const status = await kickOff(deps, question, wanted);
    const folder = nextFolder(question.exports, kept);
    own = { folder, state: { asked: wanted, status, manifest: null, files: {}, isComplete: false } };
    await writeState(folder, own.state);
  }
  question.onProgress?.({ stage: 'asked', resumed: isSame });
  try {
    const manifest = own.state.manifest ?? (await waitForManifest(deps, question, own.state.status));
    own = { ...own, state: { ...own.state, manifest } };
    await writeState(own.folder, own.state);
    const state = await fetchFiles(deps, question, own, manifest);
    await writeState(own.folder, { ...state, isComplete: true });
  } catch (error) {
    if (error instanceof BulkExportGone) await rm(own.folder, { recursive: true, force: true });
    throw error;
  }
  // It is here now; an EHR that cannot be told so forgets it by itself.
  await askBulk(deps, own.state.status, { method: 'DELETE' })
    .then((response) => response.body?.cancel())
    .catch(() => undefined);
}

export type FetchedExports = {
  /** Oldest first, for the import. */
  folders: string[];
  /** The moment the newest is of. */
  transactionTime: string;
  /** Files in which the EHR tells what went wrong with its export. */
  errors: number;
};

/**
 * Fetches what is new, and answers with all exports of this EHR that belong together: the last one of everything, and those of changes
 * since. What was begun and broke off is gone on with; where the EHR has forgotten it, it is asked for anew, once.
 * Throws `BulkExportFailed`, or the reason of the signal.
 */
export async function fetchExport(deps: BulkDeps, question: BulkQuestion): Promise<FetchedExports> {
  try {
    await fetchOne(deps, question);
  } catch (error) {
    if (!(error instanceof BulkExportGone)) throw error;
    await fetchOne(deps, question);
  }
  const asked = { group: question.group, types: [...question.types], since: null };
  const own = (await keptExports(question.exports)).filter(({ state }) => state.isComplete && sameAsked(state.asked, asked));
  const whole = own.findLastIndex(({ state }) => state.asked.since === null);
  const used = own.slice(Math.max(0, whole));
  // What a newer export of everything stands for is a copy of patients' data that nobody needs.
  for (const { folder } of own.slice(0, Math.max(0, whole))) await rm(folder, { recursive: true, force: true });
  const newest = used.at(-1)?.state.manifest;
  if (!newest) throw new BulkExportFailed('The export ended without a manifest.');
  return { folders: used.map(({ folder }) => folder), transactionTime: newest.transactionTime, errors: newest.error.length };
}
