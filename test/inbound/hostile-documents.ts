/** Documents that somebody made to break a reader, and documents that broke on their way: each made from a seed. */
import { readdirSync, readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { type Random, randomFrom } from '@refloop/launch/synthetic/random';
import { mailWith } from '@refloop/server/inbound/test-mail';
import { CARDIOLOGY_NOTE, HL7_CONSULTATION, pdfNote } from '@refloop/server/inbound/test-notes';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

/** What goes into the middle of a document. */
const PIECES: readonly Buffer[] = [
  '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
  '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>',
  '&x;&lol9;&#0;&#xFFFFFFFF;&amp;&#60;',
  '<a>'.repeat(400),
  '</section></component></structuredBody>',
  '<![CDATA[',
  ']]>',
  '<?xml version="1.0" encoding="UTF-7"?>',
  'xmlns:x="' + 'y'.repeat(5000) + '"',
  ' '.repeat(4000) + ':' + ' '.repeat(4000),
  'Patient: ' + 'a '.repeat(3000),
  'DOB: 1/1/'.repeat(800),
  'NPI'.repeat(2000),
  '/Filter [/FlateDecode /FlateDecode /LZWDecode /ASCII85Decode /RunLengthDecode]',
  '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999999 >>',
  '<< /Type /ObjStm /N 1000000 /First 10 >>',
  '1 0 obj << /Length 1 0 R >> stream\n',
  'startxref\n0\n%%EOF',
  '/Prev 9 /XRefStm 9 /Size 2147483647',
  '(' + '('.repeat(3000),
  '[' + '['.repeat(3000),
  'BT /F1 1e308 Tf 1e308 0 0 1e308 1e308 1e308 Tm (x) Tj ET ',
  '/JavaScript /JS (app.alert(1)) /OpenAction /Launch /URI (file:///etc/passwd)',
  '\x00\xff\xfe\x01'.repeat(200),
  'PK\x03\x04',
].map(latin);

/** A PDF by hand around one stream. */
function aroundStream(stream: Buffer, filter: string, more: string): Buffer {
  const head = `%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R ${more} >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n4 0 obj\n<< /Length ${stream.length} /Filter ${filter} >>\nstream\n`;
  return Buffer.concat([latin(head), stream, latin('\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF')]);
}

/** What other systems wrote (fixtures/README.md). */
const FIXTURES = new URL('./fixtures/', import.meta.url);
const FOREIGN = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.xml'))
  .map((name) => readFileSync(new URL(name, FIXTURES)));

export type HostileDocuments = (seed: number) => Buffer;

/** Good documents to begin with. */
export async function hostileDocuments(): Promise<HostileDocuments> {
  const good = [
    Buffer.from(await pdfNote(CARDIOLOGY_NOTE)),
    Buffer.from(await pdfNote([['Impression:', 'All well.']])),
    ...[1, 2, 3, 4].map(() => Buffer.from(HL7_CONSULTATION)),
    ...FOREIGN,
    ...[1, 2].map(() => Buffer.from(CARDIOLOGY_NOTE.flat().join('\n'))),
    Buffer.from(mailWith([Buffer.from(CARDIOLOGY_NOTE.flat().join('\n')), await pdfNote(CARDIOLOGY_NOTE), Buffer.from(HL7_CONSULTATION)])),
    Buffer.from(mailWith([Buffer.from(mailWith([await pdfNote(CARDIOLOGY_NOTE)]))], 'message/rfc822')),
    aroundStream(latin('BT /F1 12 Tf 72 720 Td (Assessment: well) Tj ET'), 'null', ''),
  ];
  return (seed) => {
    const random = randomFrom(`hostile document ${seed}`);
    if (random.next() < 0.02) return noise(random);
    if (random.next() < 0.005) return unfolding(random);
    if (random.next() < 0.05) return drawn(random);
    let document = random.pick(good);
    // What stays well formed gets past the parser, to what reads the tree.
    if (document.subarray(0, 5).toString('latin1') === '<?xml' && random.next() < 0.6) return wellFormed(document, random);
    for (let changes = random.integer(1, 6); changes > 0; changes -= 1) document = changed(document, random);
    return document;
  };
}

const noise = (random: Random): Buffer => Buffer.from(Array.from({ length: random.integer(0, 4000) }, () => random.integer(0, 255)));

/** Small where it lies and large where it is unfolded; a few hundred kilobytes, so that many can be tried. */
function unfolding(random: Random): Buffer {
  const words = latin('BT /F1 12 Tf (a) Tj ET\n'.repeat(random.integer(1, 20_000)));
  return random.next() < 0.5
    ? aroundStream(deflateSync(deflateSync(words)), '[/FlateDecode /FlateDecode]', '')
    : aroundStream(
        deflateSync(words),
        '/FlateDecode',
        '/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (while(true){}) >>] >> >>',
      );
}

/** What a page may hold, in any order and number. */
const OPERATORS: readonly string[] = [
  'BT /F1 12 Tf 72 720 Td (Assessment: well) Tj ET',
  'BT /F9 12 Tf (no such font) Tj ET',
  'BT /F1 0 Tf (a) Tj ET',
  'BT /F1 12 Tf 1 0 0 1 1e30 -1e30 Tm (far away) Tj ET',
  'BT /F1 12 Tf [(A) -2000000 (B) 1e308 (C)] TJ ET',
  'BT /F1 12 Tf (\\377\\000\\376 \\) unbalanced \\( ) Tj ET',
  'BT /F1 12 Tf <FEFF00410042> Tj <0> Tj <zz> Tj ET',
  'BT BT BT (nested) Tj ET',
  'q '.repeat(500),
  'Q '.repeat(500),
  '/X1 Do',
  '1 0 0 RG 0 0 m 1e308 1e308 l S',
  'BI /W 100000 /H 100000 /BPC 8 /CS /RGB ID xx EI',
  '/Span << /ActualText (Plan: other) >> BDC (shown) Tj EMC',
  '%'.repeat(1000),
  '(DOB: 1/1/1980) (DOB: 31/31/9999) (Patient: ) (NPI: 1234567893)',
];

const drawn = (random: Random): Buffer => {
  const stream = latin(Array.from({ length: random.integer(0, 60) }, () => random.pick(OPERATORS)).join('\n'));
  const packed = random.next() < 0.5;
  return aroundStream(packed ? deflateSync(stream) : stream, packed ? '/FlateDecode' : 'null', '');
};

/** Values that an attribute or a text may have and still be XML. */
const WORDS: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '00000000',
  '99999999',
  '19750501120000.0000-2500',
  '2.16.840.1.113883.4.6',
  'constructor',
  '__proto__',
  'nullFlavor',
  '&amp;lt;script&amp;gt;',
  '&#x202E;&#xFEFF;&#x10FFFF;',
  'a'.repeat(20_000),
  'Assessment: '.repeat(200),
  '\n'.repeat(500),
];

/** A few leaves of the tree become others, are gone, are many, or lie deep; it stays XML. */
function wellFormed(document: Buffer, random: Random): Buffer {
  let text = document.toString('utf8');
  for (let changes = random.integer(1, 8); changes > 0; changes -= 1) {
    const leaf = /<([A-Za-z][\w:]*)\b[^<>]*(?:\/>|>[^<]*<\/\1>)/g;
    const attribute = /="[^"<]*"(?=[^<]*>)/g;
    const words = />[^<>]+</g;
    const kind = random.integer(0, 4);
    const pattern = kind === 0 ? attribute : kind === 1 ? words : leaf;
    pattern.lastIndex = random.integer(200, Math.max(200, text.length - 200));
    const found = pattern.exec(text);
    if (!found) continue;
    const [whole] = found;
    const put = (): string => {
      if (kind === 0) return `="${random.pick(WORDS)}"`;
      if (kind === 1) return `>${random.pick(WORDS)}<`;
      if (kind === 2) return '';
      if (kind === 3) return whole.repeat(random.pick([2, 20, 400]));
      const depth = random.pick([1, 30, 110]);
      return '<section>'.repeat(depth) + whole + '</section>'.repeat(depth);
    };
    text = text.slice(0, found.index) + put() + text.slice(found.index + whole.length);
  }
  return Buffer.from(text);
}

function changed(document: Buffer, random: Random): Buffer {
  const at = random.integer(0, Math.max(0, document.length - 1));
  const to = Math.min(document.length, at + random.integer(1, 200));
  switch (random.integer(0, 6)) {
    case 0: {
      const copy = Buffer.from(document);
      for (let flips = random.integer(1, 12); flips > 0 && copy.length > 0; flips -= 1)
        copy[random.integer(0, copy.length - 1)] = random.integer(0, 255);
      return copy;
    }
    case 1:
      return document.subarray(0, at);
    case 2:
      return Buffer.concat([document.subarray(0, at), document.subarray(to)]);
    case 3:
      return Buffer.concat([document.subarray(0, to), document.subarray(at)]);
    case 4:
      return Buffer.concat([document.subarray(0, at), random.pick(PIECES), document.subarray(at)]);
    case 5: {
      // A number of the document becomes another, often a large one.
      const text = document.toString('latin1');
      const digits = /\d+/g;
      digits.lastIndex = at;
      const found = digits.exec(text);
      if (!found) return document;
      const number = random.pick(['0', '-1', '65536', '2147483648', '99999999999999999999', '1e400']);
      return latin(text.slice(0, found.index) + number + text.slice(found.index + found[0].length));
    }
    default:
      return Buffer.concat([random.pick(PIECES), document]);
  }
}
