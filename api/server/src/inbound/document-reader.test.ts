/** Reading in a process of its own: what it reads, and that nothing which comes in does more than waste that process. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONFINED, createDocumentReader, type DocumentReader, READER_LIMITS } from './document-reader.ts';
import type { ReadFile } from './read-file.ts';
import { mailWith } from './test-mail.ts';
import { CARDIOLOGY_NOTE, HL7_CONSULTATION, pdfNote } from './test-notes.ts';
import { returnedMail } from './test-returned-mail.ts';

let reader: DocumentReader;
beforeAll(() => {
  reader = createDocumentReader();
});
afterAll(() => reader.close());

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const why = (document: ReadFile): string => (document.kind === 'unreadable' ? document.why : 'read');

/** A PDF by hand, whose one page holds this stream. */
function pdfWith(stream: Buffer, filter: string): Uint8Array {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} /Filter ${filter} >>\nstream\n${stream.toString('latin1')}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = text.length;
  text += `xref\n0 6\n0000000000 65535 f \n${offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')}`;
  return new Uint8Array(Buffer.from(`${text}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF`, 'latin1'));
}

describe('a document that came in', () => {
  test('a PDF is read page by page, and what matters most across pages', async () => {
    const document = await reader.read(await pdfNote(CARDIOLOGY_NOTE));
    if (document.kind !== 'read') throw new Error(why(document));
    expect(document.header).toMatchObject({
      patient: { family: 'Delgado', given: ['Marisol', 'A'], born: '1984-06-02', sex: 'female', recordNumbers: ['SYN-100200'] },
      author: 'Ana Rivera, MD',
      npis: ['1234567893'],
      date: '2026-11-19',
    });
    expect(document.extracts.map(({ topic, part, text }) => [topic, part, text])).toEqual([
      ['assessment', 0, 'Symptomatic premature ventricular contractions. Ejection fraction 60%.'],
      ['plan', 0, '1. Metoprolol 25 mg twice daily.'],
      ['plan', 1, '2. Repeat Holter monitor in 3 months.'],
    ]);
    for (const { part, from, to, text } of document.extracts) expect(document.parts[part]?.text.slice(from, to)).toBe(text);
  });

  test('a C-CDA note and plain text are read too', async () => {
    expect((await reader.read(bytesOf(HL7_CONSULTATION))).kind).toBe('read');
    expect((await reader.read(bytesOf(returnedMail()))).kind).toBe('returned-mail');
    const files = [Buffer.from('%PDF-1.7 one'), Buffer.from('%PDF-1.7 two')];
    const mail = await reader.read(bytesOf(mailWith(files)));
    expect(mail.kind === 'mail' && mail.documents.map((each) => Buffer.from(each).toString())).toEqual(files.map(String));
    expect(await reader.read(bytesOf('Patient: Ana Lund\nImpression: all well.'))).toMatchObject({
      format: 'text',
      extracts: [{ topic: 'assessment', text: 'all well.' }],
    });
  });

  test('what cannot be read says why', async () => {
    expect(why(await reader.read(await pdfNote([[]])))).toBe('picture');
    expect(why(await reader.read(await pdfNote([['secret']], { password: 'x' })))).toBe('password');
    expect(why(await reader.read(bytesOf('%PDF-1.7 a note')))).toBe('broken');
    expect(why(await reader.read(new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 1, 2, 3])))).toBe('other-kind');
    expect(why(await reader.read(new Uint8Array(11 * 1024 * 1024)))).toBe('too-large');
  });
});

describe('the confinement of the reading process', () => {
  const outside = new URL('../../../../', import.meta.url);
  test.each([
    ['reads a file of the program', `fs.readFileSync(${JSON.stringify(fileURLToPath(import.meta.url))})`, 'done'],
    ['reads no file beside it', `fs.readFileSync(${JSON.stringify(fileURLToPath(new URL('package.json', outside)))})`, 'ERR_ACCESS_DENIED'],
    ['looks into no folder of state', `fs.readdirSync(${JSON.stringify(fileURLToPath(new URL('.data', outside)))})`, 'ERR_ACCESS_DENIED'],
    ['reads no file of the machine', `fs.readFileSync('/etc/hostname')`, 'ERR_ACCESS_DENIED'],
    ['writes nothing', `fs.writeFileSync(${JSON.stringify(fileURLToPath(import.meta.url))} + '.x', '')`, 'ERR_ACCESS_DENIED'],
    ['starts no program', `require('node:child_process').spawnSync('true')`, 'ERR_ACCESS_DENIED'],
    ['starts no thread', `new (require('node:worker_threads').Worker)('', { eval: true })`, 'ERR_ACCESS_DENIED'],
  ])('%s', async (_, tries, answer) => {
    const script = `const fs = require('node:fs'); try { ${tries}; console.log('done'); } catch (error) { console.log(error.code); }`;
    const { stdout } = await promisify(execFile)(process.execPath, [...CONFINED, '-e', script]);
    expect(stdout.trim()).toBe(answer);
  });
});

/** The reading processes that this one has, by what the system says of them. */
const readingProcesses = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'latin1')) ?? [];
        return Number(parent) === process.pid && readFileSync(`/proc/${name}/cmdline`, 'latin1').includes('reading-process');
      } catch {
        // It ended while it was looked at.
        return false;
      }
    })
    .map(Number);

describe('a reading process that ends by itself', () => {
  test.runIf(process.platform === 'linux').each([
    ['while it has nothing to read', true],
    ['as the next document is on its way', false],
  ])('%s is replaced, and the document is read', async (_, waits) => {
    const before = new Set(readingProcesses());
    const small = createDocumentReader();
    await small.read(bytesOf('Patient: Ana Lund'));
    const [own = 0] = readingProcesses().filter((id) => !before.has(id));
    process.kill(own, 'SIGKILL');
    if (waits) await expect.poll(() => readingProcesses().includes(own)).toBe(false);
    expect(why(await small.read(bytesOf('Patient: Ana Lund')))).toBe('read');
    expect(small.restarts()).toBe(1);
    const [next = 0] = readingProcesses().filter((id) => !before.has(id));
    process.kill(next, 'SIGKILL');
    await expect.poll(() => readingProcesses().includes(next)).toBe(false);
    await small.close();
  });
});

test('a page that unfolds to a thousand times its size ends the reading process and nothing else', async () => {
  const small = createDocumentReader({ ...READER_LIMITS, milliseconds: 8000, memory: 300 * 1024 * 1024 });
  const words = Buffer.from('BT /F1 12 Tf (a) Tj ET\n'.repeat(100_000));
  const bomb = pdfWith(deflateSync(deflateSync(Buffer.concat(Array.from({ length: 20 }, () => words)))), '[/FlateDecode /FlateDecode]');
  expect(bomb.byteLength).toBeLessThan(100_000);
  expect(['took-too-long', 'too-much-memory', 'too-large', 'broken']).toContain(why(await small.read(bomb)));
  expect(why(await small.read(await pdfNote(CARDIOLOGY_NOTE)))).toBe('read');
  await small.close();
});
