/** The metrics that each view asks for while it is shown: what an export of the view holds. */
import type { Api } from '../session/api.ts';

const METRIC = /^\/insights\/metrics\/([a-z0-9_]+)/;

export type AskedMetrics = {
  /** The same one for the same view: whoever depends on it asks once. */
  apiOf: (view: string) => Api;
  /** Each metric once, in the order in which it was first asked for. */
  idsOf: (view: string) => string[];
};

/** @param api the session's, through which everything is asked */
export function watchMetrics(api: Api): AskedMetrics {
  const views = new Map<string, { api: Api; asked: Set<string> }>();
  function watched(view: string): { api: Api; asked: Set<string> } {
    const known = views.get(view);
    if (known) return known;
    const asked = new Set<string>();
    const call: Api['call'] = (path, options) => {
      const id = METRIC.exec(path)?.[1];
      if (id !== undefined) asked.add(id);
      return api.call(path, options);
    };
    const made = { api: { ...api, call }, asked };
    views.set(view, made);
    return made;
  }
  return { apiOf: (view) => watched(view).api, idsOf: (view) => [...watched(view).asked] };
}
