/** The JavaScript a clinician's browser has to load before the list of specialists can be on screen, weighed in the built app. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { ROOT } from '../../tools/environment.ts';

/** Bytes, gzipped. */
export const INITIAL_JAVASCRIPT_BUDGET = 200_000;

const weight = (path: string): number => gzipSync(readFileSync(join(ROOT, 'smart-app/dist', path))).byteLength;

/**
 * To be called before the launch. The launch page and the app page load the same files: each counts once, as a browser with a cache fetches it.
 * `initial`: asked for before Refloop answered with the list. `later`: what came after it, by its path.
 */
export function watchJavascript(page: Page) {
  const initial = new Set<string>();
  const later = new Set<string>();
  let listed = false;
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!/^\/assets\/.*\.js$/.test(pathname)) return;
    if (!listed) initial.add(pathname);
    else if (!initial.has(pathname)) later.add(pathname);
  });
  page.on('response', (response) => {
    if (response.request().method() === 'POST' && new URL(response.url()).pathname === '/match') listed = true;
  });
  return {
    /** Bytes, gzipped; 0 before anything was loaded. */
    initialBytes: (): number => [...initial].reduce((sum, path) => sum + weight(path), 0),
    initial: (): string[] => [...initial],
    later: (): string[] => [...later],
  };
}
