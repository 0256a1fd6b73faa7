import { checkContext } from "../../helpers/context_contract/mod.ts";
import { localContext } from "../../helpers/context_contract/local.ts";
import { local } from "../../../src/contexts/local/mod.ts";

checkContext("LocalContext with links", localContext(local, "link"));
checkContext(
  "LocalContext with copies, as if it were far",
  (base) =>
    localContext(local, "copy")(base).then((ground) => ({
      ...ground,
      compress: true,
    })),
);
checkContext(
  "LocalContext with copies",
  localContext(local, "copy"),
);
