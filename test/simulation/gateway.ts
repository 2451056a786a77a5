/** Gateways outside: one that honours a key and takes each message once, and one that takes whatever comes and sends it. */
import type { Referral } from '@refloop/domain/referral/referral';
import type { AnyHandler, Sent } from '@refloop/server/channels/handler';
import type { Draws } from '@refloop/server/practice/draws';
import type { Scope } from '@refloop/server/store/store';
import type { Faults } from './faults.ts';
import type { VirtualTime } from './virtual-time.ts';

export const KEYED = 'simulated-keyed';
export const KEYLESS = 'simulated-keyless';

export type Gateway = {
  handlers: AnyHandler[];
  /** How often each message truly left, by the key of the effect. */
  left: ReadonlyMap<string, number>;
  setDown: (down: boolean) => void;
};

const notInForce = ({ order }: Referral): string | undefined => (order.status === 'active' ? undefined : 'The order is not in force.');

type About = { id: string; scope: Scope; key: string; referralId: string };

export function createGateway(deps: {
  time: VirtualTime;
  faults: Faults;
  draws: Draws;
  tell: (rule: string, words: string, referralId?: string) => void;
  /** Whether the order of this referral is in force, or was a moment ago. */
  mayLeave: (scope: Scope, referralId: string) => boolean;
}): Gateway {
  const { time, faults, draws, tell, mayLeave } = deps;
  const left = new Map<string, number>();
  const taken = new Set<string>();
  let down = false;

  const take = (keyed: boolean, { id, scope, key, referralId }: About): void => {
    if (!mayLeave(scope, referralId)) tell('unapproved', 'a message left whose order is not in force', referralId);
    if (keyed && taken.has(id)) return;
    taken.add(id);
    const times = (left.get(key) ?? 0) + 1;
    left.set(key, times);
    if (times > 1) tell('duplicate', `one message left ${times} times`, referralId);
  };

  async function send(keyed: boolean, about: About): Promise<Sent> {
    if (down) return { kind: 'refused', detail: 'The gateway is away.', final: false };
    switch (faults.gateway()) {
      case 'answered':
        take(keyed, about);
        return { kind: 'done', receipt: about.id };
      case 'answer-lost':
        take(keyed, about);
        await time.pause(draws.integer(1000, 20_000));
        return { kind: 'unknown', detail: 'No answer came.' };
      case 'lost':
        await time.pause(draws.integer(1000, 20_000));
        return { kind: 'unknown', detail: 'No answer came.' };
      case 'refused':
        return { kind: 'refused', detail: 'The gateway takes nothing just now.', final: draws.chance(0.2) };
      case 'broken':
        take(keyed, about);
        throw new Error('The line broke.');
    }
  }

  /** The key of the effect is the transmission it carries. */
  const handler = (kind: string, keyed: boolean): AnyHandler => ({
    kind,
    what: 'The message to the office',
    repeatable: keyed,
    timeoutMs: 30_000,
    open: ({ id, scope, key, referralId }) => ({
      mayNotLeave: notInForce,
      isOwed: () => false,
      look: undefined,
      send: () => send(keyed, { id, scope, key, referralId }),
      follows: (_tries, outcome, at) => {
        const fact = { attempt: null, at, transmissionId: key };
        if (outcome.kind === 'done') return { kind: 'transmission-delivered', key: `receipt/${key}`, ...fact };
        if (outcome.kind !== 'failed') return undefined;
        return { kind: 'transmission-failed', key: `failure/${key}`, detail: outcome.detail, ...fact };
      },
    }),
  });

  return {
    handlers: [handler(KEYED, true), handler(KEYLESS, false)],
    left,
    setDown: (to) => {
      down = to;
    },
  };
}
