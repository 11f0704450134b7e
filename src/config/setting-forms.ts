import { isIP } from 'node:net';

/** `https://app.example.org`: what a browser sends as `Origin`, letter for letter; `*` is none. */
export function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && origin === text;
}

const NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/** As Fastify takes it; undefined for what it would not. */
export function readTrustProxy(text: string): boolean | number | string | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const known = text.split(',').every((one) => {
    const [address = '', length, ...rest] = one.trim().split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits);
    return rest.length === 0 && isLength && (isIP(address) > 0 || NETWORKS.includes(address));
  });
  return known ? text : undefined;
}
