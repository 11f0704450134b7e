import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileOf, type PublicFile } from './public-file.js';

/** Everything comes from this server, and nothing that stands in the page itself is run. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** Addresses are relative, so that the page works behind a proxy that serves it below a path. */
export const PAGE: PublicFile = fileOf(
  'text/html; charset=utf-8',
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kith: the API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`,
);

export const START: PublicFile = fileOf(
  'text/javascript; charset=utf-8',
  `const page = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  filter: true,
  // Whoever signs in on the page is signed in for the rest of it.
  responseInterceptor: (answer) => {
    const token = answer.headers['x-mh-session'];
    if (token) page.preauthorizeApiKey('bearer', token);
    return answer;
  },
});
`,
);

export const BUNDLE = shipped('swagger-ui-bundle.js', 'text/javascript; charset=utf-8');
export const STYLE = shipped('swagger-ui.css', 'text/css; charset=utf-8');

/** A file of the package, read when it is first asked for. */
function shipped(name: string, type: string): () => PublicFile {
  let file: PublicFile | undefined;
  return () => {
    file ??= fileOf(type, readFileSync(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`)));
    return file;
  };
}
