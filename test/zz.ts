import { readFileSync } from 'node:fs';
import { readBytes } from '@refloop/server/inbound/read-bytes';
for (const f of process.argv.slice(2)) {
  const d = await readBytes(new Uint8Array(readFileSync(f)));
  if (d.kind !== 'read') {
    console.log(f, d);
    continue;
  }
  console.log('=====', f, d.title, JSON.stringify(d.header));
  for (const p of d.parts) console.log('  --', p.title, '|', p.text.slice(0, 200).replaceAll('\n', ' / '));
  for (const e of d.extracts) console.log('  **', e.topic, e.title, e.text.slice(0, 700).replaceAll('\n', ' / '));
}
