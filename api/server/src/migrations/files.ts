/** The migrations of this version, as they lie in this folder. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('.', import.meta.url);

export type Migration = { name: string; sql: string; sha256: string };

/** In the order in which they are applied. */
export const readMigrations = (): Migration[] =>
  readdirSync(FOLDER)
    .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, FOLDER), 'utf8');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    });

/** What is run after every migration, since it looks at all tables there are then; running it again changes nothing. */
export const readAfterEach = (): string => readFileSync(new URL('after-each.sql', FOLDER), 'utf8');

/** The tables that these migrations ever made, by name; a table beside them is not Refloop's. */
export const tablesOf = (migrations: Migration[]): string[] =>
  migrations.flatMap(({ sql }) => [...sql.matchAll(/^create table ([a-z_]+) \($/gm)].map(([, name = '']) => name));
