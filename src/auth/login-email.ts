import { domainToASCII } from 'node:url';

/** The form in which logins are told apart: trimmed, NFC, lower case, the domain in ASCII. */
export function loginNormalForm(email: string): string {
  const normal = email.trim().normalize('NFC').toLowerCase();
  const at = normal.lastIndexOf('@');
  return at < 0
    ? normal
    : normal.slice(0, at + 1) + (domainToASCII(normal.slice(at + 1)) || normal.slice(at + 1));
}
