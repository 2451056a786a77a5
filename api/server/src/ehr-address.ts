/** Which addresses may be asked: those of the site file, and those an EHR names in what it publishes. */
import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * No EHR is here, and what answers here gives out the machine's own credentials or reaches whoever listens: this host (RFC 1122),
 * link-local (RFC 3927, RFC 4291) with the metadata services of the clouds, multicast. Private networks are not among them: hospitals
 * run EHRs there.
 */
const NOWHERE = new BlockList();
NOWHERE.addSubnet('0.0.0.0', 8);
NOWHERE.addSubnet('169.254.0.0', 16);
NOWHERE.addSubnet('224.0.0.0', 3);
NOWHERE.addAddress('100.100.100.200');
NOWHERE.addAddress('::', 'ipv6');
NOWHERE.addSubnet('fe80::', 10, 'ipv6');
NOWHERE.addSubnet('ff00::', 8, 'ipv6');
NOWHERE.addAddress('fd00:ec2::254', 'ipv6');
const NOWHERE_NAMES = new Set(['metadata', 'metadata.google.internal', 'instance-data']);

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** The host as a name or a bare IP address: URL has brought every spelling of an address (decimal, octal, short) into one. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
const isIn = (list: BlockList, host: string): boolean => isIP(host) !== 0 && list.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');

function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  return host === 'localhost' || host.endsWith('.localhost') || isIn(LOOPBACK, host);
}

/** Why an address cannot be used, or undefined: https anywhere; http outside production and on loopback. */
export function addressFault(text: string, production: boolean): string | undefined {
  if (!URL.canParse(text)) return 'Not a URL';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'A URL with a name or password in it';
  if (url.search !== '' || url.hash !== '') return 'A URL with a query or a fragment';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Neither https nor http';
  if (isIn(NOWHERE, hostOf(url)) || NOWHERE_NAMES.has(hostOf(url)))
    return 'An address where no EHR can be (link-local, multicast or unspecified)';
  if (url.protocol === 'https:') return undefined;
  return !production || isLoopback(url) ? undefined : 'http in production';
}

/**
 * Why an address that an EHR names cannot be used. The EHR is trusted with its own sign-in, which is often on another host, and may
 * be on a private one; it is not trusted to point at this machine or to give up its own https. What a host name stands for is not
 * looked up: in production the answer must come with a certificate for that name, which nothing inside answers with.
 * @param iss FHIR base of the EHR, as the site entry has it
 */
export function namedAddressFault(iss: string, address: string, production: boolean): string | undefined {
  const fault = addressFault(address, production);
  if (fault !== undefined) return fault;
  const [ehr, named] = [new URL(iss), new URL(address)];
  if (isLoopback(named) && !isLoopback(ehr)) return 'An address of this machine, named by an EHR that is elsewhere';
  return named.protocol === 'http:' && ehr.protocol === 'https:' ? 'http, named by an EHR that is reached by https' : undefined;
}
