/** What the page asks of Refloop. Nothing of it needs a session; what the link was opened to goes in the body, never in an address. */
import type { Result } from '@refloop/domain/result';
import type { OfficeAnswer, OfficeNoteAnswer, OfficePacketForm, OfficeRequest } from '@refloop/server/client/office';
import { type ApiFailure, openApi } from '../session/api.ts';

type Answer = Promise<Result<OfficeAnswer, ApiFailure>>;

/** A note of ten megabytes over a slow line. */
const UPLOAD_MILLISECONDS = 120_000;

/** A note of the office, as it is on its computer. */
export type OfficeNote = { act: 'note'; form: 'interim' | 'final'; file: File };

export type OfficeApi = {
  open: (link: string, npi: string) => Answer;
  /** @param key of this press: sent again where no answer came, it is done once */
  act: (opened: string, key: string, what: OfficeRequest) => Answer;
  note: (opened: string, key: string, note: OfficeNote) => Promise<Result<OfficeNoteAnswer, ApiFailure>>;
  view: (opened: string) => Answer;
  packet: (opened: string, form: OfficePacketForm) => Promise<Result<Blob, ApiFailure>>;
  /** One image or document of the packet, as it came from the chart. */
  file: (opened: string, sha256: string) => Promise<Result<Blob, ApiFailure>>;
};

export function openOfficeApi(): OfficeApi {
  const api = openApi();
  const post = (path: string, body: unknown) => api.call<OfficeAnswer>(path, { method: 'POST', body });
  return {
    open: (link, npi) => post('/office/open', { link, npi }),
    act: (opened, key, what) => post('/office/acts', { opened, key, what }),
    note: (opened, key, { form, file }) =>
      api.call(`/office/notes?${new URLSearchParams({ form, key }).toString()}`, {
        method: 'POST',
        upload: { file, type: 'application/pdf', bearer: opened },
        milliseconds: UPLOAD_MILLISECONDS,
      }),
    view: (opened) => post('/office/view', { opened }),
    packet: (opened, form) => api.file(form === 'pdf' ? '/office/packet' : `/office/packet/${form}`, { method: 'POST', body: { opened } }),
    file: (opened, sha256) => api.file('/office/packet/file', { method: 'POST', body: { opened, sha256 } }),
  };
}
