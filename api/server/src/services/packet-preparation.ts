/** A change that somebody of the practice makes to a packet before it goes. */
import { missingOf, type Preparation } from '@refloop/domain/packet/readiness';
import { unreachable } from '@refloop/domain/result';
import type { PacketChange } from '../client/packet.ts';
import { problem, type Refusal } from '../problem.ts';
import type { AssembledPacket } from './packet-assembly.ts';

export function preparedWith(
  assembled: AssembledPacket,
  what: PacketChange,
  { by, at }: { by: string; at: string },
): Preparation | Refusal {
  const { preparation, items, requirements } = assembled;
  switch (what.change) {
    case 'remove':
      if (!items.some(({ id }) => id === what.item)) return noSuchItem();
      return { ...preparation, removed: [...preparation.removed.filter((id) => id !== what.item), what.item] };
    case 'restore':
      return { ...preparation, removed: preparation.removed.filter((id) => id !== what.item) };
    case 'callback':
      return { ...preparation, callback: what.number };
    case 'teeth':
      return { ...preparation, teeth: what.teeth };
    case 'override': {
      const missing = missingOf(requirements).map(({ id }) => id);
      if (missing.length === 0) return problem('conflict', 'Nothing is missing, so there is nothing to go without. Look at it again.');
      return { ...preparation, override: { missing, reason: what.reason, by, at } };
    }
    case 'take-override-back':
      return { ...preparation, override: null };
    case 'check': {
      const seen = assembled.packet.chart.files?.enclosed.filter(({ sha256 }) => what.files?.includes(sha256)) ?? [];
      return { ...preparation, checked: { contents: assembled.contents, by, at, files: seen.map(({ sha256 }) => sha256) } };
    }
    default:
      return unreachable(what);
  }
}

const noSuchItem = (): Refusal =>
  problem('invalid-request', 'There is no such item in this packet.', [
    { field: 'what.item', message: 'It is not among the items', fix: 'Reload the packet and choose one of its items.' },
  ]);
