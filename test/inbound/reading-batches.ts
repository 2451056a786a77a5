/** A process that makes and reads many hostile documents one after the other, with the rights of the product's own reading process and no others. */

import { readBytes, readFile } from '@refloop/server/inbound/read-bytes';
import { asDocument } from '@refloop/server/inbound/read-file';
import { type HostileDocuments, hostileDocuments } from './hostile-documents.ts';
import { type Judged, judged } from './judged-reading.ts';

export type Batch = { from: number; count: number };

async function readBatch(documents: HostileDocuments, { from, count }: Batch): Promise<Judged[]> {
  const readings: Judged[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const began = process.cpuUsage();
    const file = await readFile(new Uint8Array(documents(seed)));
    // What is attached is read in its turn, as the product does.
    const within = file.kind === 'mail' ? await Promise.all(file.documents.map((attached) => readBytes(attached))) : [];
    const { user, system } = process.cpuUsage(began);
    const whole = judged(seed, asDocument(file), (user + system) / 1000);
    readings.push({ ...whole, violations: [...whole.violations, ...within.flatMap((each) => judged(seed, each, undefined).violations)] });
  }
  return readings;
}

const documents = await hostileDocuments();
process.on('message', (batch: Batch) => {
  void readBatch(documents, batch).then((readings) => process.send?.(readings));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
