/** What the page asks of Refloop. Nothing of it needs a session; what the link was opened to goes in the body, never in an address. */
import type { Result } from '@refloop/domain/result';
import type { PatientAnswer, PatientRequest, PatientSideName } from '@refloop/server/client/patient';
import { type ApiFailure, openApi } from '../session/api.ts';

type Answer = Promise<Result<PatientAnswer, ApiFailure>>;

export type PatientApi = {
  /** @param born a day, `1985-03-27` @param phone of whoever opens it; empty where it is not asked for */
  open: (link: string, born: string, as: PatientSideName, phone: string) => Answer;
  /** @param key of this press: sent again where no answer came, it is done once */
  act: (opened: string, key: string, what: PatientRequest) => Answer;
};

export function openPatientApi(): PatientApi {
  const api = openApi();
  const post = (path: string, body: unknown) => api.call<PatientAnswer>(path, { method: 'POST', body });
  return {
    open: (link, born, as, phone) => post('/patient/open', { link, born, as, ...(phone === '' ? {} : { phone }) }),
    act: (opened, key, what) => post('/patient/acts', { opened, key, what }),
  };
}
