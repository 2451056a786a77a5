/** The files that pages load: read once, served from memory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Asset = { contentType: string; body: string };

const textOf = (name: string): string => readFileSync(join(import.meta.dirname, 'assets', name), 'utf8');

const read = (name: string, contentType: string): [string, Asset] => [name, { contentType, body: textOf(name) }];

/** Written one idea a file, loaded as one. Their order matters: what is narrow comes after what it narrows. */
const STYLES = ['page', 'bar', 'controls', 'panels', 'office', 'chart', 'app', 'narrow', 'messages', 'cards', 'clock'];

export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ['chart.css', { contentType: 'text/css; charset=utf-8', body: STYLES.map((name) => textOf(`style/${name}.css`)).join('') }],
  read('app-frame.js', 'text/javascript; charset=utf-8'),
  read('icon.svg', 'image/svg+xml'),
]);
