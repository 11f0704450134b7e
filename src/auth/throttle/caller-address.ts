import { isIPv4, isIPv6 } from 'node:net';

const MAX_LENGTH = 100;

/**
 * The part of an IP address that one caller cannot change at will: an IPv4 address, the /64 network of an IPv6 one.
 * @param ip as Fastify has it, after `TRUST_PROXY`
 */
export function callerAddress(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  return isIPv6(ip) ? `${networkOf(ip)}::/64` : ip.slice(0, MAX_LENGTH);
}

function networkOf(ip: string): string {
  // What stands before "::" is the beginning; the rest of the four groups are zeros.
  const [beginning = '', end] = (ip.split('%')[0] as string).split('::');
  const groups = beginning.split(':').filter(Boolean);
  const missing = end === undefined ? 0 : 8 - groups.length - end.split(':').filter(Boolean).length;
  const all = [...groups, ...Array<string>(missing).fill('0'), ...(end ?? '').split(':').filter(Boolean)];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
