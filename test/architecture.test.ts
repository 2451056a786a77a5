/** Holds the import rule of ARCHITECTURE.md: reads every import of every package and compares it with the table. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Folder → what of the workspace it may import, by package name or door. */
const MAY_IMPORT: Record<string, (specifier: string) => boolean> = {
  'api/domain': () => false,
  analytics: (door) => door.startsWith('@refloop/domain/'),
  'api/server': (door) => door.startsWith('@refloop/domain/') || door.startsWith('@refloop/analytics/'),
  launch: (door) => door.startsWith('@refloop/domain/'),
  'smart-app': (door) => door.startsWith('@refloop/domain/') || door.startsWith('@refloop/server/client/'),
};

const IMPORT = /(?:\bimport|\bexport)\s[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter(
      (entry) =>
        entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules') && !entry.parentPath.includes('/dist'),
    )
    .map((entry) => join(entry.parentPath, entry.name));
}

const importsOf = (text: string): string[] => [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '');
/** Tests, and what only tests use (`test-….ts`, `contract.ts`). */
const isTest = (file: string): boolean => /\.test\.tsx?$|\/test-[^/]+\.ts$/.test(file);

type Offence = { file: string; imports: string };

function offences(folder: string, allowed: (specifier: string) => boolean): Offence[] {
  const home = join(root, folder);
  return sources(folder).flatMap((file) =>
    importsOf(readFileSync(file, 'utf8'))
      .filter((specifier) => {
        if (specifier.startsWith('.')) {
          const target = resolve(dirname(file), specifier);
          // Tests reach the database of the test run in tools/; nothing else leaves its package by a relative path.
          return !target.startsWith(`${home}/`) && !(isTest(file) && target.startsWith(join(root, 'tools')));
        }
        return specifier.startsWith('@refloop/') && !allowed(specifier);
      })
      .map((imports) => ({ file: relative(root, file), imports })),
  );
}

describe('each package imports only what the table allows', () => {
  test.each(Object.entries(MAY_IMPORT))('%s', (folder, allowed) => {
    // Without sources the path above would be wrong.
    expect(sources(folder).length).toBeGreaterThan(0);
    expect(offences(folder, allowed)).toEqual([]);
  });
});

describe('no module of the server needs itself', () => {
  /** Erased: whatever of it is only a type is no need while modules load. */
  const needed = (text: string): string[] =>
    [...text.matchAll(/(?:\bimport|\bexport)\s+(?!type\b)[^'"`;]*?\bfrom\s*['"](\.[^'"]+)['"]/g)].map((match) => match[1] ?? '');
  const needs = new Map(
    sources('api/server/src')
      .filter((file) => !isTest(file))
      .map((file) => [file, needed(readFileSync(file, 'utf8')).map((specifier) => resolve(dirname(file), specifier))]),
  );

  test('by way of others: such a ring loads in some orders only', () => {
    const rings: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) rings.push([...way.slice(way.indexOf(file)), file].map((each) => relative(root, each)).join(' → '));
      if (way.includes(file) || done.has(file)) return;
      for (const next of needs.get(file) ?? []) visit(next, [...way, file]);
      done.add(file);
    };
    for (const file of needs.keys()) visit(file, []);
    expect([...needs.values()].flat().length).toBeGreaterThan(needs.size);
    expect(rings).toEqual([]);
  });
});

describe('the domain is pure', () => {
  const files = sources('api/domain/src').filter((file) => !isTest(file));

  test('imports nothing from outside its own folder', () => {
    const outside = files.flatMap((file) =>
      importsOf(readFileSync(file, 'utf8'))
        .filter((specifier) => !specifier.startsWith('.'))
        .map((imports) => ({ file: relative(root, file), imports })),
    );
    expect(outside).toEqual([]);
  });

  test('has no runtime dependencies', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'api/domain/package.json'), 'utf8')) as { dependencies?: unknown };
    expect(manifest.dependencies).toBeUndefined();
  });

  test('reads no clock and draws no random number', () => {
    const impure = files.filter((file) =>
      /\bDate\.now\(|new Date\(\)|\bMath\.random\(|\bcrypto\.|\bperformance\.now\(/.test(readFileSync(file, 'utf8')),
    );
    expect(impure.map((file) => relative(root, file))).toEqual([]);
  });
});

test('inside the server, routes reach stores only through services, and services no routes', () => {
  const server = join(root, 'api/server/src');
  const crossing = (from: string, into: string[]): Offence[] =>
    sources(`api/server/src/${from}`)
      .filter((file) => !isTest(file))
      .flatMap((file) =>
        importsOf(readFileSync(file, 'utf8'))
          .filter(
            (specifier) =>
              specifier.startsWith('.') && into.some((folder) => resolve(dirname(file), specifier).startsWith(join(server, folder))),
          )
          .map((imports) => ({ file: relative(root, file), imports })),
      );
  expect(crossing('services', ['routes', 'store/postgres', 'store/memory'])).toEqual([]);
  expect(crossing('routes', ['store/postgres', 'store/memory'])).toEqual([]);
});

test('inside the app, ui knows no FHIR and no referral', () => {
  const wrong = sources('smart-app/src/ui').flatMap((file) =>
    importsOf(readFileSync(file, 'utf8'))
      .filter(
        (specifier) =>
          specifier.startsWith('@refloop/') ||
          specifier === 'fhirclient' ||
          /\.\.\/(chart|refer|matching|note|approval|session|center)/.test(specifier),
      )
      .map((imports) => ({ file: relative(root, file), imports })),
  );
  expect(wrong).toEqual([]);
});

test('no file is a barrel that only re-exports', () => {
  const barrels = Object.keys(MAY_IMPORT)
    .flatMap((folder) => sources(folder))
    .filter((file) => /(^|\/)index\.tsx?$/.test(file));
  expect(barrels.map((file) => relative(root, file))).toEqual([]);
});
