/** The configuration of a site: read, tried, and changed by a new version with a reason; an earlier one comes back as a new one. */
import {
  type Configuration,
  type ConfigurationContent,
  contentOf,
  inOrder,
  UNCONFIGURED,
} from '@refloop/domain/configuration/configuration';
import { type ConfigurationDifference, differences } from '@refloop/domain/configuration/configuration-difference';
import { faultsIn } from '@refloop/domain/configuration/configuration-faults';
import { statusNames } from '@refloop/domain/configuration/status-names';
import { STATUS_WORDS } from '@refloop/domain/referral/status';
import type {
  ConfigurationAnswer,
  ConfigurationChange,
  ConfigurationPreview,
  ConfigurationPreviewRequest,
  StatusNamesAnswer,
} from '../client/configuration.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import type { StoredConfiguration } from '../store/versions.ts';
import { configurationIn } from './configuration-in-force.ts';
import { madeIn, nothingChanged, refuseOtherBase, tooLate } from './versions.ts';

export type ConfigurationService = {
  /** @param version the one in force unless told */
  read: (session: Session, version?: number) => Promise<ConfigurationAnswer | Refusal>;
  /** What would change. Keeps nothing. */
  preview: (session: Session, asked: ConfigurationPreviewRequest) => Promise<ConfigurationPreview | Refusal>;
  /** Comes into force at once; what was asked for before leaves in the words of then. */
  change: (session: Session, asked: ConfigurationChange, now: Date) => Promise<ConfigurationAnswer | Refusal>;
  statusNames: (session: Session) => Promise<StatusNamesAnswer>;
};

type Deps = {
  store: Store;
  /** Of Refloop as patients reach it, without a final slash. */
  address: string;
  /** Of the site entry; empty where it says nothing. */
  phoneOf: (scope: Scope) => string;
};

const AS_IT_COMES: StoredConfiguration = {
  configuration: UNCONFIGURED,
  madeBy: 'refloop',
  madeByName: 'Refloop',
  madeAt: '1970-01-01T00:00:00.000Z',
  reason: 'As Refloop comes.',
};

const asLists = ({ practice, statuses, templates, noAuthorization = [] }: ConfigurationContent): ConfigurationAnswer['content'] => ({
  practice,
  statuses: [...statuses],
  templates: [...templates],
  noAuthorization: noAuthorization.map((rule) => ({ ...rule })),
});

export function createConfigurationService({ store, address, phoneOf }: Deps): ConfigurationService {
  async function answer(unit: Unit, session: Session, shown: StoredConfiguration, inForce: number): Promise<ConfigurationAnswer> {
    const made = await madeIn(unit);
    const { configuration } = shown;
    return {
      made: made({ ...shown, version: configuration.version }),
      inForce,
      content: asLists(contentOf(configuration)),
      entry: { name: unit.scope.site, phone: phoneOf(unit.scope) },
      address,
      versions: [...(await unit.configurations.versions()), { ...AS_IT_COMES, version: UNCONFIGURED.version }].map(made),
      mayChange: session.roles.includes('admin'),
    };
  }

  /** Throws the refusal where it cannot come into force. */
  function checked(
    { scope }: Unit,
    inForce: Configuration,
    { base, content: given }: ConfigurationPreviewRequest,
  ): { content: ConfigurationContent; changes: ConfigurationDifference[] } {
    refuseOtherBase(base, inForce.version);
    // Whoever does not know of these rules takes none of them away.
    const { practice, statuses, templates, noAuthorization = inForce.noAuthorization ?? [] } = given;
    const content = inOrder({ practice, statuses, templates, noAuthorization });
    const faults = faultsIn(content, { address, practice: scope.site });
    if (faults.length > 0)
      throw new Refused(problem('unprocessable', 'This configuration cannot come into force. Nothing was kept.', faults.slice(0, 20)));
    return { content, changes: differences(contentOf(inForce), content) };
  }

  /** Refused in the transaction, so that nothing of it is kept. */
  const within = async <Value>(session: Session, work: (unit: Unit, inForce: StoredConfiguration) => Promise<Value>): Promise<Value> =>
    store.transaction(session.scope, async (unit) => work(unit, (await unit.configurations.inForce()) ?? AS_IT_COMES));

  return {
    read: (session, version) =>
      within(session, async (unit, inForce) => {
        const earlier = async () => (version === UNCONFIGURED.version ? AS_IT_COMES : unit.configurations.get(version ?? 0));
        const shown = version === undefined ? inForce : await earlier();
        if (!shown) return problem('not-found', 'There is no such version of the configuration here.');
        return answer(unit, session, shown, inForce.configuration.version);
      }),

    preview: (session, asked) =>
      within(session, async (unit, { configuration }) => ({ changes: checked(unit, configuration, asked).changes })),

    change: (session, asked, now) =>
      within(session, async (unit, { configuration }) => {
        const at = now.toISOString();
        const { content, changes } = checked(unit, configuration, asked);
        if (changes.length === 0) throw nothingChanged();
        const { reason } = asked;
        const version = configuration.version + 1;
        const made = { configuration: { ...content, version }, madeBy: session.subject, madeByName: session.name, madeAt: at, reason };
        if (!(await unit.configurations.add(made))) throw tooLate();
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: 'configuration.changed',
          purpose: 'HSYSADMIN',
          payload: { version, reason, changes: changes.map(({ field, before, after }) => ({ field, before, after })) },
        });
        return answer(unit, session, made, version);
      }),

    statusNames: (session) =>
      store.transaction(session.scope, async (unit) => {
        const names = statusNames((await configurationIn(unit)).statuses);
        return { statuses: STATUS_WORDS.map((status) => ({ status, name: names[status] })) };
      }),
  };
}
