/** Whose address a request is counted under: the socket's, or what the proxies in front of us say, as far as they are trusted. */
import { isIPv4, isIPv6 } from 'node:net';

/** An entry of X-Forwarded-For without the port that some proxies add. */
function withoutPort(text: string): string {
  const trimmed = text.trim();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed);
  if (bracketed) return bracketed[1] ?? '';
  return /^\d+\.\d+\.\d+\.\d+:\d+$/.test(trimmed) ? trimmed.slice(0, trimmed.lastIndexOf(':')) : trimmed;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [left = '', right] = address.split('%')[0]?.split('::') ?? [];
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').flatMap((group) => (isIPv4(group) ? pairsOf(group) : [Number.parseInt(group, 16)]));
  const [head, tail] = [read(left), right === undefined ? [] : read(right)];
  return [...head, ...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => 0), ...tail];
}

function pairsOf(ipv4: string): [number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

/** One caller of IPv6 has a whole /64 to choose addresses from, so that is what is counted. An IPv4 address in IPv6's clothes is one. */
function keyOf(address: string): string {
  if (isIPv4(address)) return address;
  const groups = groupsOf(address);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

const isAddress = (text: string): boolean => isIPv4(text) || isIPv6(text);

/**
 * Each trusted proxy has added to the right of X-Forwarded-For the address that called it; everything further left came from the
 * caller and may be made up. With fewer entries than proxies, the caller came in behind one of them.
 * @param remote address of the socket; undefined where there is none (tests of the API)
 * @param trustedProxies how many proxies of our own stand in front
 */
export function clientAddress(remote: string | undefined, forwardedFor: string | undefined, trustedProxies: number): string {
  const hops = [remote ?? '', ...(forwardedFor ?? '').split(',').map(withoutPort).toReversed()].slice(0, trustedProxies + 1);
  const farthest = hops.findLast(isAddress);
  return farthest === undefined ? 'unknown' : keyOf(farthest);
}
