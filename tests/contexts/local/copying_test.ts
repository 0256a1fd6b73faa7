import { checkContext } from "../../helpers/context_contract/mod.ts";
import { localGround } from "../../helpers/context_contract/local.ts";
import { local } from "../../../src/contexts/local/mod.ts";

checkContext("LocalContext with links", localGround(local, "link"));
checkContext(
  "LocalContext with copies, as if it were far",
  (base) =>
    localGround(local, "copy")(base).then((ground) => ({
      ...ground,
      compress: true,
    })),
);
checkContext(
  "LocalContext with copies",
  localGround(local, "copy"),
);
