/**
 * The environment fhirclient runs in. Its own browser adapter reads the address bar, and there the query string beats the
 * options we give; it also keeps the current launch under one global key, so that a second launch takes the first one's
 * place. Ours hands it an address without a query and stores each launch under its own state alone.
 */
import type Client from 'fhirclient/lib/Client';
import * as security from 'fhirclient/lib/security/browser';
import { authorize, ready } from 'fhirclient/lib/smart';
import type { fhirclient } from 'fhirclient/lib/types';
import { launchStorage } from './launch-storage.ts';

const base64url = (text: string): string => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

function bytesToBinary(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

const storage: fhirclient.Storage = {
  get: async (key: string) => {
    const text = launchStorage().get(key);
    return text === null ? null : JSON.parse(text);
  },
  set: async (key: string, value: unknown) => {
    launchStorage().set(key, JSON.stringify(value));
    return value;
  },
  unset: async (key: string) => launchStorage().remove(key),
};

/** @param path the page's own path, without a query */
function environment(path: string): fhirclient.Adapter {
  return {
    options: {
      // One launch, one key: nothing is kept under fhirclient's global key, so launches cannot meet.
      fullSessionStorageSupport: false,
      replaceBrowserHistory: false,
      refreshTokenWithClientId: true,
    },
    security,
    getUrl: () => new URL(path, location.origin),
    redirect: (to: string) => location.assign(to),
    getStorage: () => storage,
    relative: (to: string) => new URL(to, location.origin + path).href,
    btoa: (text: string) => btoa(text),
    atob: (text: string) => atob(text),
    base64urlencode: (input: string | Uint8Array) => base64url(typeof input === 'string' ? input : bytesToBinary(input)),
    base64urldecode: (input: string) => atob(input.replaceAll('-', '+').replaceAll('_', '/')),
    getAbortController: () => AbortController,
    getSmartApi: () => {
      throw new Error('The app calls authorize and ready itself');
    },
  };
}

export const authorizeLaunch = (options: fhirclient.AuthorizeParams): Promise<string | void> => authorize(environment('/launch'), options);

export const completeLaunch = (stateKey: string, code?: string): Promise<Client> =>
  ready(environment('/app'), code === undefined ? { stateKey } : { stateKey, code });

/** Forgets the tokens of one launch. */
export const forgetLaunch = (stateKey: string): boolean => launchStorage().remove(stateKey);
