/** The built smart-app, read into memory once: no request names a file on disk. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from './app.ts';

type Asset = { type: string; plain: Uint8Array<ArrayBuffer>; gzip: Uint8Array<ArrayBuffer>; etag: string; lasting: boolean };

export type BuiltApp = {
  assets: Map<string, Asset>;
  /** The page of /app and, where it has none of its own, of /launch; `__CSP_NONCE__` stands where the nonce goes. */
  appPage: string;
  launchPage: string;
  /** For specialists' offices; where there is none, /office is no page. */
  officePage: string | undefined;
  /** For patients; where there is none, /patient is no page. */
  patientPage: string | undefined;
};

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

const NONCE = '__CSP_NONCE__';

/** Vite puts a hash of the content into the names under assets/: such a file never changes. */
const isLasting = (path: string): boolean => path.startsWith('/assets/');

/** Reads the folder Vite built; undefined where there is no index.html in it. */
export function readBuiltApp(folder: string): BuiltApp | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const assets = new Map<string, Asset>();
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(file.name)];
    if (!file.isFile() || type === undefined || extname(file.name) === '.html') continue;
    const path = join(file.parentPath, file.name);
    const plain = new Uint8Array(readFileSync(path));
    const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
    const address = `/${relative(folder, path).split(sep).join('/')}`;
    assets.set(address, { type, plain, gzip: new Uint8Array(gzipSync(plain)), etag, lasting: isLasting(address) });
  }
  const page = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return {
    assets,
    appPage: page('index.html'),
    officePage: existsSync(join(folder, 'office.html')) ? page('office.html') : undefined,
    patientPage: existsSync(join(folder, 'patient.html')) ? page('patient.html') : undefined,
    launchPage: existsSync(join(folder, 'launch.html')) ? page('launch.html') : page('index.html'),
  };
}

/** Adds /launch, /app and the assets to the app. `beforePage` may wait for what the page's headers need. */
export function serveBuiltApp(app: OpenAPIHono<AppEnv>, built: BuiltApp, beforePage: () => Promise<void>): void {
  const page = (address: string, html: string): void => {
    app.get(address, async (c) => {
      c.set('route', address);
      await beforePage();
      c.header('cache-control', 'no-store');
      return c.html(html.replaceAll(NONCE, c.get('nonce')));
    });
  };
  app.get('/', (c) => {
    c.set('route', '/');
    return c.redirect('/app');
  });
  page('/launch', built.launchPage);
  page('/app', built.appPage);
  if (built.officePage !== undefined) page('/office', built.officePage);
  if (built.patientPage !== undefined) page('/patient', built.patientPage);
  for (const [address, asset] of built.assets) {
    app.get(address, (c) => {
      c.set('route', '/assets');
      c.header('cache-control', asset.lasting ? 'public, max-age=31536000, immutable' : 'public, max-age=300');
      c.header('etag', asset.etag);
      c.header('vary', 'accept-encoding');
      if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304);
      c.header('content-type', asset.type);
      const zipped = (c.req.header('accept-encoding') ?? '').includes('gzip') && asset.gzip.byteLength < asset.plain.byteLength;
      if (zipped) c.header('content-encoding', 'gzip');
      return c.body(zipped ? asset.gzip : asset.plain);
    });
  }
}
