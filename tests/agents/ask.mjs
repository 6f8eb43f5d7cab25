// Makes calls of tools through the SDK for Node.js, and prints what came back as JSON.
// node ask.mjs URL|COMMAND ARGUMENT… -- reads [[name, arguments], …] on standard input.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { readFileSync } from "node:fs";

const [where, ...args] = process.argv.slice(2);
const transport = where.startsWith("http")
  ? new StreamableHTTPClientTransport(new URL(where))
  : new StdioClientTransport({ command: where, args, env: process.env });
const client = new Client({ name: "tests", version: "1" });
await client.connect(transport);
const { tools } = await client.listTools();
const results = [];
for (const [name, given] of JSON.parse(readFileSync(0, "utf8"))) {
  results.push(await client.callTool({ name, arguments: given }));
}
process.stdout.write(JSON.stringify({ tools: tools.map((each) => each.name), results }));
await client.close();
