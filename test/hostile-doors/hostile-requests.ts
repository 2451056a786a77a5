/** Requests that somebody makes to get in, or to break what stands behind a door: each from a seed, and with whether it may be let in. */
import { randomFrom } from '@refloop/launch/synthetic/random';
import type { HostileDocuments } from '../inbound/hostile-documents.ts';
import type { Doors } from './doors.ts';
import { gatewayRequest, textRequest } from './gateway-requests.ts';
import type { Even, HostileRequest } from './hostile-request.ts';
import { noteRequest, openedRequest, openRequest } from './link-requests.ts';

/**
 * Spread evenly over doors, kinds of request and links, so that a few hundred reach each of them (the sequence R3 of M. Roberts, "The Unreasonable
 * Effectiveness of Quasirandom Sequences", 2018: multiples of powers of the root of x⁴ = x + 1).
 */
function evenly(seed: number): { door: number } & Even {
  const at = (step: number): number => (seed * step) % 1;
  return { door: at(0.8191725133961645), kind: at(0.6710436067037893), which: at(0.5497004779019703) };
}

export async function hostileRequest(seed: number, doors: Doors, documents: HostileDocuments): Promise<HostileRequest> {
  const random = randomFrom(`hostile request ${seed}`);
  const { door, ...even } = evenly(seed);
  if (door < 0.2) return openRequest(random, even, doors, 'office');
  if (door < 0.4) return openRequest(random, even, doors, 'patient');
  if (door < 0.6) return openedRequest(random, even, doors, 'office');
  if (door < 0.78) return openedRequest(random, even, doors, 'patient');
  if (door < 0.86) return noteRequest(random, even, doors, documents, seed);
  if (door < 0.94) return gatewayRequest(random, even, doors, documents, seed);
  return textRequest(random);
}
