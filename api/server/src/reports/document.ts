/** A report as what it says: headings, sentences and tables. How it looks is document-html.ts and document-pdf.ts. */
import type { Instant } from '@refloop/domain/instant';

export type ReportTable = {
  /** What it shows, with its n and its moment. */
  caption: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
};

export type ReportSection = { heading: string; paragraphs: readonly string[]; tables: readonly ReportTable[] };

export type ReportDocument = {
  title: string;
  /** What was known by then; also the date of the file. */
  asOf: Instant;
  /** Under the title. */
  lines: readonly string[];
  sections: readonly ReportSection[];
};
