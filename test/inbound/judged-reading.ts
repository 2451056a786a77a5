/** What came of one document, and what is wrong with it. */
import type { ReadDocument } from '@refloop/server/inbound/read-document';

/** `cpuMs`: what it took of the processor; undefined where nobody measured. */
export type Judged = { seed: number; outcome: string; cpuMs: number | undefined; violations: string[] };

export function judged(seed: number, document: ReadDocument, cpuMs: number | undefined): Judged {
  const violations: string[] = [];
  if (document.kind === 'read') {
    for (const { part, from, to, text } of document.extracts)
      if (document.parts[part]?.text.slice(from, to) !== text) violations.push(`seed ${seed}: an extract that is not in the document`);
    if (JSON.stringify(document).includes('root:x:0')) violations.push(`seed ${seed}: a file of the machine was read`);
  }
  return { seed, outcome: document.kind === 'read' ? 'read' : document.why, cpuMs, violations };
}
