/** The views that flatten an export: files of their own, so that a site can read them and change them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { columnsOf, readViewDefinition, type ViewDefinition, ViewDefinitionError } from '../sql-on-fhir/view-definition.ts';

export const VIEWS = fileURLToPath(new URL('../../views/', import.meta.url));

const readFolder = (folder: string): Map<string, ViewDefinition> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => {
        try {
          return [file, readViewDefinition(JSON.parse(readFileSync(join(folder, file), 'utf8')))];
        } catch (error) {
          throw new ViewDefinitionError(join(folder, file), error instanceof Error ? error.message : 'cannot be read');
        }
      }),
  );

/** The first column of ours that a site's view does not make, or makes of another type. */
const missing = (own: ViewDefinition, other: ViewDefinition): string | undefined => {
  const there = new Map(other.selects.flatMap(columnsOf).map(({ name, type }) => [name, type]));
  return own.selects.flatMap(columnsOf).find(({ name, type }) => there.get(name) !== type)?.name;
};

/**
 * Ours, and in place of each the one of the same file name in a site's folder. Throws `ViewDefinitionError` for a view that cannot be read,
 * that stands for none of ours, or that lacks a column which the models read.
 */
export function readViews(siteFolder: string | null): ViewDefinition[] {
  const views = readFolder(VIEWS);
  for (const [file, view] of siteFolder === null ? [] : readFolder(siteFolder)) {
    const own = views.get(file);
    const where = join(siteFolder ?? '', file);
    if (own === undefined) throw new ViewDefinitionError(where, `there is no view of that name; there are ${[...views.keys()].join(', ')}`);
    if (view.resource !== own.resource) throw new ViewDefinitionError(where, `it must be of ${own.resource}`);
    const column = missing(own, view);
    if (column !== undefined) throw new ViewDefinitionError(where, `the column "${column}" is missing, or of another type than in ours`);
    views.set(file, { ...view, name: own.name });
  }
  return [...views.values()];
}
