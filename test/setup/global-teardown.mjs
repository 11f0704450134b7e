export default async function globalTeardown() {
  await globalThis.kithTestServer?.end();
}
