// Lets jsonld.js read JSON-LD from its addresses: `node linked.mjs PACKAGES`, with a list in JSON.
//
// PACKAGES is the folder that npm filled. Printed are, as JSON, the N-Quads of each document.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const jsonld = createRequire(`${process.argv[2]}/`)("jsonld");
const found = [];
for (const address of JSON.parse(readFileSync(0, "utf-8"))) {
  found.push(await jsonld.toRDF(address, { format: "application/n-quads" }));
}
process.stdout.write(JSON.stringify(found));
