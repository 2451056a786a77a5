/** Which referral a pseudonym of the warehouse stands for: known here and nowhere else. */

export type WarehousePseudonym = { pseudonym: string; referralId: string };

export type WarehousePseudonymStore = {
  /** Keeps what is not kept yet; a pair that is there already stays as it is. */
  keep: (pairs: WarehousePseudonym[]) => Promise<void>;
  /** Those of this scope that are known, in order of the pseudonym. */
  find: (pseudonyms: string[]) => Promise<WarehousePseudonym[]>;
};
