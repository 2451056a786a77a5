/** For tests: an EHR that answers `fetch` in this process. What it answers can be changed; what it was asked is kept. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { Site } from '../sites.ts';
import type { Fetch } from './ehr-request.ts';

export type Signer = { jwk: JWK; sign: (claims: Record<string, unknown>) => Promise<string> };

export async function newSigner(kid: string, algorithm = 'RS256'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
  return { jwk, sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' }).sign(privateKey) };
}

export type TestEhr = {
  fetch: Fetch;
  /** Address → answer. A function sees the request; a number is a status without a body; an Error is a broken connection; a Response is itself. */
  answers: Map<string, unknown>;
  /** Every request, as `METHOD address`. */
  asked: string[];
  /** Authorization headers and bodies that were sent along, for looking at where tokens went. */
  sent: { url: string; authorization: string | null; body: string; redirect: string | undefined }[];
};

/** An EHR at `site.iss` whose id_tokens `signer` signs; introspection is not offered until an answer says so. */
export function testEhr(site: Site, issuer: string, keys: JWK[]): TestEhr {
  const answers = new Map<string, unknown>([
    [`${site.iss}/.well-known/smart-configuration`, { issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` }],
    [`${issuer}/.well-known/openid-configuration`, { issuer, jwks_uri: `${issuer}/jwks` }],
    [`${issuer}/jwks`, { keys }],
    [`${site.iss}/Patient/pat-1`, { resourceType: 'Patient', id: 'pat-1' }],
    [
      `${site.iss}/Practitioner/dr-lee`,
      { resourceType: 'Practitioner', id: 'dr-lee', name: [{ family: 'Lee', given: ['Robin'], suffix: ['MD'] }] },
    ],
  ]);
  const asked: string[] = [];
  const sent: TestEhr['sent'] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push(`${init.method} ${url}`);
    const body = init.body instanceof URLSearchParams ? init.body.toString() : '';
    sent.push({ url, authorization: new Headers(init.headers).get('authorization'), body, redirect: init.redirect });
    const given = answers.get(url);
    const answer: unknown = typeof given === 'function' ? (given as (body: string) => unknown)(body) : given;
    if (answer instanceof Error) throw answer;
    if (answer instanceof Response) {
      const location = answer.headers.get('location');
      if (location !== null && init.redirect === 'error') throw new TypeError('fetch failed');
      return location !== null && init.redirect === 'follow' ? fetch(new URL(location, url).href, init) : answer;
    }
    if (answer === undefined) return new Response(null, { status: 404 });
    return typeof answer === 'number' ? new Response(null, { status: answer }) : Response.json(answer);
  };
  return { fetch, answers, asked, sent };
}
