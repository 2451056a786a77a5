/** Who last changed a thing of the chart: a person in the EHR, a person in an app, or a backend service for nobody. */
import type { Reference, Resource } from '@medplum/fhirtypes';
import type { Repository, Stored } from '../fhir/repository.ts';
import type { LastWriting, Writer } from '../fhir/writer.ts';
import { loadReferenceNames, type NameOf } from './reference-names.ts';
import { timeText } from './wording.ts';

/** What a registered app is called. */
export type AppNameOf = (clientId: string) => string;

/** "Maren Oduya, MD", "Maren Oduya, MD in Refloop", "Refloop background service (no user)". */
export function writerText(writer: Writer, nameOf: NameOf, appNameOf: AppNameOf): string {
  switch (writer.kind) {
    case 'user':
      return nameOf({ reference: writer.user });
    case 'app':
      return `${nameOf({ reference: writer.user })} in ${appNameOf(writer.client)}`;
    case 'service':
      return `${appNameOf(writer.client)} (no user)`;
  }
}

/** For each of these the sentence of its last writing; nothing for what came with the loaded charts. */
export type LastWritingOf = (resource: Stored) => string | undefined;

export async function loadLastWritings(repository: Repository, resources: readonly Stored[], appNameOf: AppNameOf): Promise<LastWritingOf> {
  const byType = Map.groupBy(resources, ({ resourceType }) => resourceType);
  const found = await Promise.all(
    [...byType].map(([type, some]) =>
      repository.lastWritings(
        type as Resource['resourceType'],
        some.map(({ id }) => id),
      ),
    ),
  );
  const writings = new Map<string, LastWriting>(found.flatMap((some) => [...some]));
  const people = [...writings.values()].flatMap(({ writer }): Reference[] =>
    writer.kind === 'service' ? [] : [{ reference: writer.user }],
  );
  const nameOf = await loadReferenceNames(repository, people);
  return ({ resourceType, id }) => {
    const writing = writings.get(`${resourceType}/${id}`);
    return writing && `${writerText(writing.writer, nameOf, appNameOf)}, ${timeText(writing.at)}`;
  };
}
