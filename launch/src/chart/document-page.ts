/** A document of the chart to read: text on the page, anything else to download. */
import type { Attachment, Binary, DocumentReference, Patient } from '@medplum/fhirtypes';
import { html } from 'hono/html';
import type { SandboxUser } from '../auth/users.ts';
import type { Repository, Stored } from '../fhir/repository.ts';
import { type BannerFacts, patientBanner } from './banner.ts';
import { findResource } from './find.ts';
import { type Html, page } from './layout.ts';
import { documentTitle } from './sections.ts';
import { conceptText, patientName, timeText } from './wording.ts';

export type DocumentContent = { contentType: string; bytes: Buffer };

/** The bytes of an attachment: within it, or in the Binary it points to. Undefined where they lie elsewhere. */
export async function loadContent(repository: Repository, attachment: Attachment | undefined): Promise<DocumentContent | undefined> {
  if (attachment?.data !== undefined) {
    return { contentType: attachment.contentType ?? 'application/octet-stream', bytes: Buffer.from(attachment.data, 'base64') };
  }
  const id = /(?:^|\/)Binary\/([A-Za-z0-9.-]{1,64})$/.exec(attachment?.url ?? '')?.[1];
  const binary = id === undefined ? undefined : await findResource<Binary>(repository, 'Binary', id);
  return binary?.data === undefined ? undefined : { contentType: binary.contentType, bytes: Buffer.from(binary.data, 'base64') };
}

const isText = (contentType: string): boolean => /^text\/plain\b/i.test(contentType);

const body = (content: DocumentContent | undefined, address: string): Html => {
  if (!content) return html`<p class="empty">This document has no content here.</p>`;
  if (isText(content.contentType)) return html`<div class="document-text">${content.bytes.toString('utf8')}</div>`;
  return html`<p><a class="button" href="${address}/content">Download (${content.contentType.split(';')[0] ?? ''})</a></p>`;
};

export const documentPage = (options: {
  user: SandboxUser;
  banner: BannerFacts;
  document: Stored<DocumentReference>;
  authors: string;
  content: DocumentContent | undefined;
  /** Who wrote it and when; undefined for what came with the loaded charts. */
  written: string | undefined;
  today: Date;
}): Html => {
  const patient: Stored<Patient> = options.banner.patient;
  const { document } = options;
  const kind = conceptText(document.type);
  return page(
    { title: `${documentTitle(document)}, ${patientName(patient)}`, user: options.user, current: 'patients' },
    html`${patientBanner(options.banner, options.today)}
      <p><a href="/patients/${patient.id}">Back to the chart</a></p>
      <article class="panel document">
        <h2>${documentTitle(document)}</h2>
        <p class="detail">${[kind, timeText(document.date), options.authors, document.docStatus ?? document.status].filter((part) => part !== '').join(' · ')}</p>
        ${options.written === undefined ? '' : html`<p class="written">written by ${options.written}</p>`}
        ${body(options.content, `/patients/${patient.id}/documents/${document.id}`)}
      </article>`,
  );
};
