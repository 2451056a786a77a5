/** The files that pages load: read once, served from memory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Asset = { contentType: string; body: string };

const read = (name: string, contentType: string): [string, Asset] => [
  name,
  { contentType, body: readFileSync(join(import.meta.dirname, 'assets', name), 'utf8') },
];

export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  read('chart.css', 'text/css; charset=utf-8'),
  read('app-frame.js', 'text/javascript; charset=utf-8'),
  read('icon.svg', 'image/svg+xml'),
]);
