#!/usr/bin/env -S deno run --allow-all
import { main } from "./src/cli/main.ts";
import { setHome } from "./src/environment/home.ts";

if (import.meta.main) {
  await setHome();
  Deno.exit(await main(Deno.args));
}
