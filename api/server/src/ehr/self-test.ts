/**
 * What this EHR really answers Refloop, asked from where Refloop stands: the sign-in's description, its keys, Refloop's own access, and
 * the searches that a write-back is looked for by. Nothing is written, and nothing of a patient is asked for.
 */
import type { EhrPort } from '@refloop/domain/fhir/ehr-port';
import {
  MESSAGE_IDENTIFIER_SYSTEM,
  NOTE_IDENTIFIER_SYSTEM,
  REFERRAL_IDENTIFIER_SYSTEM,
  TASK_IDENTIFIER_SYSTEM,
} from '@refloop/domain/write-back/identifiers';
import type { EhrCheck, EhrSelfTest } from '../client/admin.ts';
import { createDiscovery } from '../sessions/discovery.ts';
import type { Site } from '../sites.ts';
import { type SystemEhrDeps, systemEhr } from './system-ehr.ts';
import { createSystemTokens } from './system-token.ts';

export type SelfTestDeps = SystemEhrDeps & { production: boolean; now: () => Date; randomId: () => string };

type Said = { good: boolean; detail: string };

/** A search for something nobody has: an EHR that searches by identifier finds nothing, one that ignores the parameter finds something. */
const SEARCHES: readonly { type: string; system: string; word: string }[] = [
  { type: 'ServiceRequest', system: REFERRAL_IDENTIFIER_SYSTEM, word: 'order' },
  { type: 'DocumentReference', system: NOTE_IDENTIFIER_SYSTEM, word: 'note' },
  { type: 'Communication', system: MESSAGE_IDENTIFIER_SYSTEM, word: 'message' },
  { type: 'Task', system: TASK_IDENTIFIER_SYSTEM, word: 'task' },
];

async function searchesByIdentifier(ehr: EhrPort, type: string, system: string, id: string): Promise<Said> {
  const asked = await ehr.get(`${type}?identifier=${encodeURIComponent(`${system}|${id}`)}&_count=1`);
  if (!asked.ok) {
    const { refusal } = asked;
    const why =
      refusal.kind === 'http' ? `answered ${refusal.status}` : refusal.kind === 'signed-out' ? 'refused the access' : 'did not answer';
    return { good: false, detail: `The EHR ${why}. After a lost answer Refloop looks through the patient’s entries instead.` };
  }
  const entries = Array.isArray(asked.value['entry']) ? asked.value['entry'].length : 0;
  return entries === 0
    ? { good: true, detail: 'After a lost answer Refloop finds what it wrote in one look.' }
    : {
        good: false,
        detail: 'The EHR found entries for an identifier nobody has, so it does not search by it. Refloop looks at what it finds.',
      };
}

/** Asks one after the other, each timed; what cannot be asked because an earlier one failed is said to be so. */
export async function selfTest(site: Site, deps: SelfTestDeps): Promise<EhrSelfTest> {
  const { fetch, now, production } = deps;
  // Of its own: what the rest of Refloop keeps for hours is what the EHR said then.
  const discovery = createDiscovery({ fetch, now, sites: [site], production });
  const tokens = createSystemTokens({ fetch, discovery, now });
  const checks: EhrCheck[] = [];
  const ask = async (name: string, technical: string, question: () => Promise<Said>): Promise<boolean> => {
    const started = performance.now();
    const { good, detail } = await question();
    const milliseconds = Math.round(performance.now() - started);
    checks.push({ name, technical, answer: good ? 'good' : 'bad', detail, milliseconds });
    return good;
  };
  const skip = (name: string, technical: string, detail: string): void => {
    checks.push({ name, technical, answer: 'not-asked', detail, milliseconds: 0 });
  };

  const described = await ask('The sign-in is described', '.well-known/smart-configuration', async () => {
    const found = await discovery.of(site);
    return found.ok ? { good: true, detail: `Issuer ${found.value.issuer}.` } : { good: false, detail: found.refusal.detail };
  });
  if (described) {
    await ask('Its keys can be read', 'jwks_uri', async () => {
      const keys = await discovery.keys(site, undefined);
      return keys.ok ? { good: true, detail: `${keys.value.keys.length} published.` } : { good: false, detail: keys.refusal.detail };
    });
  } else skip('Its keys can be read', 'jwks_uri', 'The sign-in is not described.');

  const searches = SEARCHES.map(({ type, system, word }) => ({
    name: `The ${word} can be found by Refloop’s identifier`,
    technical: `${type}?identifier=`,
    type,
    system,
  }));
  if (!site.system) {
    const why =
      'The site entry gives Refloop no access of its own (system), so a write-back whose window went away waits for its clinician.';
    skip('Refloop’s own access', 'client_credentials', why);
    for (const each of searches) skip(each.name, each.technical, 'Refloop has no access of its own.');
    return { at: deps.now().toISOString(), checks };
  }
  let ehr: EhrPort | undefined;
  await ask('Refloop’s own access', 'client_credentials', async () => {
    const token = await tokens(site);
    if (!token.ok) return { good: false, detail: `It was not given: ${token.why}.` };
    ehr = systemEhr(site.iss, token.value.accessToken, deps);
    return { good: true, detail: `Granted: ${token.value.scopes.join(' ')}.` };
  });
  for (const { name, technical, type, system } of searches) {
    const open = ehr;
    if (open) await ask(name, technical, () => searchesByIdentifier(open, type, system, deps.randomId()));
    else skip(name, technical, 'Refloop’s own access was not given.');
  }
  return { at: deps.now().toISOString(), checks };
}
