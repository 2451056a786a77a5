/** The two halves of an EHR launch: out to the authorization server, and back with a code. */
import { ok, type Result, refuse } from '@refloop/domain/result';
import type Client from 'fhirclient/lib/Client';
import type { Failure } from './failure.ts';
import { launchStorage } from './launch-storage.ts';
import { type LaunchRequest, readRedirectUrl } from './launch-url.ts';
import { authorizeLaunch, completeLaunch, forgetLaunch } from './smart-environment.ts';

/** 244 random bits; SMART asks for at least 122, fhirclient's own has about 95 from Math.random. */
const newStateKey = (): string => `${crypto.randomUUID()}${crypto.randomUUID()}`.replaceAll('-', '');

const within = (milliseconds: number): RequestInit => ({ signal: AbortSignal.timeout(milliseconds) });

/** Leaves the page for the EHR's authorization endpoint; returns only when that did not work. */
export async function beginLaunch({ site, launch }: LaunchRequest): Promise<Failure | undefined> {
  try {
    await authorizeLaunch({
      iss: site.iss,
      launch,
      clientId: site.clientId,
      scope: site.scopes,
      redirectUri: `${location.origin}/app`,
      pkceMode: 'required',
      completeInTarget: true,
      stateKey: newStateKey(),
      wellKnownRequestOptions: within(10_000),
      conformanceRequestOptions: within(10_000),
    });
    return undefined;
  } catch (error) {
    if (error instanceof DOMException && (error.name === 'SecurityError' || error.name === 'QuotaExceededError')) {
      return { kind: 'storage-blocked' };
    }
    const message = error instanceof Error ? error.message : '';
    return message.includes('PKCE')
      ? { kind: 'ehr-unreachable', detail: 'The EHR does not offer the protected sign-in (PKCE with S256) that Refloop requires.' }
      : { kind: 'ehr-unreachable', detail: 'The EHR did not say where to sign in.' };
  }
}

export type CompletedLaunch = { client: Client; stateKey: string; reloaded: boolean };

const EXPIRED = /invalid_grant|expired|400|401/i;

async function complete(): Promise<Result<CompletedLaunch, Failure>> {
  const answer = readRedirectUrl(location.search);
  // The address is cleaned before anything else; the launch's key lives on in this history entry, for a reload.
  const kept: unknown = history.state;
  const keptKey = typeof kept === 'object' && kept !== null && 'launch' in kept ? String(kept.launch) : undefined;
  const stateKey = answer.kind === 'code' ? answer.state : answer.kind === 'none' ? keptKey : undefined;
  history.replaceState(stateKey ? { launch: stateKey } : null, '', location.pathname);
  if (answer.kind === 'error') {
    return refuse(
      answer.error === 'invalid_request' || /expired|launch/i.test(answer.description)
        ? { kind: 'launch-expired', detail: 'The EHR says that this launch is not valid any more.' }
        : { kind: 'access-denied', detail: `The EHR answered “${answer.error.slice(0, 60)}”.` },
    );
  }
  if (!stateKey) return refuse({ kind: 'no-launch' });
  try {
    if (launchStorage().get(stateKey) === null) return refuse({ kind: 'no-launch' });
    const client = await completeLaunch(stateKey, answer.kind === 'code' ? answer.code : undefined);
    if (!client.state.tokenResponse?.access_token) return refuse({ kind: 'launch-expired', detail: '' });
    return ok({ client, stateKey, reloaded: answer.kind === 'none' });
  } catch (error) {
    forgetLaunch(stateKey);
    const message = error instanceof Error ? error.message : '';
    return refuse(
      EXPIRED.test(message)
        ? { kind: 'launch-expired', detail: '' }
        : { kind: 'launch-expired', detail: 'The EHR did not answer when the launch was to be completed.' },
    );
  }
}

let completed: Promise<Result<CompletedLaunch, Failure>> | undefined;

/** One promise a page, outside React: a second exchange of the same code would find it used. */
export const completedLaunch = (): Promise<Result<CompletedLaunch, Failure>> => {
  completed ??= complete();
  return completed;
};
