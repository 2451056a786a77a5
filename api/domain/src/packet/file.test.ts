import { describe, expect, test } from 'vitest';
import type { FhirResource } from '../fhir/read.ts';
import { type FileKind, fileOf, hasFile, kindOf } from './file.ts';

const bytes = (...parts: (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (letter) => letter.charCodeAt(0)) : [...part])));
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

describe('what a file is, by its own bytes', () => {
  test.each<[string, FileKind | undefined, Uint8Array]>([
    ['a JPEG', 'jpeg', bytes([0xff, 0xd8, 0xff, 0xe0])],
    ['a PNG', 'png', bytes([0x89], 'PNG\r\n', [0x1a], '\n', zeros(8))],
    ['a PDF', 'pdf', bytes('%PDF-1.7\n')],
    ['a TIFF, little-endian', 'tiff', bytes('II', [0x2a, 0])],
    ['a TIFF, big-endian', 'tiff', bytes('MM', [0, 0x2a])],
    ['a DICOM file', 'dicom', bytes(zeros(128), 'DICM')],
    ['nothing', undefined, bytes()],
    ['a page of HTML', undefined, bytes('<!doctype html><script>')],
    ['a program for Windows', undefined, bytes('MZ', [0x90, 0])],
    ['an SVG, which may hold a program', undefined, bytes('<svg xmlns="http://www.w3.org/2000/svg">')],
    ['a ZIP', undefined, bytes('PK', [3, 4])],
    ['a PDF behind something else', undefined, bytes('<html>%PDF-1.7')],
    ['the beginning of a PNG alone', undefined, bytes([0x89], 'PNG')],
    ['“DICM” in the wrong place', undefined, bytes('DICM', zeros(200))],
  ])('%s', (_, kind, file) => expect(kindOf(file)).toBe(kind));
});

const entry = (attachments: object[], resourceType = 'DocumentReference'): FhirResource => ({
  resourceType,
  id: 'd1',
  ...(resourceType === 'DiagnosticReport'
    ? { presentedForm: attachments }
    : { content: attachments.map((attachment) => ({ attachment })) }),
});
const words = { contentType: 'text/plain; charset=utf-8', data: 'V29yZHM=' };
const image = { contentType: 'image/png', data: 'iVBORw==' };
const scan = { contentType: 'application/pdf', url: 'Binary/scan' };

describe('the file of an entry', () => {
  test('of several forms of one document the one that most can open comes first', () => {
    expect(fileOf(entry([words, scan, image]))).toEqual({
      kind: 'file',
      forms: [
        { kind: 'inline', base64: 'iVBORw==' },
        { kind: 'address', url: 'Binary/scan' },
      ],
    });
  });

  test.each<[string, FhirResource, ReturnType<typeof fileOf>['kind'], boolean]>([
    ['a report with a scan', entry([scan], 'DiagnosticReport'), 'file', true],
    ['what says nothing of its type', entry([{ url: 'Binary/1' }]), 'file', true],
    ['words that were read', entry([words]), 'words', false],
    ['words that were not', entry([{ contentType: 'text/html', url: 'Binary/1' }]), 'words-elsewhere', true],
    ['a C-CDA document that was not', entry([{ contentType: 'application/hl7-v3+xml', url: 'Binary/1' }]), 'words-elsewhere', true],
    ['an entry without anything', entry([{ contentType: 'image/png' }]), 'none', false],
    ['an entry of another type', { ...entry([scan]), resourceType: 'Observation' }, 'none', false],
  ])('%s', (_, resource, kind, has) => {
    expect(fileOf(resource).kind).toBe(kind);
    expect(hasFile(resource)).toBe(has);
  });
});
