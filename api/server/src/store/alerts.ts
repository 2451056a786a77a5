/** Threshold alerts: rules that leads keep, and each time that one was crossed. Rules are ended and never changed. */
import type { AlertDirection } from '@refloop/domain/alerts/crossing';
import type { Instant } from '@refloop/domain/instant';

/** What the number is of; no key is everything. */
export type AlertSegment = { specialty?: string; site?: string; payer?: string };

export type NewAlertRule = {
  id: string;
  metric: string;
  segment: AlertSegment;
  direction: AlertDirection;
  /** In the unit of the metric: a share between 0 and 1, days, a count. */
  threshold: number;
  /** Who is to act on it; subject of the id_token. */
  owner: { subject: string; name: string };
  /** Subject of the lead. */
  madeBy: string;
  madeAt: Instant;
};
export type StoredAlertRule = NewAlertRule & { ended: { at: Instant; by: string } | null };

export type NewAlert = {
  id: string;
  ruleId: string;
  raisedAt: Instant;
  /** Whose figures these are. */
  snapshot: string;
  n: number;
  value: number;
  low: number | null;
  high: number | null;
};
export type StoredAlert = NewAlert & { acknowledged: { at: Instant; by: string } | null; clearedAt: Instant | null };

export type AlertStore = {
  addRule: (rule: NewAlertRule) => Promise<void>;
  /** Those in force, oldest first. */
  rules: () => Promise<StoredAlertRule[]>;
  /** Ends it, and clears its open alert. False where there is none in force. */
  endRule: (id: string, ended: { at: Instant; by: string }) => Promise<boolean>;
  /** False where the rule has an open one already. */
  raise: (alert: NewAlert) => Promise<boolean>;
  /** Of rules in force, not cleared, newest first. */
  open: () => Promise<StoredAlert[]>;
  /** False where there is none that is open and not acknowledged. */
  acknowledge: (id: string, acknowledged: { at: Instant; by: string }) => Promise<boolean>;
  /** The open alert of a rule; false where there is none. */
  clear: (ruleId: string, at: Instant) => Promise<boolean>;
};
