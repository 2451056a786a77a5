/**
 * The audit log as JSON lines, to keep or to check elsewhere: entries without their encrypted details, so that nothing in
 * the file tells of a patient more than a pseudonym. What the chain needs to be checked without the database is all there.
 */
import type { ChainedRow, ChainHead } from '@refloop/domain/audit/chain';
import type { AuditEntry } from '@refloop/domain/audit/entry';
import type { AuditView } from '../store/audit.ts';

export type ExportLine =
  | {
      kind: 'row';
      number: number;
      entryId: string;
      leaf: string;
      previous: string;
      hash: string;
      /** The canonical JSON, exactly: the leaf is SHA-256(0x00 ‖ its UTF-8 bytes). Null where the entry is gone. */
      entry: string | null;
      /** SHA-256 of the encrypted details as stored at the time of the export. */
      payloadHash: string | null;
    }
  | ({ kind: 'head' } & ChainHead);

const toLine = (row: ChainedRow): ExportLine => ({
  kind: 'row',
  number: row.number,
  entryId: row.entryId,
  leaf: row.leaf,
  previous: row.previous,
  hash: row.hash,
  entry: row.stored && Buffer.from(row.stored.bytes).toString('utf8'),
  payloadHash: row.stored?.payloadHash ?? null,
});

/** Rows in order, then heads in order. */
export async function* exportLines(view: AuditView): AsyncIterable<ExportLine> {
  for await (const row of view.rows()) yield toLine(row);
  for await (const head of view.heads()) yield { kind: 'head', ...head };
}

const fromLine = ({ entry, payloadHash, kind: _kind, ...link }: Extract<ExportLine, { kind: 'row' }>): ChainedRow => ({
  ...link,
  stored: entry === null ? null : { bytes: Buffer.from(entry, 'utf8'), entry: JSON.parse(entry) as AuditEntry, columns: null, payloadHash },
});

export async function* rowsOf(lines: AsyncIterable<ExportLine>): AsyncIterable<ChainedRow> {
  for await (const line of lines) if (line.kind === 'row') yield fromLine(line);
}

export async function* headsOf(lines: AsyncIterable<ExportLine>): AsyncIterable<ChainHead> {
  for await (const line of lines) {
    if (line.kind === 'head') yield { number: line.number, hash: line.hash, at: line.at };
  }
}
