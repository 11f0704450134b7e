import { loginNormalForm } from './login-email.js';

describe('loginNormalForm', () => {
  it.each([
    [' Ada@Example.ORG ', 'ada@example.org'],
    ['ada+tag@example.org', 'ada+tag@example.org'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['JOSE\u0301@example.org', 'jos\u00e9@example.org'],
    ['no address', 'no address'],
    ['ada@not a domain', 'ada@not a domain'],
  ])('%j is %j', (email, normalForm) => {
    expect(loginNormalForm(email)).toBe(normalForm);
  });
});
