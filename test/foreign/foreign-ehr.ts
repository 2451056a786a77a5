/** The foreign EHR as a whole: FHIR base with a path, an issuer elsewhere, and a launcher page of its own origin. */
import { type Authorization, CLIENT_ID, type Launch, openAuthorization } from './authorization.ts';
import type { Person } from './chart.ts';
import { type FhirServer, openFhirServer } from './fhir.ts';
import { type Handler, listen } from './http-server.ts';
import { SPARSE, type Traits } from './traits.ts';

/** One entry of a REFLOOP_SITES file. */
export type SiteEntry = { tenant: string; name: string; iss: string; clientId: string; [field: string]: unknown };

export type ForeignEhr = {
  iss: string;
  issuer: string;
  /** Origin of the page that frames apps; another than the FHIR server's. */
  launcher: string;
  authorization: Authorization;
  fhir: FhirServer;
  /** What a site enters for this EHR; `more` replaces or adds fields. */
  siteEntry: (tenant: string, more?: Record<string, unknown>) => SiteEntry;
  /** Where the launcher sends the browser, and where the authorization server may send it back to. */
  registerApp: (refloop: string) => void;
  close: () => Promise<void>;
};

export type Options = { traits?: Partial<Traits>; people?: readonly Person[] };

const BASE_PATH = '/interop/r4/tenant-7';
const ISSUER_PATH = '/idp/realms/clinic';

/** What this server lets scripts of other origins do and see: no ETag and no Location among it. */
const cors = (request: Request): Record<string, string> => {
  const origin = request.headers.get('origin');
  return origin === null ? {} : { 'access-control-allow-origin': origin, vary: 'Origin' };
};
const preflight = (request: Request): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...cors(request),
      'access-control-allow-methods': 'GET, POST, PUT',
      'access-control-allow-headers': 'accept, authorization, content-type, if-match, if-none-exist, prefer',
    },
  });

function withCors(request: Request, response: Response): Response {
  // As gateways in front of EHRs do: what is refused for want of a token never reaches the part that adds the headers.
  if (response.status === 401) return response;
  for (const [name, value] of Object.entries(cors(request))) response.headers.set(name, value);
  return response;
}

function serverHandler(traits: Traits, authorization: Authorization, fhir: FhirServer): Handler {
  const discovery = (url: URL): Response | undefined => {
    const under = { 'at-fhir-base': BASE_PATH, 'at-issuer': ISSUER_PATH, nowhere: undefined }[traits.openid];
    if (url.pathname === `${BASE_PATH}/.well-known/smart-configuration`) return Response.json(authorization.smartConfiguration());
    if (under !== undefined && url.pathname === `${under}/.well-known/openid-configuration`)
      return Response.json(authorization.openidConfiguration());
    if (url.pathname === `${ISSUER_PATH}/keys` && traits.keysPublished) return Response.json(authorization.jwks);
    return undefined;
  };
  const login = async (url: URL, request: Request): Promise<Response | undefined> => {
    if (url.pathname === `${ISSUER_PATH}/authorize` && request.method === 'GET') return authorization.authorize(url.searchParams);
    if (request.method !== 'POST') return undefined;
    const form = (): Promise<URLSearchParams> => request.text().then((text) => new URLSearchParams(text));
    if (url.pathname === `${ISSUER_PATH}/token`) return authorization.token(await form());
    if (url.pathname === `${ISSUER_PATH}/introspect` && traits.introspection !== 'none')
      return authorization.introspect(await form(), request.headers.get('authorization'));
    return undefined;
  };
  const resource = async (url: URL, request: Request): Promise<Response> => {
    if (url.pathname !== BASE_PATH && !url.pathname.startsWith(`${BASE_PATH}/`)) return new Response('Not found', { status: 404 });
    const path = url.pathname.slice(BASE_PATH.length + 1);
    if (path === 'metadata') return fhir.metadata();
    const access = authorization.access(request.headers.get('authorization'));
    if (!access) return new Response('', { status: 401 });
    return fhir.answer({
      method: request.method,
      path,
      query: url.searchParams,
      headers: request.headers,
      body: request.method === 'GET' ? '' : await request.text(),
      access,
    });
  };
  return async (request) => {
    if (request.method === 'OPTIONS') return preflight(request);
    const url = new URL(request.url);
    return withCors(request, discovery(url) ?? (await login(url, request)) ?? (await resource(url, request)));
  };
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** The page of the launcher: `/?patient=1&order=order-1` frames Refloop with a fresh launch. */
const launcherPage = (address: string): Response =>
  new Response(
    `<!doctype html><html lang="en"><title>Foreign launcher</title><iframe title="App" width="1400" height="860" src="${escaped(address)}"></iframe><textarea aria-label="Paste"></textarea><script>addEventListener("message", ({ data }) => { if (data?.type === "refloop:done") document.querySelector("iframe").remove(); });</script>`,
    {
      headers: { 'content-type': 'text/html; charset=utf-8' },
    },
  );

export async function startForeignEhr(options: Options = {}): Promise<ForeignEhr> {
  const traits: Traits = { ...SPARSE, ...options.traits };
  const people = options.people ?? [{ id: '1', family: 'Abernathy' }];
  let handler: Handler | undefined;
  const server = await listen(() => (request) => (handler as Handler)(request));
  const iss = `${server.origin}${BASE_PATH}`;
  const issuer = `${server.origin}${ISSUER_PATH}`;
  const authorization = await openAuthorization(traits, { base: iss, issuer });
  const fhir = openFhirServer(traits, iss, people);
  handler = serverHandler(traits, authorization, fhir);
  let refloop = '';
  const launcher = await listen(() => async (request) => {
    const { searchParams } = new URL(request.url);
    const order = searchParams.get('order');
    const launch: Launch = { patient: searchParams.get('patient') ?? '1', ...(order ? { order } : {}) };
    const query = new URLSearchParams({ iss, launch: authorization.newLaunch(launch) });
    return launcherPage(`${refloop}/launch?${query.toString()}`);
  });
  return {
    iss,
    issuer,
    launcher: launcher.origin,
    authorization,
    fhir,
    siteEntry: (tenant, more = {}) => ({ tenant, name: `Clinic ${tenant}`, iss, clientId: CLIENT_ID, ...more }),
    registerApp: (origin) => {
      refloop = origin;
      authorization.registerRedirect(`${origin}/app`);
    },
    close: async () => {
      await Promise.all([server.close(), launcher.close()]);
    },
  };
}
