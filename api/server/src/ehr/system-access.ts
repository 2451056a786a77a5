/** An EHR through Refloop's own sign-in, with what it offers and what was granted. */
import type { EhrFailure, EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import type { Site } from '../sites.ts';
import { type SystemEhrDeps, systemEhr } from './system-ehr.ts';
import type { SystemTokens } from './system-token.ts';

/** FHIR R4 TypeRestfulInteraction, as far as Refloop's own access uses them. */
export type Interaction = 'read' | 'search-type' | 'create' | 'update';

export type OwnAccess = (site: Site) => Promise<
  | {
      ok: true;
      ehr: EhrPort;
      conditionalCreate: (type: string) => boolean;
      /** Offered by its CapabilityStatement and granted to us; false where it makes no statement. */
      may: (type: string, interaction: Interaction) => boolean;
    }
  /** For now: not signed in, or what the EHR offers could not be read. */
  | { ok: false; why: string }
>;

type Statement = {
  rest?: { mode?: string; resource?: { type?: string; conditionalCreate?: boolean; interaction?: { code?: string }[] }[] }[];
};

type Offer = NonNullable<NonNullable<Statement['rest']>[number]['resource']>[number];

const offerOf = (statement: Resource | undefined, type: string): Offer | undefined =>
  (statement as Statement | undefined)?.rest
    ?.find(({ mode }) => mode === undefined || mode === 'server')
    ?.resource?.find((each) => each.type === type);

/** The letters of SMART App Launch 2.2 scopes; version 1 said read and write. */
const LETTERS: Record<Interaction, string> = { create: 'c', read: 'r', update: 'u', 'search-type': 's' };
const VERSION_1: Readonly<Record<string, string>> = { read: 'rs', write: 'cu', '*': 'crus' };

function granted(scopes: readonly string[], type: string, interaction: Interaction): boolean {
  return scopes.some((scope) => {
    const [, of, words = ''] = /^system\/([A-Za-z]+|\*)\.([a-z]+|\*)(?:\?.*)?$/.exec(scope) ?? [];
    return (of === type || of === '*') && (VERSION_1[words] ?? words).includes(LETTERS[interaction]);
  });
}

const makesNone = (refusal: EhrFailure): boolean => refusal.kind === 'http' && [403, 404, 410].includes(refusal.status);

/** What an EHR offers changes with its releases. */
const STATED_FOR_MS = 3_600_000;

export function systemAccess(deps: SystemEhrDeps & { tokens: SystemTokens; now: () => Date }): OwnAccess {
  const stated = new Map<string, { statement: Resource; until: number }>();

  async function statementOf(site: Site, ehr: EhrPort): Promise<Resource | undefined | 'unread'> {
    const known = stated.get(site.iss);
    if (known && known.until > deps.now().getTime()) return known.statement;
    const read = await ehr.get('metadata');
    // An EHR without a statement offers nothing; of one that does not answer now nothing is known.
    if (!read.ok) return known?.statement ?? (makesNone(read.refusal) ? undefined : 'unread');
    stated.set(site.iss, { statement: read.value, until: deps.now().getTime() + STATED_FOR_MS });
    return read.value;
  }

  return async (site) => {
    const token = await deps.tokens(site);
    if (!token.ok) return token;
    const ehr = systemEhr(site.iss, token.value.accessToken, deps);
    const writes = site.system?.completes === true || site.system?.tracks === true;
    const statement = writes ? await statementOf(site, ehr) : undefined;
    if (statement === 'unread') return { ok: false, why: 'what it offers (metadata) could not be read' };
    return {
      ok: true,
      ehr,
      conditionalCreate: (type) => offerOf(statement, type)?.conditionalCreate === true,
      may: (type, interaction) =>
        offerOf(statement, type)?.interaction?.some(({ code }) => code === interaction) === true &&
        granted(token.value.scopes, type, interaction),
    };
  };
}
