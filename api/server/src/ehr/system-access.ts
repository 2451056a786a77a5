/** An EHR through Refloop's own sign-in, with what it says it honours. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { SystemAccess } from '../services/reconciliation.ts';
import { type SystemEhrDeps, systemEhr } from './system-ehr.ts';
import type { SystemTokens } from './system-token.ts';

type Statement = { rest?: { mode?: string; resource?: { type?: string; conditionalCreate?: boolean }[] }[] };

function honoursConditionalCreate(statement: Resource | undefined): (type: string) => boolean {
  const rest = (statement as Statement | undefined)?.rest?.find(({ mode }) => mode === undefined || mode === 'server');
  return (type) => rest?.resource?.find((each) => each.type === type)?.conditionalCreate === true;
}

export function systemAccess(deps: SystemEhrDeps & { tokens: SystemTokens }): SystemAccess {
  return async (site) => {
    const token = await deps.tokens(site);
    if (!token.ok) return token;
    const ehr = systemEhr(site.iss, token.value.accessToken, deps);
    const read = site.system?.completes ? await ehr.get('metadata') : undefined;
    return { ok: true, ehr, conditionalCreate: honoursConditionalCreate(read?.ok ? read.value : undefined) };
  };
}
