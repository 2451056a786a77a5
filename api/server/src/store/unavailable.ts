/** The store cannot be reached, or is too busy to take anything: nobody's fault who asked, and likely over in a moment. */

export class StoreUnavailable extends Error {
  /** `unknown` where the connection broke while a transaction was being committed: it is kept whole or not at all, and nobody can say which. */
  readonly kept: 'nothing' | 'unknown';
  constructor(kept: 'nothing' | 'unknown', cause: unknown) {
    super('The database does not answer.', { cause });
    this.kept = kept;
  }
}
