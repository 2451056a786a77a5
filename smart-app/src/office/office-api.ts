/** What the page asks of Refloop. Nothing of it needs a session; what the link was opened to goes in the body, never in an address. */
import type { Result } from '@refloop/domain/result';
import type { OfficeAnswer, OfficeRequest } from '@refloop/server/client/office';
import { type ApiFailure, openApi } from '../session/api.ts';

type Answer = Promise<Result<OfficeAnswer, ApiFailure>>;

/** A note of ten megabytes over a slow line. */
const UPLOAD_MILLISECONDS = 120_000;

export type OfficeApi = {
  open: (link: string, npi: string) => Answer;
  /** @param key of this press: sent again where no answer came, it is done once */
  act: (opened: string, key: string, what: OfficeRequest) => Answer;
  view: (opened: string) => Answer;
  packet: (opened: string) => Promise<Result<Blob, ApiFailure>>;
};

export function openOfficeApi(): OfficeApi {
  const api = openApi();
  const post = (path: string, body: unknown, milliseconds?: number) =>
    api.call<OfficeAnswer>(path, { method: 'POST', body, ...(milliseconds === undefined ? {} : { milliseconds }) });
  return {
    open: (link, npi) => post('/office/open', { link, npi }),
    act: (opened, key, what) => post('/office/acts', { opened, key, what }, what.act === 'note' ? UPLOAD_MILLISECONDS : undefined),
    view: (opened) => post('/office/view', { opened }),
    packet: (opened) => api.file('/office/packet', { method: 'POST', body: { opened } }),
  };
}
