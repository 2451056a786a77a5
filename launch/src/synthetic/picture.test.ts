import { inflateSync } from 'node:zlib';
import type { DiagnosticReport } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { syntheticPicture } from './picture.ts';
import { ofType } from './test-charts.ts';

/** Dots of full white, which nothing but the letters has. */
function inkOf(picture: Buffer): number {
  const at = picture.indexOf('IDAT');
  const rows = inflateSync(picture.subarray(at + 4, at + 4 + picture.readUInt32BE(at - 4)));
  return rows.filter((dot) => dot === 255).length;
}

test('the same seed draws the same picture, another one another, and each says that it is synthetic', () => {
  expect(syntheticPicture('a').equals(syntheticPicture('a'))).toBe(true);
  expect(syntheticPicture('a').equals(syntheticPicture('b'))).toBe(false);
  // SYNTHETIC has 123 dots in letters of five by seven, each four by four here.
  expect([inkOf(syntheticPicture('a')), inkOf(syntheticPicture('b'))]).toEqual([123 * 16, 123 * 16]);
});

test('every report of an X-ray or a scan has its picture, and a tracing of the heart the page of it', () => {
  const reports = ofType<DiagnosticReport>('DiagnosticReport');
  const of = (code: string) => reports.filter(({ category }) => category?.some(({ coding }) => coding?.some((each) => each.code === code)));
  const types = (report: DiagnosticReport) => (report.presentedForm ?? []).map(({ contentType }) => contentType);
  expect(of('RAD').length).toBeGreaterThan(5);
  for (const report of of('RAD')) expect(types(report)).toEqual(['text/plain', 'image/png']);
  for (const report of of('EC')) expect(types(report)).toEqual(['text/plain', 'application/pdf']);
});
