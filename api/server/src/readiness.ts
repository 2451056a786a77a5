/** Whether this process can serve, with the reason where it cannot: what a load balancer asks before it sends anybody here. */

type State = { kind: 'starting'; reason: string } | { kind: 'serving'; ping: () => Promise<void> };

export type Readiness = {
  /** Goes on to another stage of the start. */
  starting: (reason: string) => void;
  /** From here on the database decides. `ping` fails where it cannot be asked and written. */
  serving: (ping: () => Promise<void>) => void;
  /** The process is about to end. Requests are still answered; new ones should go elsewhere. */
  stopping: () => void;
  /** Why no request can be answered yet; undefined once the start is done. */
  stillStarting: () => string | undefined;
  /** Why nobody should be sent here just now; undefined where all is well. */
  reason: () => Promise<string | undefined>;
};

/** However many ask, the database is asked once in this time. */
const KEPT_MS = 1000;

export function createReadiness(now: () => Date): Readiness {
  let state: State = { kind: 'starting', reason: 'The database is being prepared.' };
  let isStopping = false;
  let kept: { at: number; answer: Promise<string | undefined> } | undefined;

  function database(ping: () => Promise<void>): Promise<string | undefined> {
    const at = now().getTime();
    if (kept === undefined || at - kept.at >= KEPT_MS) {
      const answer = ping().then(
        () => undefined,
        () => 'PostgreSQL does not answer.',
      );
      kept = { at, answer };
    }
    return kept.answer;
  }

  return {
    starting: (reason) => {
      state = { kind: 'starting', reason };
    },
    serving: (ping) => {
      state = { kind: 'serving', ping };
    },
    stopping: () => {
      isStopping = true;
    },
    stillStarting: () => (state.kind === 'starting' ? state.reason : undefined),
    reason: async () => {
      if (isStopping) return 'Refloop is being stopped; another replica answers.';
      return state.kind === 'starting' ? state.reason : database(state.ping);
    },
  };
}
