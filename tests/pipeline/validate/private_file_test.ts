import { ok, strictEqual } from "node:assert/strict";
import { parse } from "../../../src/pipeline/parse/mod.ts";
import { validate } from "../../../src/pipeline/validate/mod.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";
import { SSH, sshScript } from "../../helpers/trust_bench.ts";

/** Header templates of a script in /home/jo/work, whose work base is the directory itself. */
const TEMPLATES: Readonly<Record<string, boolean>> = {
  "own.tmpl": true,
  "own_private.tmpl": true,
  "../site/head.tmpl": true,
  "/opt/site/head.tmpl": true,
  "link_to_site": true,
  "link_in_work": true,
  "../site/private.tmpl": false,
  "/home/jo/.ssh/id": false,
  "/home/jo/.ssh/config": false,
  "link_to_key": false,
  "folder_link/id": false,
  "/proc/self/environ": false,
};

for (const [template, isFree] of Object.entries(TEMPLATES)) {
  Deno.test(`a header template ${template} ${isFree ? "is ordinary" : "needs trust"}`, async () => {
    const private_ = ["/home/jo/.ssh/id", "/home/jo/work/own_private.tmpl"];
    const files = memoryFiles(
      {
        "/home/jo/work/own.tmpl": "#!",
        "/home/jo/work/own_private.tmpl": "#!",
        "/home/jo/work/link_to_site": { link: "/home/jo/site/head.tmpl" },
        "/home/jo/work/link_in_work": {
          link: "/home/jo/work/own_private.tmpl",
        },
        "/home/jo/work/link_to_key": { link: "/home/jo/.ssh/id" },
        "/home/jo/work/folder_link": { link: "/home/jo/.ssh" },
        "/home/jo/site/head.tmpl": "#!",
        "/home/jo/site/private.tmpl": "#!",
        "/opt/site/head.tmpl": "#!",
        "/home/jo/.ssh/id": "#!",
        "/home/jo/.ssh/config": "#!",
        "/proc/self/environ": "#!",
      },
      {
        // Many sites close the homes, and some users their work.
        "/home/jo": 0o700,
        "/home/jo/work": 0o700,
        "/home/jo/.ssh": 0o700,
        "/home/jo/site/private.tmpl": 0o600,
        "/proc/self/environ": 0o400,
        ...Object.fromEntries(private_.map((path) => [path, 0o600])),
      },
    );
    const strategy = [
      `customized_script_header_template_file = "${template}"`,
    ];
    const bytes = new TextEncoder().encode(sshScript({ strategy }));
    const document = parse("a.py", bytes);
    ok(document.ok);
    const given = { files, cwd: "/home/jo/work", home: "/home/jo" };
    for (const opens of [true, false]) {
      files.calls.read = 0;
      const config = await validate(document.value.value, {
        ...{ ...given, opens, allowRef: false },
      });
      strictEqual(config.ok, isFree, JSON.stringify(config));
      strictEqual(files.calls.read, isFree ? 1 : 0);
    }
    const trusted = await validate(document.value.value, {
      ...{ ...given, allowRef: true },
    });
    ok(trusted.ok);
    strictEqual(trusted.value.needs.length, isFree ? 0 : 1);
  });
}

/** Work bases that a script in /home/jo/work/scripts names: do the private files in them belong to it? */
const WORK_BASES: readonly (readonly [string, string, boolean])[] = [
  ["./", "head.tmpl", true],
  ["../", "../head.tmpl", true],
  ["/scratch/jo/run", "/scratch/jo/run/head.tmpl", true],
  ["../../", "../../.ssh/id", false],
  ["../../.ssh", "../../.ssh/id", false],
  ["../../.ssh", "../../.ssh/config", false],
  ["/home", "/home/jo/.ssh/id", false],
  ["/", "/home/jo/.ssh/id", false],
  ["link_home", "link_home/.ssh/id", false],
];

for (const [base, template, isFree] of WORK_BASES) {
  Deno.test(`in the work base ${base} a header template ${template} ${isFree ? "is ordinary" : "needs trust"}`, async () => {
    const files = memoryFiles(
      {
        "/home/jo/work/scripts/head.tmpl": "#!",
        "/home/jo/work/head.tmpl": "#!",
        "/home/jo/work/scripts/link_home": { link: "/home/jo" },
        "/home/jo/.ssh/id": "#!",
        "/home/jo/.ssh/config": "#!",
        "/scratch/jo/run/head.tmpl": "#!",
      },
      {
        ...{ "/home/jo": 0o700, "/home/jo/.ssh": 0o700, "/scratch/jo": 0o700 },
        "/home/jo/.ssh/id": 0o600,
        "/home/jo/work/scripts/head.tmpl": 0o600,
        "/home/jo/work/head.tmpl": 0o600,
        "/scratch/jo/run/head.tmpl": 0o600,
      },
    );
    const text = sshScript({
      context: SSH.map((line) =>
        line.startsWith("local_root") ? `local_root = "${base}"` : line
      ),
      profile: ['hostname = "evil.example"'],
      strategy: [`customized_script_header_template_file = "${template}"`],
    });
    const document = parse("a.py", new TextEncoder().encode(text));
    ok(document.ok);
    const config = await validate(document.value.value, {
      ...{ files, cwd: "/home/jo/work/scripts", home: "/home/jo" },
      ...{ opens: false, allowRef: false },
    });
    strictEqual(config.ok, isFree, JSON.stringify(config));
  });
}
